# SPDX-License-Identifier: Apache-2.0
"""Sets fields of the file that the emulator's secure processor is given.

    psp_input.py INPUT OUTPUT [FIELD=VALUE ...]

anchorhold-test-pki writes it: struct emu_psp_input of emu/params.h, then, at
0x1000, the table of certificates. A value is a number, or hex digits for a
field of bytes. The seed, which a run's keys come from, is new for each OUTPUT
unless it is given.
"""

import os
import pathlib
import struct
import sys

CERTIFICATES_OFFSET = 0x1000
# name: (offset, struct format)
FIELDS = {
    "product": (0, "<I"),
    "report_version": (4, "<I"),
    "current_tcb": (8, "<Q"),
    "committed_tcb": (16, "<Q"),
    "launch_tcb": (24, "<Q"),
    "reported_tcb": (32, "<Q"),
    "platform_info": (40, "<Q"),
    "launch_mit_vector": (48, "<Q"),
    "current_mit_vector": (56, "<Q"),
    "current_version": (64, "4s"),
    "committed_version": (68, "4s"),
    "chip_id": (72, "64s"),
    "vcek": (136, "48s"),
    "vlek": (184, "48s"),
    "chip_secret": (232, "32s"),
    "mask_chip_id": (264, "B"),
    "mask_chip_key": (265, "B"),
    "policy": (272, "<Q"),
    "guest_svn": (280, "<I"),
    "author_key_enabled": (284, "<I"),
    "family_id": (288, "16s"),
    "image_id": (304, "16s"),
    "host_data": (320, "32s"),
    "id_key_digest": (352, "48s"),
    "author_key_digest": (400, "48s"),
    "tsc_scale": (448, "<Q"),
    "tsc_offset": (456, "<Q"),
    "tsc_factor": (464, "<I"),
    "secure_tsc": (468, "<I"),
    "seed": (472, "32s"),
    "id_block_digest": (504, "48s"),
    "certificates_bytes": (552, "<Q"),
}


def check(blob):
    """Raises ValueError if `blob` is too short to be such a file."""
    if len(blob) < CERTIFICATES_OFFSET:
        raise ValueError("not a file for the emulator's secure processor")


def get_field(blob, name):
    """The value of one field: an int, or bytes."""
    check(blob)
    offset, layout = FIELDS[name]
    return struct.unpack_from(layout, blob, offset)[0]


def set_fields(blob, **values):
    """A copy of `blob` with these fields set; byte fields take all bytes."""
    check(blob)
    changed = bytearray(blob)
    for name, value in values.items():
        offset, layout = FIELDS[name]
        if layout.endswith("s") and len(value) != struct.calcsize(layout):
            raise ValueError(f"{name} takes {struct.calcsize(layout)} bytes")
        struct.pack_into(layout, changed, offset, value)
    return bytes(changed)


def for_run(blob, **values):
    """A copy for one run: fields set, and a seed of its own."""
    return set_fields(blob, **{"seed": os.urandom(32), **values})


def with_certificates(blob, table):
    """A copy with this table of certificates; empty: the host has none."""
    changed = set_fields(blob, certificates_bytes=len(table))
    return changed[:CERTIFICATES_OFFSET] + table


def parse(argument):
    """("policy", 0xb0000) of "policy=0xb0000"."""
    name, _, text = argument.partition("=")
    if name not in FIELDS:
        raise ValueError(f"no field {name!r}; there are {', '.join(FIELDS)}")
    if FIELDS[name][1].endswith("s"):
        return name, bytes.fromhex(text)
    return name, int(text, 0)


def main(arguments):
    if len(arguments) < 2:
        print(__doc__, file=sys.stderr)
        return 1
    source, target = map(pathlib.Path, arguments[:2])
    try:
        values = dict(map(parse, arguments[2:]))
        made = for_run(source.read_bytes(), **values)
    except (OSError, ValueError, struct.error) as why:
        print(f"psp_input.py: {why}", file=sys.stderr)
        return 1
    target.touch(mode=0o600)
    target.write_bytes(made)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
