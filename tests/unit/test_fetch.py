# SPDX-License-Identifier: Apache-2.0
"""tools/fetch.py: what it accepts, what it refuses, and what it says."""

import functools
import http.server
import io
import tarfile
import threading
import zipfile

import pytest

import fetch

GOOD = b"the right bytes"
LWIP_FILES = {
    "lwip-2.2.1/COPYING": b"licence\n",
    "lwip-2.2.1/src/core/tcp.c": b"int a;\nint b;\n",
    "lwip-2.2.1/src/include/lwip/tcp.h": b"int a;\n",
    "lwip-2.2.1/src/netif/ethernet.c": b"int c;\n",
    "lwip-2.2.1/doc/thing.txt": b"not built\n",
}


@pytest.fixture(name="tree")
def tree_fixture(tmp_path, monkeypatch):
    """A subprojects folder that wants GOOD as thing.tar."""
    cache = tmp_path / "packagecache"
    cache.mkdir()
    (tmp_path / "thing.wrap").write_text(
        "[wrap-file]\nsource_filename = thing.tar\n"
        f"source_hash = {fetch.sha256_of(GOOD)}\n", encoding="ascii")
    monkeypatch.setattr(fetch, "SUBPROJECTS", tmp_path)
    monkeypatch.setattr(fetch, "CACHE", cache)
    return tmp_path


@pytest.fixture(name="mirror")
def mirror_fixture(tmp_path_factory):
    """A web server: its folder and its address."""
    folder = tmp_path_factory.mktemp("mirror")

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_args):
            pass

    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield folder, f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    thread.join()
    server.server_close()


def origins(monkeypatch, *wheres):
    monkeypatch.setattr(fetch, "ORIGINS", {"thing": [
        fetch.Origin(where, fetch.sha256_of(GOOD)) for where in wheres]})


def test_from_the_pool(tree, mirror, monkeypatch):
    (mirror[0] / "pool").mkdir()
    (mirror[0] / "pool" / "thing+1.tar").write_bytes(GOOD)
    origins(monkeypatch, "pool/thing+1.tar")
    fetch.fetch("thing", [mirror[1]])
    assert (tree / "packagecache" / "thing.tar").read_bytes() == GOOD


def test_a_superseded_pool_file_leads_upstream(tree, mirror, monkeypatch):
    (mirror[0] / "release.tar").write_bytes(GOOD)
    origins(monkeypatch, "pool/gone.tar", mirror[1] + "release.tar")
    fetch.fetch("thing", ["http://127.0.0.1:9/", mirror[1]])
    assert (tree / "packagecache" / "thing.tar").read_bytes() == GOOD


def test_a_file_mirror(tree, tmp_path_factory, monkeypatch):
    folder = tmp_path_factory.mktemp("disc")
    (folder / "pool").mkdir()
    (folder / "pool" / "thing.tar").write_bytes(GOOD)
    origins(monkeypatch, "pool/thing.tar")
    fetch.fetch("thing", [folder.as_uri() + "/"])
    assert (tree / "packagecache" / "thing.tar").read_bytes() == GOOD


@pytest.mark.parametrize("bad", [b"", GOOD[:-1], GOOD + b"x", b"T" + GOOD[1:]])
def test_wrong_bytes_are_refused_and_named(tree, mirror, monkeypatch, bad):
    (mirror[0] / "thing.tar").write_bytes(bad)
    origins(monkeypatch, mirror[1] + "thing.tar")
    with pytest.raises(fetch.WrongHash, match="thing.tar: SHA-256 is "
                       + fetch.sha256_of(bad)):
        fetch.fetch("thing", [])
    assert not list((tree / "packagecache").iterdir())


def test_a_spoilt_cache_is_deleted_and_named(tree, monkeypatch):
    cached = tree / "packagecache" / "thing.tar"
    cached.write_bytes(GOOD + b"x")
    origins(monkeypatch)
    with pytest.raises(fetch.WrongHash, match="thing.tar in the cache"):
        fetch.fetch("thing", [])
    assert not cached.exists()


def test_a_good_cache_needs_no_network(tree, monkeypatch):
    (tree / "packagecache" / "thing.tar").write_bytes(GOOD)
    origins(monkeypatch)
    fetch.fetch("thing", [])


def test_nothing_to_be_reached(tree, monkeypatch):
    assert tree
    origins(monkeypatch, "pool/thing.tar", "http://127.0.0.1:9/thing.tar")
    with pytest.raises(fetch.FetchError, match="nothing that has it"):
        fetch.fetch("thing", ["http://127.0.0.1:9/"])


def test_main_says_why_and_fails(tree, monkeypatch, capsys):
    (tree / "packagecache" / "thing.tar").write_bytes(b"x")
    origins(monkeypatch)
    monkeypatch.setattr(fetch, "mirrors", lambda: [])
    assert fetch.main() == 1
    assert "fetch: thing.tar in the cache: SHA-256" in capsys.readouterr().err


def tar_of(members):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:xz") as archive:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size, info.mtime, info.uid = len(content), 1234567, 1000
            archive.addfile(info, io.BytesIO(content))
    return out.getvalue()


def zip_of(members):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in reversed(members.items()):
            archive.writestr(name, content.replace(b"\n", b"\r\n"))
    return out.getvalue()


def test_lwip_is_the_same_from_both_archives():
    repacked = fetch.lwip_repack(tar_of(LWIP_FILES))
    assert repacked == fetch.lwip_repack(zip_of(LWIP_FILES))
    with tarfile.open(fileobj=io.BytesIO(repacked)) as archive:
        assert archive.getnames() == sorted(LWIP_FILES)[:1] + [
            name for name in sorted(LWIP_FILES) if "/src/" in name]


def apt_says(monkeypatch, text):
    class Done:
        stdout = text
    monkeypatch.setattr(fetch.subprocess, "run", lambda *_a, **_k: Done)


def test_mirrors_of_apt(monkeypatch, tmp_path):
    listed = tmp_path / "mirrors.txt"
    listed.write_text("# ours\nhttps://c.example/debian priority:1\n",
                      encoding="ascii")
    apt_says(monkeypatch, (
        "http://a.example/debian-security/ Debian\n"
        "http://b.example/debian/ Debian\n"
        "http://b.example/debian Debian\n"
        "https://other.example/repo/ Somebody\n"
        f"mirror+file:{listed} Debian\n"
        "cdrom:[disc]/ Debian\n"))
    assert fetch.mirrors() == [
        "http://b.example/debian/", "https://c.example/debian/",
        "http://a.example/debian-security/"]


def test_the_proxy_of_apt(monkeypatch):
    apt_says(monkeypatch, "value='http://proxy.example:3142'\n")
    assert fetch.apt_config("x") == "http://proxy.example:3142"
    opener = fetch.opener_for("http://a.example/x", True)
    proxies = [handler.proxies for handler in opener.handlers
               if hasattr(handler, "proxies")]
    assert proxies == [{"http": "http://proxy.example:3142"}]
