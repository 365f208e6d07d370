# SPDX-License-Identifier: Apache-2.0
"""HTTP/1.1 as the server takes it, byte by byte over a real connection."""

import concurrent.futures
import time

import pytest

from web import Closed, Web, exchange
from wire import ALERT, APPLICATION_DATA, CLOSE_NOTIFY, Client, Ended

HOST = b"Host: guest\r\n"
CLOSE = b"Connection: close\r\n"
AFTER = b"GET /smuggled HTTP/1.1\r\n" + HOST + CLOSE + b"\r\n"


def head(line, *fields):
    return b"\r\n".join((line, *fields)) + b"\r\n\r\n"


def get_head(target, *fields):
    return head(b"GET " + target + b" HTTP/1.1", b"Host: guest", *fields)


def post(*fields, body=b""):
    return head(b"POST / HTTP/1.1", b"Host: guest", *fields) + body


# Each is refused, and what follows on the connection is never read.
REFUSED = {
    # request line and lines
    "bare LF ends the request line": (
        400, b"GET / HTTP/1.1\nHost: guest\r\n\r\n"),
    "bare LF ends a field": (400, b"GET / HTTP/1.1\r\nHost: guest\n\r\n"),
    "bare LF ends the head": (400, b"GET / HTTP/1.1\r\nHost: guest\r\n\n"),
    "bare CR in the request line": (
        400, b"GET /\r HTTP/1.1\r\nHost: guest\r\n\r\n"),
    "bare CR in a value": (400, get_head(b"/", b"X: a\rb")),
    "two empty lines first": (400, b"\r\n\r\n" + get_head(b"/")),
    "a blank first": (400, b" " + get_head(b"/")),
    "two blanks before the target": (400, get_head(b" /")),
    "two blanks before the version": (400, get_head(b"/ ")),
    "a tab for a blank": (400, b"GET\t/\tHTTP/1.1\r\nHost: guest\r\n\r\n"),
    "no version": (400, head(b"GET /", b"Host: guest")),
    "a lower-case version": (400, head(b"GET / http/1.1", b"Host: guest")),
    "version 1.10": (400, head(b"GET / HTTP/1.10", b"Host: guest")),
    "version 01.1": (400, head(b"GET / HTTP/01.1", b"Host: guest")),
    "version 2.0": (505, head(b"GET / HTTP/2.0", b"Host: guest")),
    "version 0.9": (505, head(b"GET / HTTP/0.9", b"Host: guest")),
    "version 1.2": (505, head(b"GET / HTTP/1.2", b"Host: guest")),
    "the HTTP/2 preface": (505, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    "a method that is no token": (
        400, head(b"G@T / HTTP/1.1", b"Host: guest")),
    "NUL in the method": (400, head(b"GE\0T / HTTP/1.1", b"Host: guest")),
    # fields
    "obs-fold": (400, get_head(b"/", b"X: a", b" b")),
    "obs-fold by tab": (400, get_head(b"/", b"X: a", b"\tb")),
    "obs-fold first": (400, head(b"GET / HTTP/1.1", b" X: a",
                                 b"Host: guest")),
    "a blank before the colon": (400, post(b"Content-Length : 5",
                                           body=b"hello")),
    "a tab before the colon": (400, get_head(b"/", b"X\t: a")),
    "no colon": (400, get_head(b"/", b"nothing")),
    "an empty name": (400, get_head(b"/", b": a")),
    "NUL in a name": (400, get_head(b"/", b"X\0: a")),
    "NUL in a value": (400, get_head(b"/", b"X: a\0b")),
    "DEL in a value": (400, get_head(b"/", b"X: a\x7fb")),
    "a high byte in a name": (400, get_head(b"/", b"X\xe9: a")),
    # host
    "no host": (400, head(b"GET / HTTP/1.1", b"X: a")),
    "two hosts": (400, get_head(b"/", b"Host: guest")),
    "two different hosts": (400, get_head(b"/", b"Host: other")),
    "an empty host": (400, head(b"GET / HTTP/1.1", b"Host:")),
    "a blank in the host": (400, head(b"GET / HTTP/1.1", b"Host: a b")),
    "user information in the host": (
        400, head(b"GET / HTTP/1.1", b"Host: user@guest")),
    "a path in the host": (400, head(b"GET / HTTP/1.1", b"Host: guest/a")),
    "a wild port": (400, head(b"GET / HTTP/1.1", b"Host: guest:99999")),
    # framing
    "two equal lengths": (400, post(b"Content-Length: 5",
                                    b"Content-Length: 5", body=b"hello")),
    "two lengths": (400, post(b"Content-Length: 5", b"Content-Length: 0",
                              body=b"hello")),
    "a list of lengths": (400, post(b"Content-Length: 5, 5", body=b"hello")),
    "a signed length": (400, post(b"Content-Length: +5", body=b"hello")),
    "a negative length": (400, post(b"Content-Length: -1")),
    "a hex length": (400, post(b"Content-Length: 0x5", body=b"hello")),
    "a length with a blank": (400, post(b"Content-Length: 5 0",
                                        body=b"hello")),
    "an empty length": (400, post(b"Content-Length:", body=b"hello")),
    "a length beyond the limit": (413, post(b"Content-Length: 4294967297")),
    "a length beyond 64 bits": (
        413, post(b"Content-Length: 18446744073709551621", body=b"hello")),
    "a length of thirty digits": (
        413, post(b"Content-Length: " + b"9" * 30, body=b"hello")),
    "length and chunked": (
        400, post(b"Content-Length: 5", b"Transfer-Encoding: chunked",
                  body=b"0\r\n\r\n")),
    "chunked and length": (
        400, post(b"Transfer-Encoding: chunked", b"Content-Length: 5",
                  body=b"0\r\n\r\n")),
    "chunked twice": (
        400, post(b"Transfer-Encoding: chunked, chunked",
                  body=b"0\r\n\r\n")),
    "chunked in two fields": (
        400, post(b"Transfer-Encoding: chunked",
                  b"Transfer-Encoding: chunked", body=b"0\r\n\r\n")),
    "chunked isn't last": (
        400, post(b"Transfer-Encoding: chunked, gzip", body=b"0\r\n\r\n")),
    "gzip, chunked": (
        501, post(b"Transfer-Encoding: gzip, chunked", body=b"0\r\n\r\n")),
    "identity": (501, post(b"Transfer-Encoding: identity", body=b"")),
    "xchunked": (501, post(b"Transfer-Encoding: xchunked",
                           body=b"0\r\n\r\n")),
    "quoted chunked": (400, post(b'Transfer-Encoding: "chunked"',
                                 body=b"0\r\n\r\n")),
    "an empty encoding": (400, post(b"Transfer-Encoding:")),
    "vertical tab before chunked": (
        400, post(b"Transfer-Encoding: \x0bchunked", body=b"0\r\n\r\n")),
    "chunked in HTTP/1.0": (
        400, head(b"POST / HTTP/1.0", b"Host: guest",
                  b"Transfer-Encoding: chunked") + b"0\r\n\r\n"),
    # chunks
    "a chunk size with a blank": (
        400, post(b"Transfer-Encoding: chunked", body=b"5 \r\nhello\r\n")),
    "a chunk size by 0x": (
        400, post(b"Transfer-Encoding: chunked", body=b"0x5\r\nhello\r\n")),
    "a signed chunk size": (
        400, post(b"Transfer-Encoding: chunked", body=b"+5\r\nhello\r\n")),
    "an empty chunk size": (
        400, post(b"Transfer-Encoding: chunked", body=b"\r\nhello\r\n")),
    "a chunk size beyond 64 bits": (
        400, post(b"Transfer-Encoding: chunked",
                  body=b"10000000000000005\r\nhello\r\n")),
    "an endless trailer": (
        413, post(b"Transfer-Encoding: chunked",
                  body=b"0\r\n" + b"X: aaaaaaaaaaaa\r\n" * 600)),
    "a trailer that is no field": (
        400, post(b"Transfer-Encoding: chunked", body=b"0\r\nX\r\n\r\n")),
    "a bare LF after a chunk size": (
        400, post(b"Transfer-Encoding: chunked", body=b"5\nhello\r\n")),
    "a bare LF after a chunk": (
        400, post(b"Transfer-Encoding: chunked", body=b"5\r\nhello\n")),
    "a chunk longer than it says": (
        400, post(b"Transfer-Encoding: chunked", body=b"5\r\nhello!\r\n")),
    "no end of the last chunk": (
        400, post(b"Transfer-Encoding: chunked", body=b"0\r\nGET")),
    "an endless chunk extension": (
        413, post(b"Transfer-Encoding: chunked",
                  body=b"5;" + b"a" * 20000 + b"\r\nhello\r\n")),
    # paths: only the canonical spelling is served
    "an encoded unreserved letter": (400, get_head(b"/%61")),
    "an encoded dot segment": (400, get_head(b"/%2e%2e/a")),
    "a dot segment": (400, get_head(b"/a/./b")),
    "a double dot segment": (400, get_head(b"/a/../b")),
    "a dot at the end": (400, get_head(b"/a/.")),
    "two dots at the end": (400, get_head(b"/a/..")),
    "an empty segment": (400, get_head(b"/a//b")),
    "an empty first segment": (400, get_head(b"//a")),
    "an empty last segment": (400, get_head(b"/a//")),
    "an encoded slash": (400, get_head(b"/a%2fb")),
    "an encoded upper-case slash": (400, get_head(b"/a%2Fb")),
    "lower-case hex digits": (400, get_head(b"/%c3%a9")),
    "an encoding twice over": (400, get_head(b"/%252e")),
    "a parameter behind dots": (400, get_head(b"/..;a/b")),
    "a backslash": (400, get_head(b"/a\\b")),
    "an encoded backslash": (400, get_head(b"/a%5cb")),
    "an encoded NUL": (400, get_head(b"/a%00b")),
    "NUL": (400, get_head(b"/a\0b")),
    "an encoded CR LF": (400, get_head(b"/a%0d%0aX:b")),
    "a bad escape": (400, get_head(b"/a%zz")),
    "an escape cut short": (400, get_head(b"/a%4")),
    "an overlong UTF-8 slash": (400, get_head(b"/a%c0%afb")),
    "a raw high byte": (400, get_head(b"/\xc3\xa9")),
    "a fragment": (400, get_head(b"/a#b")),
    "no slash": (400, get_head(b"a")),
    "a foreign absolute form": (400, get_head(b"https://other/")),
    "absolute form by http": (400, get_head(b"http://guest/")),
    "absolute form by ftp": (400, get_head(b"ftp://guest/")),
    "absolute form with user information": (
        400, get_head(b"https://user@guest/")),
    "authority form": (400, get_head(b"guest:443")),
    "asterisk form of GET": (400, get_head(b"*")),
    "the well-known place with an encoded letter": (
        400, get_head(b"/.well-known/anchorhol%64/evidence")),
    "the well-known place by an empty segment": (
        400, get_head(b"//.well-known/anchorhold/evidence")),
    "the well-known place by dots": (
        400, get_head(b"/x/../.well-known/anchorhold/evidence")),
    "the well-known place with an encoded dot": (
        400, get_head(b"/%2ewell-known/anchorhold/evidence")),
    "the well-known place with an encoded slash": (
        400, get_head(b"/.well-known%2fanchorhold/evidence")),
    # limits
    "a request line that is too long": (
        414, get_head(b"/" + b"a" * 9000)),
    "a head that is too long": (
        431, get_head(b"/", *[b"X: " + b"a" * 1000] * 17)),
    "a field that is too long": (431, get_head(b"/", b"X: " + b"a" * 20000)),
    "too many fields": (431, get_head(b"/", *[b"X: a"] * 65)),
    "an unknown expectation": (
        417, post(b"Expect: the-best", b"Content-Length: 5", body=b"hello")),
}


@pytest.fixture(scope="module", name="refusals")
def fixture_refusals(hello, request):
    """What came back for each, a few connections at a time: the server keeps
    each open for a second, for the client to read the answer."""
    names = {item.callspec.params["name"] for item in request.session.items
             if getattr(item, "function", None) is test_refused}
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        yield {name: pool.submit(exchange, hello.address,
                                 REFUSED[name][1] + AFTER) for name in names}


@pytest.mark.parametrize("name", REFUSED)
def test_refused(refusals, name):
    status, _ = REFUSED[name]
    answers = refusals[name].result()
    assert [answer.status for answer in answers] == [status]
    assert not answers[0].keeps_alive


def test_head_without_an_end(hello):
    answers = exchange(hello.address, b"GET / HTTP/1.1\r\nX: " + b"a" * 40000)
    assert [answer.status for answer in answers] == [431]


SERVED = {
    "the plain form": get_head(b"/"),
    "one empty line first": b"\r\n" + get_head(b"/"),
    "a query": get_head(b"/?a=b&c=%20/..//x"),
    "an empty query": get_head(b"/?"),
    "absolute form with our host": get_head(b"https://guest/"),
    "a host with a port": head(b"GET / HTTP/1.1", b"Host: guest:443"),
    "an IPv4 host": head(b"GET / HTTP/1.1", b"Host: 127.0.0.1"),
    "an IPv6 host": head(b"GET / HTTP/1.1", b"Host: [::1]:443"),
    "names in any case": head(b"GET / HTTP/1.1", b"hOsT: guest"),
    "blanks around a value": get_head(b"/", b"X:  \t a \t "),
    "an empty value": get_head(b"/", b"X:"),
    "sixty fields": get_head(b"/", *[b"X: a"] * 60),
    "a long line": get_head(b"/?" + b"a" * 7000),
    "an unknown upgrade": get_head(b"/", b"Connection: upgrade",
                                   b"Upgrade: h2c"),
}


@pytest.mark.parametrize("path", ["/a/", "/a;b", "/a%20b", "/%C3%A9", "/~a",
                                  "/a:b@c", "/...", "/.a", "/a."])
def test_canonical_paths_reach_the_app(hello, path):
    with Web(hello.address) as web:
        assert web.get(path).status == 404


@pytest.mark.parametrize("name", SERVED)
def test_served(hello, name):
    with Web(hello.address) as web:
        assert web.request(SERVED[name]).status == 200
        assert web.get().status == 200


def test_keep_alive(hello):
    with Web(hello.address) as web:
        first = web.get()
        for _ in range(50):
            assert web.get() == first


def test_connection_close(hello):
    with Web(hello.address) as web:
        answer = web.get("/", CLOSE)
        assert answer.status == 200 and not answer.keeps_alive
        assert web.is_ended()


def test_http10_closes(hello):
    with Web(hello.address) as web:
        answer = web.request(head(b"GET / HTTP/1.0"))
        assert answer.status == 200
        assert "transfer-encoding" not in answer.headers
        assert web.is_ended()


def test_http10_has_no_chunks(echo):
    with Web(echo.address) as web:
        answer = web.request(head(b"POST / HTTP/1.0", b"Content-Length: 5")
                             + b"hello")
        assert (answer.status, answer.body) == (200, b"hello")
        assert "transfer-encoding" not in answer.headers
        assert web.is_ended()


def test_pipelined(hello):
    with Web(hello.address) as web:
        web.send(get_head(b"/") * 20 + get_head(b"/no/such/page")
                 + get_head(b"/"))
        answers = [web.response().status for _ in range(22)]
        assert answers == [200] * 20 + [404, 200]


def test_pipelined_bodies_stay_apart(echo):
    bodies = [b"%d" % n * n for n in range(1, 30)]
    with Web(echo.address) as web:
        web.send(b"".join(post(b"Content-Length: %d" % len(body), body=body)
                          for body in bodies))
        assert [web.response().body for _ in bodies] == bodies


def test_pipelined_behind_a_bad_one(hello):
    answers = exchange(hello.address, get_head(b"/") * 3 + b"bad\r\n\r\n"
                       + get_head(b"/") * 3)
    assert [answer.status for answer in answers] == [200, 200, 200, 400]


def test_head_in_single_bytes(hello):
    with Web(hello.address) as web:
        for byte in get_head(b"/"):
            web.send(bytes([byte]))
        assert web.response().status == 200


def test_head_method_keeps_framing(hello):
    with Web(hello.address) as web:
        answer = web.request(b"HEAD / HTTP/1.1\r\n" + HOST + b"\r\n", "HEAD")
        length = answer.headers["content-length"]
        assert answer.status == 200
        assert len(web.get().body) == int(length)


def test_body_that_nobody_reads(hello):
    """What hello doesn't read is never taken for the next request."""
    with Web(hello.address) as web:
        web.send(post(b"Content-Length: %d" % len(AFTER), body=AFTER)
                 + get_head(b"/no/such/page"))
        statuses = [web.response().status]
        try:
            statuses.append(web.response().status)
        except Closed:
            pass
        assert len(statuses) == 1 or statuses[1] == 404


def test_expect_continue(echo):
    with Web(echo.address) as web:
        interim = web.request(post(b"Expect: 100-continue",
                                   b"Content-Length: 5"))
        assert interim.status == 100
        answer = web.request(b"hello")
        assert (answer.status, answer.body) == (200, b"hello")
        assert web.get().status == 200


def test_expect_continue_without_waiting(echo):
    with Web(echo.address) as web:
        answer = web.request(post(b"Expect: 100-continue",
                                  b"Content-Length: 5", body=b"hello"))
        while answer.status == 100:
            answer = web.response()
        assert (answer.status, answer.body) == (200, b"hello")


def test_expect_continue_is_not_for_http10(echo):
    with Web(echo.address) as web:
        answer = web.request(head(b"POST / HTTP/1.0", b"Content-Length: 5",
                                  b"Expect: 100-continue") + b"hello")
        assert (answer.status, answer.body) == (200, b"hello")


CHUNKED = {
    "one chunk": b"5\r\nhello\r\n0\r\n\r\n",
    "many chunks": b"1\r\nh\r\n2\r\nel\r\n2\r\nlo\r\n0\r\n\r\n",
    "leading zeros": b"0005\r\nhello\r\n000\r\n\r\n",
    "an extension": b"5;a=b\r\nhello\r\n0\r\n\r\n",
    "a trailer": b"5\r\nhello\r\n0\r\nX: a\r\n\r\n",
}


@pytest.mark.parametrize("name", CHUNKED)
def test_chunked(echo, name):
    with Web(echo.address) as web:
        answer = web.request(post(b"Transfer-Encoding: Chunked",
                                  body=CHUNKED[name]))
        assert (answer.status, answer.body) == (200, b"hello")
        assert web.get().status == 200


def test_chunked_in_single_bytes(echo):
    data = post(b"Transfer-Encoding: chunked", body=CHUNKED["an extension"])
    with Web(echo.address) as web:
        for byte in data:
            web.send(bytes([byte]))
        assert web.response().body == b"hello"


def test_trailer_cannot_frame(echo):
    """A length in a trailer is no length."""
    body = b"5\r\nhello\r\n0\r\nContent-Length: 9\r\n\r\n"
    with Web(echo.address) as web:
        web.send(post(b"Transfer-Encoding: chunked", body=body)
                 + get_head(b"/"))
        first = web.response()
        assert first.status == 400 or (
            first.body == b"hello" and web.response().status == 200)


def test_body_cut_short(echo):
    """A client that ends in the middle of a body gets no 2xx for it."""
    with Client(echo.address) as client:
        client.handshake()
        client.send_inner(APPLICATION_DATA,
                          post(b"Content-Length: 100", body=b"hello"))
        client.send_inner(ALERT, bytes([1, CLOSE_NOTIFY]))
        answer = b""
        with pytest.raises(Ended):
            while True:
                answer += client.receive_inner()[1]
    assert b" 200 " not in answer


def test_early_end_of_client_side(hello):
    """close_notify after a whole request: the answer still comes."""
    with Web(hello.address) as web:
        web.send(get_head(b"/", b"Connection: close"))
        assert web.response().status == 200


@pytest.mark.parametrize("begun", [
    b"", b"G", b"GET / HTTP/1.1\r\nHost: guest\r\n"],
    ids=["nothing", "one byte", "all but the end"])
def test_silence_is_ended(hello, begun):
    with Web(hello.address, timeout=150) as web:
        if begun:
            web.send(begun)
        answers = web.responses()
    assert [answer.status for answer in answers] in ([], [408])
    assert begun == b"" or answers


def test_slow_head_is_ended(hello):
    """A byte now and then doesn't keep a connection."""
    with Web(hello.address, timeout=150) as web:
        try:
            web.send(b"GET / HTTP/1.1\r\nHost: guest\r\n")
            while time.monotonic() < web.deadline:
                web.send(b"X: a\r\n")
                time.sleep(1)
            pytest.fail("still open")
        except Closed:
            pass
    hello.settled(closing=32)  # lwIP remembers these for 30 s
