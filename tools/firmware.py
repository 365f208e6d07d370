# SPDX-License-Identifier: Apache-2.0
"""Builds the firmware: firmware.py OUT.fd

From pinned archives (boot/ovmf/edk2.source), Debian's patches, ours, and the
platform in boot/ovmf. The result is kept under a hash of all that went in, so
that it is built once. It is built in one fixed folder, because edk2's output
depends on the length of the path: so every tree makes the same bytes.
"""

import configparser
import fcntl
import hashlib
import os
import pathlib
import shutil
import subprocess
import sys
import tarfile
import time

import fetch

ROOT = pathlib.Path(__file__).resolve().parent.parent
PLATFORM = ROOT / "boot" / "ovmf"
CACHE = pathlib.Path(os.environ.get("ANCHORHOLD_BUILD", ROOT / "build"),
                     "firmware").absolute()
PLACE = pathlib.Path("/var/tmp/anchorhold-firmware")
LOCK = PLACE.with_suffix(".lock")
SOURCE, DEBIAN = ("edk2_2025.02.orig.tar.xz",
                  "edk2_2025.02-8+deb13u1.debian.tar.xz")
FOLDERS = ("BaseTools", "EmbeddedPkg", "MdeModulePkg", "MdePkg", "OvmfPkg",
           "PcAtChipsetPkg", "SecurityPkg", "UefiCpuPkg")
TOOLS = ("GenFfs", "GenFv", "GenFw", "GenSec", "LzmaCompress")
COMPILERS = (("gcc", "--version"), ("ld", "--version"), ("nasm", "-v"))
SYSTEM_PATH = "/usr/bin:/bin"
TARGET = "RELEASE"
CHAIN = "GCC5"
NEEDED = "gcc libc6-dev make nasm patch python3 uuid-dev"


class FirmwareError(Exception):
    """The firmware can't be built; the message says why."""


def say(line):
    print(f"firmware: {line}", file=sys.stderr, flush=True)


def run(command, log, **options):
    """Runs it with its output in the log, whose end is shown on failure."""
    with open(log, "ab") as out:
        out.write(f"$ {' '.join(map(str, command))}\n".encode())
        out.flush()
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=out,
                              stderr=out, check=False, **options)
    if done.returncode == 0:
        return
    tail = log.read_text(encoding="utf-8", errors="replace").splitlines()
    shown = "\n".join(line[:200] for line in tail[-40:])
    raise FirmwareError(f"{shown}\n{command[0]} failed; all of it is in {log}")


def version_of(command):
    try:
        return subprocess.run(command, capture_output=True, check=True,
                              env={"PATH": SYSTEM_PATH, "LC_ALL": "C"}).stdout
    except (OSError, subprocess.CalledProcessError) as error:
        raise FirmwareError(f"{command[0]} can't be run; the build needs "
                            f"these packages: {NEEDED}") from error


def key():
    """A hash of everything that the result depends on."""
    total = hashlib.sha256()
    files = [path for path in PLATFORM.rglob("*") if path.is_file()]
    for path in sorted(files) + [pathlib.Path(__file__).resolve()]:
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        total.update(f"{path.relative_to(ROOT)} {content}\n".encode())
    for command in COMPILERS:
        total.update(version_of(command))
    return total.hexdigest()


def archive(name):
    """The path of a pinned archive, fetched if it isn't there."""
    pins = configparser.ConfigParser(interpolation=None)
    pins.read(PLATFORM / "edk2.source", encoding="utf-8")
    wanted = pins[name]["sha256"]
    path = fetch.CACHE / name
    if path.exists():
        if fetch.sha256_of(path.read_bytes()) == wanted:
            return path
        path.unlink()
        raise FirmwareError(f"{name} in the cache isn't the pinned file; "
                            "deleted. Run the command again")
    failures = []
    origin = fetch.Origin(pins[name]["pool"], wanted)
    for url, from_apt in fetch.urls_of(origin, fetch.mirrors()):
        try:
            data = fetch.take(name, url, origin, from_apt, wanted)
        except fetch.FetchError as error:
            say(error)
            failures.append(error)
            continue
        fetch.CACHE.mkdir(parents=True, exist_ok=True)
        part = path.with_name(name + ".part")
        part.write_bytes(data)
        os.replace(part, path)
        return path
    wrong = [each for each in failures if isinstance(each, fetch.WrongHash)]
    raise FirmwareError(str(wrong[0]) if wrong else
                        f"{name}: nothing that has it can be reached")


def members(tar, top, folders):
    """The files below `top`'s folders, with `top` taken off their names."""
    for info in tar:
        name = info.name.removeprefix(f"{top}/")
        if info.name.startswith(f"{top}/") and ".." not in name.split("/") \
                and (not folders or name.split("/")[0] in folders):
            info.name = name
            yield info


def unpack(path, top, where, folders=()):
    where.mkdir()
    with tarfile.open(path) as tar:
        tar.extractall(where, members(tar, top, folders))


def series(debian):
    """Debian's patches, in their order, that touch what is unpacked."""
    patches = debian / "patches"
    for name in (patches / "series").read_text(encoding="ascii").split():
        text = (patches / name).read_bytes().decode("utf-8", "replace")
        touched = [line[6:] for line in text.splitlines()
                   if line.startswith("+++ b/")]
        if any(each.split("/")[0] in FOLDERS for each in touched):
            yield patches / name


def apply_patches(edk2, debian, log):
    for path in series(debian):
        run(["patch", "-p1", "--binary", "-F0", "-i", path], log, cwd=edk2)
    for path in sorted((PLATFORM / "patches").glob("*.patch")):
        # edk2's files have CR LF line ends, ours don't.
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.startswith("+++ b/"):
                target = edk2 / line[6:]
                target.write_bytes(target.read_bytes().replace(b"\r\n", b"\n"))
        run(["patch", "-p1", "-F0", "-i", path], log, cwd=edk2)


def environment():
    base_tools = PLACE / "edk2" / "BaseTools"
    wrappers = base_tools / "BinWrappers" / "PosixLike"
    return {
        "PATH": f"{wrappers}:{SYSTEM_PATH}", "LC_ALL": "C", "TZ": "UTC",
        "HOME": str(PLACE), "WORKSPACE": str(PLACE),
        "EDK_TOOLS_PATH": str(base_tools), "CONF_PATH": str(PLACE / "conf"),
        "PACKAGES_PATH": f"{PLACE / 'edk2'}:{PLACE / 'tree'}",
        "PYTHON_COMMAND": sys.executable, "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONHASHSEED": "0",
    }


def prepare(log):
    say("unpacks edk2")
    unpack(archive(SOURCE), "edk2-2025.02", PLACE / "edk2", FOLDERS)
    unpack(archive(DEBIAN), "debian", PLACE / "debian")
    apply_patches(PLACE / "edk2", PLACE / "debian", log)
    shutil.copytree(PLATFORM, PLACE / "tree" / "boot" / "ovmf")
    templates = PLACE / "edk2" / "BaseTools" / "Conf"
    (PLACE / "conf").mkdir()
    for name in ("build_rule", "target", "tools_def"):
        shutil.copy(templates / f"{name}.template",
                    PLACE / "conf" / f"{name}.txt")


def compile_all(log):
    env = environment()
    say("builds edk2's tools")
    run(["nice", "make", "-j2", "-C", "edk2/BaseTools/Source/C",
         f"APPLICATIONS={' '.join(TOOLS)}", "VFRAUTOGEN="], log, cwd=PLACE,
        env=env)
    say("builds the firmware")
    run(["nice", "build", "-p", "boot/ovmf/anchorhold.dsc", "-a", "X64", "-b",
         TARGET, "-t", CHAIN, "-n", "2"], log, cwd=PLACE, env=env)
    return PLACE / "Build" / f"{TARGET}_{CHAIN}" / "FV" / "ANCHORHOLD.fd"


def build(kept, log):
    """Builds in the one place, alone, and leaves nothing there."""
    log.unlink(missing_ok=True)
    old_umask = os.umask(0o022)
    with open(os.open(LOCK, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600),
              "rb+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            shutil.rmtree(PLACE, ignore_errors=True)
            # Fails where somebody else owns a folder of that name.
            PLACE.mkdir(mode=0o700)
            prepare(log)
            image = compile_all(log)
            part = kept.with_suffix(".part")
            shutil.copyfile(image, part)
            os.replace(part, kept)
        finally:
            shutil.rmtree(PLACE, ignore_errors=True)
            os.umask(old_umask)


def make(out):
    wanted = key()
    kept = CACHE / "anchorhold.fd"
    mark = CACHE / "anchorhold.key"
    CACHE.mkdir(parents=True, exist_ok=True)
    if not kept.exists() or not mark.exists() or mark.read_text() != wanted:
        began = time.monotonic()
        mark.unlink(missing_ok=True)
        build(kept, CACHE / "build.log")
        mark.write_text(wanted)
        say(f"built in {time.monotonic() - began:.0f} s")
    if out != kept:
        out.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(kept, out)
    content = kept.read_bytes()
    say(f"{out}: {len(content) >> 10} KiB, SHA-256 "
        f"{hashlib.sha256(content).hexdigest()}")


def main():
    if len(sys.argv) != 2:
        say("usage: firmware.py OUT.fd")
        return 2
    try:
        make(pathlib.Path(sys.argv[1]).resolve())
    except (FirmwareError, fetch.FetchError, OSError) as error:
        say(error)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
