# SPDX-License-Identifier: Apache-2.0
"""The firmware's parsers, which are plain C, as functions of Python."""

import ctypes
import os
import shlex
import struct
import subprocess

from paths import ROOT

FILES = ("bds/sha256.c", "bds/hash_table.c", "memory/e820.c")
WARNINGS = ("-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wundef -Wvla "
            "-Wcast-qual -Wmissing-prototypes -Wimplicit-fallthrough -Werror")
HASHES = 3
DIGEST = 32


class Parts:
    """The compiled parsers. Undefined behaviour in them ends the process."""

    def __init__(self, folder):
        library = folder / "parts.so"
        compiler = shlex.split(os.environ.get("CC", "cc"))
        subprocess.run(
            [*compiler, "-std=c2x", *WARNINGS.split(), "-O1", "-shared",
             "-fPIC", "-fsanitize=undefined", "-fsanitize-undefined-trap-on-"
             "error", f"-I{ROOT}", "-o", str(library),
             *(str(ROOT / "boot" / "ovmf" / name) for name in FILES)],
            check=True)
        self._c = ctypes.CDLL(str(library))
        self._c.e820_is_sane.restype = ctypes.c_bool

    def sha256(self, data):
        digest = ctypes.create_string_buffer(DIGEST)
        self._c.sha256(data, ctypes.c_uint64(len(data)), digest)
        return digest.raw

    def hash_table(self, data):
        """The state's number, and the three hashes as they were left."""
        out = ctypes.create_string_buffer(HASHES * DIGEST)
        state = self._c.hash_table_read(data, len(data), out)
        return state, out.raw

    def e820_is_sane(self, entries):
        data = b"".join(struct.pack("<QQI", *each) for each in entries)
        return self._c.e820_is_sane(data, len(entries))
