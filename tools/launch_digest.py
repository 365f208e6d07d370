# SPDX-License-Identifier: Apache-2.0
"""The launch digest as `anchorhold measure` computes it from the inputs."""

import os
import pathlib
import re
import subprocess

from guest import GuestError

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILD = pathlib.Path(os.environ.get("ANCHORHOLD_BUILD", ROOT / "build"))
DIGEST = re.compile(r"[0-9a-f]{96}")
PROGRAM = BUILD / "client" / "anchorhold"


def computed_digest(firmware, kernel, command_line="", cpu="EPYC-Milan"):
    """Hex, for a guest of one vCPU of this QEMU CPU type."""
    command = [PROGRAM, "measure", "--firmware", firmware, "--kernel", kernel,
               "--vcpus", "1", "--vcpu-type", cpu, "--features", "0x1"]
    if command_line:
        command += ["--append", command_line]
    try:
        done = subprocess.run(command, capture_output=True, text=True,
                              check=False, timeout=60)
    except OSError as error:
        raise GuestError(f"{PROGRAM}: {error}") from error
    lines = done.stdout.splitlines()
    if done.returncode != 0 or not lines or not DIGEST.fullmatch(lines[-1]):
        raise GuestError(f"anchorhold measure: {done.stdout}{done.stderr}")
    return lines[-1]
