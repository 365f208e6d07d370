# SPDX-License-Identifier: Apache-2.0
"""Debian's packages without installing them: pinned, fetched, unpacked."""

import configparser
import pathlib
import subprocess

import fetch

FOLDER = pathlib.Path(__file__).resolve().parent
UNPACK_LIMIT_SECONDS = 120


def archive(name, wanted, pool):
    """The path of a package, fetched if it isn't there."""
    path = fetch.CACHE / ("emu-" + name)
    if path.exists() and fetch.sha256_of(path.read_bytes()) == wanted:
        return path
    origin = fetch.Origin(pool, wanted)
    for url, from_apt in fetch.urls_of(origin, fetch.mirrors()):
        try:
            data = fetch.take(name, url, origin, from_apt, wanted)
        except fetch.FetchError as error:
            fetch.say(str(error))
            continue
        fetch.CACHE.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        return path
    raise fetch.FetchError(f"{name}: nothing that has it can be reached")


def unpack(source, tree, only=None):
    """The packages that the file `source` pins, or only one of them."""
    pins = configparser.ConfigParser(interpolation=None)
    pins.read(FOLDER / source, encoding="utf-8")
    for name in [only] if only else pins.sections():
        path = archive(name, pins[name]["sha256"], pins[name]["pool"])
        subprocess.run(["dpkg-deb", "-x", path, tree], check=True,
                       timeout=UNPACK_LIMIT_SECONDS)
    return tree


def installed_version(package):
    """What this machine has of it, or ""."""
    try:
        return subprocess.run(
            ["dpkg-query", "-W", "-f", "${Version}", package],
            capture_output=True, text=True, check=False).stdout
    except OSError:
        return ""
