# SPDX-License-Identifier: Apache-2.0
"""An unmodified Linux for the emulator: Debian's firmware, kernel and modules,
and an initrd of our own with Debian's busybox."""

import gzip
import lzma

import debian

# In the order in which they go in.
MODULES = ("gf128mul", "ghash-generic", "crypto_null", "geniv", "gcm",
           "configfs", "tsm", "sev-guest", "failover", "net_failover",
           "virtio_net")
REPORT_DATA = b"anchorhold-emulator-test".ljust(64, b".")

INIT = """#!/bin/busybox sh
b=/bin/busybox
$b mount -t proc proc /proc
$b mount -t sysfs sys /sys
$b mount -t devtmpfs dev /dev
for name in %(modules)s; do $b insmod /modules/$name.ko; done
$b dmesg | $b grep -E 'Memory Encryption|SEV: Status|SNP running'
$b mount -t configfs none /sys/kernel/config
r=/sys/kernel/config/tsm/report/test
$b mkdir $r
$b printf '%%s' '%(data)s' > $r/inblob
echo PROVIDER: $($b cat $r/provider)
echo REPORT: $($b cat $r/outblob | $b xxd -p | $b tr -d '\\n')
echo CERTIFICATES: $($b cat $r/auxblob | $b xxd -p | $b tr -d '\\n')
$b ip link set eth0 up
$b udhcpc -i eth0 -n -q -s /bin/bound
$b poweroff -f
"""
BOUND = """#!/bin/busybox sh
[ "$1" = bound ] && echo "ADDRESS: $ip"
exit 0
"""


def cpio(files):
    """A newc archive of {name: (mode, bytes)}."""
    made = b""
    everything = {**files, "TRAILER!!!": (0, b"")}
    for number, (name, (mode, data)) in enumerate(everything.items(), 1):
        encoded = name.encode() + b"\0"
        fields = (number, mode, 0, 0, 1, 0, len(data), 0, 0, 0, 0,
                  len(encoded), 0)
        entry = b"070701" + b"".join(b"%08x" % field for field in fields)
        entry += encoded
        entry += bytes(-len(entry) % 4) + data
        made += entry + bytes(-len(entry) % 4)
    return made


def initrd(tree):
    directory, program, plain = 0o040755, 0o100755, 0o100644
    init = INIT % {"modules": " ".join(MODULES), "data": REPORT_DATA.decode()}
    files = {name: (directory, b"")
             for name in ("bin", "modules", "proc", "sys", "dev")}
    files["init"] = program, init.encode()
    files["bin/bound"] = program, BOUND.encode()
    files["bin/sh"] = 0o120777, b"busybox"
    files["bin/busybox"] = program, (tree / "usr/bin/busybox").read_bytes()
    for name in MODULES:
        path, = tree.glob(f"usr/lib/modules/**/{name}.ko.xz")
        files[f"modules/{name}.ko"] = plain, lzma.decompress(path.read_bytes())
    return gzip.compress(cpio(files), compresslevel=1, mtime=0)


def make(folder):
    """Firmware, kernel and initrd as paths below `folder`."""
    tree = debian.unpack("linux.source", folder / "tree")
    kernel, = tree.glob("boot/vmlinuz-*")
    image = folder / "initrd.gz"
    image.write_bytes(initrd(tree))
    return tree / "usr/share/ovmf/OVMF.fd", kernel, image
