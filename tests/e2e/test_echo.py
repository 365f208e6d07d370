# SPDX-License-Identifier: Apache-2.0
"""Large bodies both ways at once."""

import hashlib
import random
import subprocess

import pytest

BYTES = 100 * 1000 * 1000
LIMIT_S = 300


def sha256(path):
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while part := file.read(1 << 20):
            digest.update(part)
    return digest.hexdigest()


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    path = tmp_path_factory.mktemp("echo") / "large"
    chance = random.Random(100)
    with open(path, "wb") as file:
        for _ in range(BYTES // 1000000):
            file.write(chance.randbytes(1000000))
    return path


def curl_echo(guest, body, out, *options):
    """Uploads and downloads at once; returns the status that curl prints."""
    done = subprocess.run(
        ["curl", "-sSk", "--max-time", str(LIMIT_S), "-H", "Expect:",
         *options, "-o", str(out), "-w", "%{http_code}", "-T", str(body),
         f"https://127.0.0.1:{guest.port}/"],
        stdin=subprocess.DEVNULL, capture_output=True, text=True,
        timeout=LIMIT_S + 10)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("options", [
    pytest.param((), id="length"),
    pytest.param(("-H", "Transfer-Encoding: chunked"), id="chunked",
                 marks=pytest.mark.slow)])
def test_100_megabytes_both_ways(echo, large, tmp_path, options):
    before = echo.settled()
    out = tmp_path / "back"
    assert curl_echo(echo, large, out, "-X", "POST", *options) == "200"
    assert out.stat().st_size == BYTES
    assert sha256(out) == sha256(large)
    echo.settled_like(before)


@pytest.mark.parametrize("count", [
    0, 1, 16383, 16384, 16385, 65535, 65536, 65537, 200000, 1000003])
def test_odd_sizes(echo, tmp_path, count):
    body, out = tmp_path / "body", tmp_path / "back"
    body.write_bytes(random.Random(count).randbytes(count))
    assert curl_echo(echo, body, out, "-X", "POST") == "200"
    back = out.read_bytes() if out.exists() else b""
    assert back == body.read_bytes()


def test_reader_that_stops_reading(echo, tmp_path, large):
    """A client that sends and never reads is bounded by the windows: the
    guest holds no more than those, and serves others meanwhile."""
    from web import Closed, Web
    before = echo.settled()
    with Web(echo.address, timeout=8) as web:
        web.send(b"POST / HTTP/1.1\r\nHost: guest\r\nContent-Length: %d\r\n"
                 b"\r\n" % BYTES)
        try:
            with open(large, "rb") as file:
                while part := file.read(65536):
                    web.send(part)
        except (TimeoutError, Closed):
            pass
        held = echo.figures()
        echo.assert_serves()
    assert held["heap_used"] - before["heap_used"] < 2000000
    echo.settled_like(before)
