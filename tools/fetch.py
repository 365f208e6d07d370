# SPDX-License-Identifier: Apache-2.0
"""Puts each dependency's source archive into subprojects/packagecache/.

What is wanted, name and SHA-256, stands in subprojects/*.wrap, and meson checks
it again when it unpacks. Here stand the ways to get it: the Debian pool, at
the mirrors that this machine's own apt uses, and the upstream release. Every
byte that comes is held against a pinned SHA-256 before it is used; what
doesn't fit is deleted and named.
"""

import configparser
import hashlib
import io
import os
import pathlib
import subprocess
import sys
import tarfile
import time
import typing
import urllib.error
import urllib.parse
import urllib.request
import zipfile

SUBPROJECTS = pathlib.Path(__file__).resolve().parent.parent / "subprojects"
CACHE = SUBPROJECTS / "packagecache"
STALL_SECONDS = 20


class Origin(typing.NamedTuple):
    """One way to get an archive: `where` is a URL or a path in the pool."""

    where: str
    sha256: str


class FetchError(Exception):
    """One way didn't lead to the wanted bytes."""


class WrongHash(FetchError):
    """Bytes came, but not the pinned ones."""


MBEDTLS = "a7e8bcbec0e6f761b4af24f25677626b35f762f68eef79c08677a363212d11f6"
PICOLIBC = "d1fc2a20f217472f8d9da084a519a25678e8d91852a41c7f3f1840d3508f7163"
# Debian's archive of lwIP leaves out generated documentation, so it has a hash
# of its own. The release's is what three unrelated projects pin for that URL.
LWIP_POOL = "83729c274c499d3348e9fbbe043a3113f3fa8953e7efddc7c21c7fcbb1f2b7b1"
LWIP_ZIP = "7b622662dba2383d71f874f2e494b54ae948531559c17acbe75797966d646878"

ORIGINS = {
    "mbedtls": [
        Origin("pool/main/m/mbedtls/mbedtls_3.6.7.orig.tar.bz2", MBEDTLS),
        Origin("https://github.com/Mbed-TLS/mbedtls/releases/download/"
               "mbedtls-3.6.7/mbedtls-3.6.7.tar.bz2", MBEDTLS),
    ],
    "lwip": [
        Origin("pool/main/l/lwip/lwip_2.2.1+dfsg1.orig.tar.xz", LWIP_POOL),
        Origin("https://download.savannah.nongnu.org/releases/lwip/"
               "lwip-2.2.1.zip", LWIP_ZIP),
    ],
    "picolibc": [
        Origin("pool/main/p/picolibc/picolibc_1.8.10.orig.tar.gz", PICOLIBC),
        Origin("https://github.com/picolibc/picolibc/archive/refs/tags/"
               "1.8.10.tar.gz", PICOLIBC),
    ],
}


def say(line):
    print(line, file=sys.stderr, flush=True)


def sha256_of(data):
    return hashlib.sha256(data).hexdigest()


def apt_config(name):
    """One of apt's settings, or "" (also where there is no apt)."""
    try:
        done = subprocess.run(["apt-config", "shell", "value", name],
                              capture_output=True, text=True, check=False)
    except OSError:
        return ""
    return done.stdout.strip().removeprefix("value=").strip("'")


def expand_mirror_list(uri):
    """The addresses in apt's mirror+file: list, or the address itself."""
    if not uri.startswith("mirror+file:"):
        return [uri]
    path = pathlib.Path("/" + uri.removeprefix("mirror+file:").lstrip("/"))
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError:
        return []
    words = [line.split() for line in lines if not line.startswith("#")]
    return [line[0] for line in words if line]


def mirrors():
    """The Debian mirrors of this machine's apt sources, of whatever form."""
    try:
        done = subprocess.run(
            ["apt-get", "indextargets", "--format", "$(REPO_URI) $(ORIGIN)",
             "Created-By: Packages"],
            capture_output=True, text=True, check=False)
    except OSError:
        return []
    found = []
    for line in done.stdout.splitlines():
        uri, _, origin = line.partition(" ")
        if origin not in ("", "Debian"):
            continue
        for each in expand_mirror_list(uri):
            each = each.rstrip("/") + "/"
            if each.startswith(("http:", "https:", "file:")) and \
                    each not in found:
                found.append(each)
    # The security archive has a pool of its own; it comes last.
    return sorted(found, key=lambda uri: "security" in uri)


def opener_for(url, from_apt):
    """Goes through apt's proxy for apt's mirrors, else the environment's."""
    scheme = urllib.parse.urlsplit(url).scheme
    proxy = apt_config(f"Acquire::{scheme}::Proxy") if from_apt else ""
    if not proxy:
        return urllib.request.build_opener()
    proxies = {} if proxy == "DIRECT" else {scheme: proxy}
    return urllib.request.build_opener(urllib.request.ProxyHandler(proxies))


def download(url, from_apt):
    """All bytes behind `url`, with a line of progress every two seconds."""
    data = bytearray()
    next_line = time.monotonic() + 2
    try:
        with opener_for(url, from_apt).open(url, timeout=STALL_SECONDS) as r:
            total = int(r.headers.get("Content-Length") or 0)
            while piece := r.read(65536):
                data += piece
                if time.monotonic() > next_line:
                    say(f"    {len(data) >> 10} of {total >> 10} KiB")
                    next_line = time.monotonic() + 2
    except (OSError, ValueError, urllib.error.URLError) as error:
        raise FetchError(f"{url}: {error}") from error
    return bytes(data)


def archive_members(data):
    """(name, bytes) of each file in a zip or tar."""
    if data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for info in archive.infolist():
                if not info.is_dir():
                    yield info.filename, archive.read(info)
        return
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        for info in archive:
            if info.isfile():
                yield info.name, archive.extractfile(info).read()


def lwip_repack(data):
    """The part of lwIP that is built, as a tar that depends on nothing else.

    The release is a zip with CRLF line ends, Debian's archive a tar with LF:
    this makes the same bytes of both, so that one hash and one set of fixes
    fits both.
    """
    keep = ("lwip-2.2.1/src/core/", "lwip-2.2.1/src/include/",
            "lwip-2.2.1/src/netif/ethernet.c", "lwip-2.2.1/COPYING")
    members = {name: content.replace(b"\r\n", b"\n")
               for name, content in archive_members(data)
               if name.startswith(keep)}
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w",
                      format=tarfile.USTAR_FORMAT) as archive:
        for name in sorted(members):
            info = tarfile.TarInfo(name)
            info.size = len(members[name])
            archive.addfile(info, io.BytesIO(members[name]))
    return out.getvalue()


REPACK = {"lwip": lwip_repack}


def urls_of(origin, pool_mirrors):
    if origin.where.startswith("pool/"):
        path = urllib.parse.quote(origin.where)
        return [(mirror + path, True) for mirror in pool_mirrors]
    return [(origin.where, False)]


def take(name, url, origin, from_apt, wanted):
    """The wanted bytes by one way, or FetchError."""
    say(f"  {name}: {url}")
    data = download(url, from_apt)
    if sha256_of(data) != origin.sha256:
        raise WrongHash(f"{url}: SHA-256 is {sha256_of(data)}, "
                        f"must be {origin.sha256}; thrown away")
    data = REPACK.get(name, bytes)(data)
    if sha256_of(data) != wanted:
        raise WrongHash(f"{url}: its repacked form's SHA-256 is "
                        f"{sha256_of(data)}, must be {wanted}; thrown away")
    return data


def fetch(name, pool_mirrors):
    """Makes sure that the cache holds what `name`.wrap wants."""
    wrap = configparser.ConfigParser(interpolation=None)
    wrap.read(SUBPROJECTS / f"{name}.wrap", encoding="utf-8")
    wanted = wrap["wrap-file"]["source_hash"]
    path = CACHE / wrap["wrap-file"]["source_filename"]
    if path.exists():
        actual = sha256_of(path.read_bytes())
        if actual == wanted:
            return
        path.unlink()
        raise WrongHash(f"{path.name} in the cache: SHA-256 is {actual}, must "
                        f"be {wanted}; deleted. Run the command again")
    failures = []
    for origin in ORIGINS[name]:
        for url, from_apt in urls_of(origin, pool_mirrors):
            try:
                data = take(name, url, origin, from_apt, wanted)
            except FetchError as error:
                say(f"    {error}")
                failures.append(error)
                continue
            part = path.with_name(path.name + ".part")
            part.write_bytes(data)
            os.replace(part, path)
            return
    wrong = [error for error in failures if isinstance(error, WrongHash)]
    if wrong:
        raise wrong[0]
    raise FetchError(f"{name}: nothing that has it can be reached; tried "
                     f"{len(failures)} addresses. Without a network, copy "
                     "subprojects/packagecache/ from a machine that has built")


def main():
    CACHE.mkdir(parents=True, exist_ok=True)
    pool_mirrors = mirrors()
    try:
        for name in ORIGINS:
            fetch(name, pool_mirrors)
    except FetchError as error:
        say(f"fetch: {error}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
