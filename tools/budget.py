# SPDX-License-Identifier: Apache-2.0
"""What must stay small: our own code in ring 0, and the bytes that an SEV-SNP
launch measures. tests/lint and the bench hold the tree and its build against
these.

    budget.py    says each figure beside its limit; status 1 if one is passed
"""

import os
import pathlib
import sys
import typing

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILD = pathlib.Path(os.environ.get("ANCHORHOLD_BUILD", ROOT / "build"))
# Comments and headers count. The aim was 12,000, and was missed: see
# docs/architecture.md, "Sizes". It may go down, never up.
RING0_LINES = 22300
IMAGE_BYTES = 450000
FIRMWARE_BYTES = 256 << 10

# Every file that may run in ring 0, in whichever profile: of app/ its runtime
# and the SDK's half; the example apps are their own.
RING0 = {
    "abi": ["abi/*.[ch]"],
    "base": ["base/*.[ch]"],
    "kernel": ["kernel/**/*.[chS]"],
    "net": ["net/*.[ch]"],
    "tls": ["tls/*.[ch]"],
    "attest": ["attest/*.[ch]"],
    "app": ["app/*.[chS]", "app/sdk/*.[chS]"],
    "boot": ["boot/*.[chS]"],
}


class Figure(typing.NamedTuple):
    """One thing counted, and what it may be at most."""

    name: str
    value: int
    limit: int

    @property
    def passed(self):
        return self.value > self.limit


def lines_that_count(text):
    return sum(1 for line in text.splitlines() if line.strip())


def ring0_files(room, root=ROOT):
    found = {path for pattern in RING0[room] for path in root.glob(pattern)}
    return sorted(found)


def ring0_lines(root=ROOT):
    """Non-blank lines of each room."""
    return {room: sum(lines_that_count(path.read_text("utf-8"))
                      for path in ring0_files(room, root)) for room in RING0}


def images(build=BUILD):
    """Every image that is for users: the tests' own aren't."""
    return sorted(path for path in (build / "image").glob("anchorhold-*.efi")
                  if not path.name.startswith("anchorhold-test-"))


def figures(root=ROOT, build=BUILD):
    """Everything that is there to be counted; products only if built."""
    found = [Figure("ring 0, lines", sum(ring0_lines(root).values()),
                    RING0_LINES)]
    found += [Figure(f"{path.name}, bytes", path.stat().st_size, IMAGE_BYTES)
              for path in images(build)]
    firmware = build / "firmware" / "anchorhold.fd"
    if firmware.exists():
        found.append(Figure(f"{firmware.name}, bytes",
                            firmware.stat().st_size, FIRMWARE_BYTES))
    return found


def main():
    for room, lines in ring0_lines().items():
        print(f"  {room:26}{lines:>9}")
    over = False
    for figure in figures():
        word = "OVER" if figure.passed else "ok"
        print(f"{figure.name:28}{figure.value:>9} of {figure.limit:<8}{word}")
        over = over or figure.passed
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main())
