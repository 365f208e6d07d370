# SPDX-License-Identifier: Apache-2.0
"""A network namespace with one tap device, where a test may send what QEMU's
user-mode network would swallow: SYNs without an end, router advertisements,
frames with offloaded checksums. Needs root and /dev/net/tun."""

import contextlib
import ctypes
import os
import random
import socket
import struct
import subprocess
import threading

CLONE_NEWNET = 0x40000000
TAP = "tap0"
HOST4, GUEST4, PREFIX4 = "10.77.0.1", "10.77.0.15", 24
HOST6, GUEST6, PREFIX6 = "fd77::1", "fd77::15", 64
ADVERTISED = "fd78::"

libc = ctypes.CDLL(None, use_errno=True)


def why_not():
    """The reason why this machine can't do it, or None."""
    if os.geteuid() != 0:
        return "a network namespace with a tap device needs root"
    if not os.path.exists("/dev/net/tun"):
        return "there is no /dev/net/tun"
    try:
        with Namespace():
            return None
    except (OSError, subprocess.CalledProcessError) as error:
        return f"no network namespace with a tap device: {error}"


def _check(result):
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def _run(*command):
    subprocess.run(command, check=True, capture_output=True, timeout=10)


class Namespace:
    """Lives as long as its `with` block. Sockets and processes made inside
    entered() belong to it."""

    def __enter__(self):
        own = f"/proc/self/task/{threading.get_native_id()}/ns/net"
        self.outside = os.open(own, os.O_RDONLY)
        try:
            _check(libc.unshare(CLONE_NEWNET))
            self.inside = os.open(own, os.O_RDONLY)
            try:
                self._configure()
            finally:
                _check(libc.setns(self.outside, CLONE_NEWNET))
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for name in ("inside", "outside"):
            fd = self.__dict__.pop(name, None)
            if fd is not None:
                os.close(fd)

    @staticmethod
    def _configure():
        _run("ip", "link", "set", "lo", "up")
        _run("ip", "tuntap", "add", "dev", TAP, "mode", "tap", "vnet_hdr")
        _run("ip", "addr", "add", f"{HOST4}/{PREFIX4}", "dev", TAP)
        _run("ip", "-6", "addr", "add", f"{HOST6}/{PREFIX6}", "dev", TAP,
             "nodad")
        _run("ip", "link", "set", TAP, "up")

    @contextlib.contextmanager
    def entered(self):
        """Runs the calling thread inside the namespace."""
        _check(libc.setns(self.inside, CLONE_NEWNET))
        try:
            yield
        finally:
            _check(libc.setns(self.outside, CLONE_NEWNET))


def checksum(data):
    """The Internet checksum (RFC 1071)."""
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def tcp_segment(source, target, ports, sequence, flags, options=b""):
    """A TCP segment without data; `source` and `target` are packed IPv4
    addresses."""
    words = (5 + len(options) // 4) << 12 | flags
    head = struct.pack(">HHIIHHHH", *ports, sequence, 0, words, 64240, 0, 0)
    head += options
    pseudo = source + target + struct.pack(">HH", socket.IPPROTO_TCP,
                                           len(head))
    return head[:16] + struct.pack(">H", checksum(pseudo + head)) + head[18:]


class SynFlood:
    """Sends SYNs from forged addresses that never answer. Make it inside
    entered()."""

    def __init__(self, seed=1):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_RAW,
                                    socket.IPPROTO_RAW)
        self.random = random.Random(seed)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, count):
        target = socket.inet_aton(GUEST4)
        for _ in range(count):
            source = struct.pack(">BBH", 198, 18,
                                 self.random.randrange(1, 0xffff))
            ports = (self.random.randrange(1024, 0x10000), 443)
            segment = tcp_segment(source, target, ports,
                                  self.random.getrandbits(32), 0x002,
                                  b"\x02\x04\x05\xb4")
            packet = struct.pack(">BBHHHBBH4s4s", 0x45, 0,
                                 20 + len(segment), 0, 0, 64,
                                 socket.IPPROTO_TCP, 0, source, target)
            with contextlib.suppress(OSError):  # the queue is full: go on
                self.socket.sendto(packet + segment, (GUEST4, 0))


def interface_id(mac):
    """The interface identifier that a MAC address makes (RFC 4291, A)."""
    parts = [int(part, 16) for part in mac.split(":")]
    return bytes([parts[0] ^ 2, *parts[1:3], 0xff, 0xfe, *parts[3:]])


def advertised_address(mac):
    """The address that the guest forms under the advertised prefix."""
    prefix = socket.inet_pton(socket.AF_INET6, ADVERTISED)[:8]
    return socket.inet_ntop(socket.AF_INET6, prefix + interface_id(mac))


def router_advertisement(lifetime_seconds=600):
    """An advertisement of one prefix with on-link and autonomous bits (RFC
    4861 4.2, 4.6.2); the kernel fills in the checksum."""
    prefix = struct.pack(">BBBBIII", 3, 4, 64, 0xc0, 3600, 1800, 0)
    prefix += socket.inet_pton(socket.AF_INET6, ADVERTISED)
    return struct.pack(">BBHBBHII", 134, 0, 0, 64, 0, lifetime_seconds, 0,
                       0) + prefix


class Router:
    """Advertises until its `with` block ends. Make it inside entered()."""

    def __init__(self, advertisement=None):
        self.packet = advertisement or router_advertisement()
        _run("ip", "-6", "addr", "add", f"{ADVERTISED}1/64", "dev", TAP,
             "nodad")
        self.socket = socket.socket(socket.AF_INET6, socket.SOCK_RAW,
                                    socket.IPPROTO_ICMPV6)
        index = socket.if_nametoindex(TAP)
        for option in (socket.IPV6_MULTICAST_HOPS, socket.IPV6_UNICAST_HOPS):
            self.socket.setsockopt(socket.IPPROTO_IPV6, option, 255)
        self.socket.setsockopt(socket.IPPROTO_IPV6,
                               socket.IPV6_MULTICAST_IF, index)
        self.target = ("ff02::1", 0, 0, index)
        self.over = threading.Event()
        self.thread = threading.Thread(target=self._advertise, daemon=True)

    def _advertise(self):
        while not self.over.wait(0.5):
            with contextlib.suppress(OSError):  # the tap isn't up yet
                self.socket.sendto(self.packet, self.target)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.thread.join()
        self.socket.close()
