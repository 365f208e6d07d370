# SPDX-License-Identifier: Apache-2.0
"""The Linux guests that the bench measures against. They are built by the
script of the shared bench folder, which lies beside this tree where there is
one; what it makes is kept in the build folder."""

import os
import pathlib
import subprocess

from guest import Guest

ROOT = pathlib.Path(__file__).resolve().parents[1]
SHARED = pathlib.Path(os.environ.get("ANCHORHOLD_SHARED",
                                     ROOT.parent / "shared")) / "bench"
SCRIPT = SHARED / "mk-linux-guest.sh"
VARIANTS = ("nginx", "mbedtls")
COMMAND_LINE = "console=ttyS0 panic=-1"
BUILD_LIMIT_S = 900


class PeerError(Exception):
    """The peers can't be built here; the message says why."""


def mbedtls_source():
    """mbedTLS as meson unpacked it for our own build."""
    found = sorted((ROOT / "subprojects").glob("mbedtls-3.*/library"))
    if not found:
        raise PeerError("mbedTLS isn't unpacked: run ./anchorhold build")
    return found[-1].parent


def build(variant, build_folder, say):
    """The folder with the variant's vmlinuz and initrd.img."""
    folder = pathlib.Path(build_folder) / "peers" / variant
    if (folder / "SIZES").exists():
        return folder
    if not SCRIPT.exists():
        raise PeerError(f"{SCRIPT} is missing: the Linux peers are built by "
                        "the shared bench folder's script")
    say(f"building the Linux peer {variant}")
    folder.mkdir(parents=True, exist_ok=True)
    variables = {"VARIANT": variant, "OUT": str(folder),
                 "DEBS": str(folder.parent / "debs")}
    if variant == "mbedtls":
        variables["MBEDTLS_SRC"] = str(mbedtls_source())
    done = subprocess.run([str(SCRIPT)], env={**os.environ, **variables},
                          capture_output=True, text=True, cwd=folder,
                          timeout=BUILD_LIMIT_S)
    if done.returncode != 0:
        raise PeerError(f"{SCRIPT.name} failed:\n{done.stderr[-2000:]}")
    return folder


class LinuxGuest(Guest):
    """A peer under the same QEMU as our own guests."""

    def __init__(self, folder, extra=(), **options):
        initrd = ["-initrd", str(pathlib.Path(folder) / "initrd.img")]
        super().__init__(pathlib.Path(folder) / "vmlinuz",
                         append=COMMAND_LINE, extra=[*initrd, *extra],
                         **options)
