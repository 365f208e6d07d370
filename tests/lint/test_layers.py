# SPDX-License-Identifier: Apache-2.0
"""Includes go one way, and the libraries stay in the rooms that own them."""

import re

import pytest

import sources
from paths import ROOT

ORDER = ("abi", "base", "kernel", "net", "tls", "attest", "app", "boot")
# Host programs and the emulator: beside their own files, these alone.
ASIDE = ("abi", "base")
# The program lends itself the packer and the calculator.
LENT = {"client": ("image",)}
LWIP = ("lwip/", "netif/", "arch/", "lwipopts.h")
MBEDTLS = ("mbedtls/", "psa/", "everest/", "ssl_misc.h")
MBEDTLS_FILES = ("attest/certificate.c", "attest/seal_key.c", "emu/crypto.c",
                 "kernel/snp/aead.c")
APP_SIDE = ("app/call.h", "app/sdk/anchorhold.h")
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.MULTILINE)


def rooms_below(room):
    if room in ORDER:
        return ORDER[:ORDER.index(room) + 1]
    return ASIDE + LENT.get(room, ()) + (room,)


def is_app_side(path):
    """What is linked into an app's ELF, not into the kernel."""
    return path.as_posix() in ("app/start.c", "app/sdk/calls.c")


def is_example_app(parts):
    return parts[0] == "app" and len(parts) > 2 and parts[1] != "sdk"


def complaint(path, quoted, target):
    """What is wrong with one include of the file at `path`, or None."""
    room = path.parts[0]
    if target.startswith(LWIP):
        return None if room == "net" else "only net/ includes lwIP"
    if target.startswith(MBEDTLS):
        if room in ("tls", "client") or path.as_posix() in MBEDTLS_FILES:
            return None
        return "mbedTLS is for tls/, client/, " + ", ".join(MBEDTLS_FILES)
    if not quoted:
        return None
    if is_example_app(path.parts):
        own = "/".join(path.parts[:2]) + "/"
        if target.startswith(("app/sdk/", own)):
            return None
        return "an app includes the SDK and its own files"
    if "/" not in target:
        return "an include names its room"
    if is_app_side(path) and target not in APP_SIDE:
        return "an app's own side includes the SDK and the gate"
    if target.split("/")[0] not in rooms_below(room):
        return f"{room}/ may include {', '.join(rooms_below(room))} only"
    return None


def complaints(path, text):
    found = []
    for match in INCLUDE.finditer(text):
        why = complaint(path, match.group(1) == '"', match.group(2))
        if why:
            found.append(f"{path}: {match.group(2)}: {why}")
    return found


def test_includes_go_one_way():
    found = []
    for path in sources.files(".c", ".h", ".S", folders=sources.ROOMS):
        found += complaints(path.relative_to(ROOT),
                            path.read_text(encoding="utf-8"))
    assert not found, "\n".join(found)


@pytest.mark.parametrize("path, include", [
    ("kernel/log.c", '"net/net.h"'),
    ("base/text.c", '"kernel/log.h"'),
    ("abi/efi.h", '"base/err.h"'),
    ("image/elf2pe.c", '"kernel/log.h"'),
    ("client/verify.c", '"attest/exchange.h"'),
    ("image/pack.c", '"client/file.h"'),
    ("emu/exit.c", '"kernel/cpu/regs.h"'),
    ("tls/session.c", "<lwip/tcp.h>"),
    ("tls/session.c", '"lwip/tcp.h"'),
    ("net/net.c", "<mbedtls/ssl.h>"),
    ("attest/server.c", "<psa/crypto.h>"),
    ("kernel/snp/guest_message.c", "<psa/crypto.h>"),
    ("app/apps/hello.c", '"app/runtime.h"'),
    ("app/start.c", '"kernel/package.h"'),
    ("app/apps/hello.c", '"base/text.h"'),
    ("net/net.c", '"conn.h"'),
])
def test_a_wrong_include_is_found(path, include):
    assert complaints(ROOT.joinpath(path).relative_to(ROOT),
                      f"#include {include}\n")
