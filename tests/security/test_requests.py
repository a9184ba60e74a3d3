"""Requests that no browser sends, to a real server: nobody gets in, nothing is told, and the server goes on."""

from __future__ import annotations

import asyncio
import itertools
import json
import re
import socket
import time
from collections.abc import Iterator

import pytest

from layouts.words import Words
from tests.people.served import Served, served
from tests.support.routes import every_route, filled
from tests.support.signed_in import bearer, cookies
from wall.bodies import received
from wall.people.account import Account
from wall.people.doors import door_of
from wall.people.entrance import open_entrance

from .wire import Reply, request, sent

PASSWORD = "correct horse battery 7"
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "CONNECT", "get", "X"]
#: What is on every page of numbers of this company, and on none that strangers may see.
_INSIDE = re.compile(r"\bOutput\b|\bAnn\b|value_exact|company\.score|_dash-config")


@pytest.fixture(scope="module")
def wall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("requests")) as one:
        cookies(one.site)
        yield one


@pytest.fixture(scope="module")
def ann(wall: Served) -> Account:
    return open_entrance(wall.site).accounts.add("ann", {"grants": ["admin"]}, "test", Words.of("en"), PASSWORD)


def ask(wall: Served, method: str, path: str, *headers: tuple[str, str], body: bytes = b"") -> Reply:
    return sent(wall.site.settings.port, request(method, path, headers, body))


def assert_closed(reply: Reply) -> None:
    """A stranger got nothing."""
    assert reply.status in (0, 301, 303, 307, 308, 400, 401, 403, 404, 405, 411, 413, 421, 501), reply
    assert not _INSIDE.search(reply.body), reply
    for led in reply.header("location"):
        assert re.match(r"/(?!/)", led), reply


def test_no_method_opens_a_route_to_a_stranger(wall: Served) -> None:
    for (_, path), method in itertools.product(every_route(wall.site), METHODS):
        door = door_of("GET" if method == "HEAD" else method, filled(path))
        if door is None or door.permit is not None:
            assert_closed(ask(wall, method, filled(path)))


TRICKS = [
    "//api/v1/board", "/api//v1/board", "/./api/v1/board", "/healthz/../api/v1/board", "/healthz/..;/api/v1/board",
    "/screen/%2e%2e/api/v1/board", "/screen/..%2fapi/v1/board", "/healthz;/api/v1/board", "/healthz%3b/api/v1/board",
    "/API/v1/board", "/api/v1/Board", "/api/v1/board/", "/api/v1/board%00", "/api/v1/board%20", "/api/v1/board.json",
    "/api/v1/board;.css", "/api/v1/board%2f", "/api%2fv1%2fboard", "/%61pi/v1/board", "/api/v1/board?x=/healthz",
    "/api/v1/board#/healthz", "/api\\v1\\board", "/..\\api/v1/board", "http://127.0.0.1/api/v1/board",
    "https://evil.test/api/v1/board", "/assets/people/../desk.css", "/assets/people/%2e%2e/desk.css",
    "/assets/people/..%2fdesk.css", "/assets/people/..%5cdesk.css", "/assets/fonts/%2e%2e%2f%2e%2e%2fwords.py",
    "/assets/fonts/..%252f..%252fwords.py", "/assets/people//../desk.css", "/assets/people/%00../desk.css",
    "/assets/icons/....//desk.css", "/sign-in/../api/v1/board", "/sign-in/x/../../api/v1/board",
    "/_dash-component-suites/../api/v1/board", "/lib/../api/v1/board", "/%c0%ae%c0%ae/api/v1/board",
    "/api/v1/board%0d%0aX-Injected: 1", "/phone/-/../company", "/manifest.webmanifest/../phone/company",
    "/sw.js/%2e%2e/phone/company", "*", "", "api/v1/board", "?/api/v1/board",
]  # fmt: skip


@pytest.mark.parametrize("path", TRICKS)
def test_no_way_of_writing_a_path_opens_a_door(wall: Served, path: str) -> None:
    reply = ask(wall, "GET", path, ("Accept", "*/*"))
    assert_closed(reply)
    assert not reply.header("x-injected")


@pytest.mark.parametrize(
    "header",
    [
        ("X-HTTP-Method-Override", "GET"), ("X-Original-URL", "/api/v1/board"), ("X-Rewrite-URL", "/api/v1/board"),
        ("X-Forwarded-For", "127.0.0.1"), ("X-Forwarded-User", "admin"), ("Remote-User", "admin"),
        ("X-Forwarded-Prefix", "/healthz"), ("X-Script-Name", "/healthz"), ("Forwarded", "for=127.0.0.1"),
        ("X-Real-IP", "127.0.0.1"), ("Authorization", "Basic YWRtaW46YWRtaW4="), ("Authorization", "Bearer null"),
        ("Authorization", "Bearer kpw_admin_admin"), ("Cookie", "kpiwall_session=admin"),
        ("Cookie", "kpiwall_session=" + "0" * 64), ("Cookie", "kpiwall_screen=s00000000.x"),
        ("Cookie", "kpiwall_session=\u00e9;kpiwall_session=x"), ("kpiwall.viewer", "admin"),
    ],
)  # fmt: skip
def test_no_header_makes_a_stranger_somebody(wall: Served, header: tuple[str, str]) -> None:
    assert ask(wall, "GET", "/api/v1/board", header).status == 401
    assert ask(wall, "POST", "/healthz", header, ("X-HTTP-Method-Override", "GET"), body=b"x").status in (401, 403, 413)


@pytest.mark.parametrize("host", ["evil.test", "127.0.0.1@evil.test", "evil.test/x?", "a b", "[::1", "\u00e9"])
def test_what_a_request_calls_the_server_is_told_nobody(wall: Served, host: str) -> None:
    for path in ("/", "/sign-in", "/api/v1/board", "/explain/company?lang=en"):
        reply = ask(wall, "GET", path, ("Host", host), ("Accept", "text/html"))
        assert reply.status < 500
        assert "evil" not in reply.head + reply.body


INJECTED = ["\r\nX-Injected: 1", "%0d%0aX-Injected:%201", "%0aX-Injected:%201", "\u010d\u010aX-Injected: 1",
            "%E5%98%8D%E5%98%8AX-Injected:%201"]  # fmt: skip


@pytest.mark.parametrize("text", INJECTED)
def test_nothing_that_is_asked_becomes_a_header(wall: Served, ann: Account, text: str) -> None:
    quoted = text.replace("\r", "%0d").replace("\n", "%0a").replace(" ", "%20").encode("utf-8").decode("latin-1")
    mine = tuple(cookies(wall.site).items())
    paths = ["/sign-in?next=/phone{}&lang=en{}", "/explain/x{}", "/phone/x{}?lang=x{}", "/desk/periods/x{}.xlsx",
             "/desk/analysis/x{}.csv", "/desk/audit/acts.{}"]  # fmt: skip
    for path in (one.replace("{}", quoted) for one in paths):
        for headers in ((), mine):
            reply = ask(wall, "GET", path, ("Accept", "text/html"), *headers)
            assert not reply.header("x-injected"), reply
    form = f"name=ann&password={PASSWORD.replace(' ', '+')}&next=/phone{quoted}".encode()
    reply = ask(wall, "POST", "/sign-in", ("Content-Type", "application/x-www-form-urlencoded"),
                ("Sec-Fetch-Site", "same-origin"), body=form)  # fmt: skip
    assert not reply.header("x-injected")
    assert all(led.startswith("/") for led in reply.header("location"))


ORIGINS = [
    [("Sec-Fetch-Site", "cross-site")], [("Sec-Fetch-Site", "same-site")], [("Origin", "http://evil.test")],
    [("Origin", "null")], [("Origin", "http://127.0.0.1.evil.test")], [("Origin", "http://evil.test#127.0.0.1")], [],
    [("Referer", "http://127.0.0.1/")], [("Sec-Fetch-Site", "cross-site"), ("Origin", "http://127.0.0.1")],
    [("Sec-Fetch-Site", "same-origin"), ("sec-fetch-site", "cross-site")],
]  # fmt: skip
BODIES = [
    ("application/x-www-form-urlencoded", b"name=x"), ("text/plain", b'{"x": 1}'), ("application/json", b"{}"),
    ("multipart/form-data; boundary=x", b"--x--\r\n"), ("", b"x"),
]  # fmt: skip


@pytest.mark.parametrize("origin", ORIGINS, ids=str)
def test_no_page_of_another_host_changes_anything(wall: Served, origin: list[tuple[str, str]]) -> None:
    cookie = ("Cookie", cookies(wall.site)["Cookie"])
    unsafe = [(method, filled(path)) for method, path in every_route(wall.site) if method not in ("GET", "HEAD")]
    assert len(unsafe) > 25
    for number, (method, path) in enumerate(unsafe):
        kind, body = BODIES[number % len(BODIES)]
        about = [("Content-Type", kind)] if kind else []
        reply = ask(wall, method, path, cookie, *origin, *about, body=body)
        assert reply.status == 403, (method, path, reply)


def test_bodies_are_bounded_however_their_length_is_told(wall: Served) -> None:
    mine = tuple(cookies(wall.site).items())
    for length in ("99999999999", "-1", "+5", "0x10", "1e3", " 5 5", "5, 6"):
        for headers in ((), mine):
            reply = ask(wall, "POST", "/sign-in", ("Content-Length", length), *headers, body=b"hello")
            assert reply.status in (0, 400, 413), (length, reply)
    # The same length twice may be taken as one (RFC 9110, 8.6); whatever is, it is judged like any other.
    assert ask(wall, "POST", "/sign-in", ("Content-Length", "5, 5"), *mine, body=b"hello").status in (0, 400, 401)
    for coding in ("chunked", "gzip, chunked", "identity"):
        for path in ("/sign-in", "/api/v1/events", "/_dash-update-component"):
            reply = ask(wall, "POST", path, ("Transfer-Encoding", coding), *mine, body=b"5\r\nhello\r\n0\r\n\r\n")
            assert reply.status in (0, 400, 411), (coding, path, reply)
    smuggled = request("POST", "/healthz", [("Content-Length", "4"), ("Transfer-Encoding", "chunked")],
                       b"0\r\n\r\nGET /api/v1/board HTTP/1.1\r\nHost: x\r\n\r\n")  # fmt: skip
    assert_closed(sent(wall.site.settings.port, smuggled))


def test_long_heads_do_no_harm(wall: Served) -> None:
    many = [(f"X-{number}", "a" * 1000) for number in range(500)]
    for content in (request("GET", "/healthz", many), request("GET", "/" + "a" * 200_000), b"GET /" + b"a" * 500_000):
        assert sent(wall.site.settings.port, content, 2).status in (0, 200, 400, 401, 404, 414, 431)
    assert ask(wall, "GET", "/healthz").status == 200


@pytest.mark.parametrize("known", [False, True], ids=["stranger", "signed in"])
def test_bodies_that_never_come_keep_nobody_waiting(wall: Served, known: bool) -> None:
    mine = tuple(cookies(wall.site).items()) if known else (("Sec-Fetch-Site", "same-origin"),)
    paths = ["/_dash-update-component", "/api/v1/what-if", "/desk/scenes/tiles"] if known else ["/sign-in", "/setup"]
    waiting = []
    try:
        for number in range(60):
            wire = socket.create_connection(("127.0.0.1", wall.site.settings.port), 10)
            head = [*mine, ("Content-Type", "application/json"), ("Content-Length", "60000")]
            wire.sendall(
                request("POST", paths[number % len(paths)], head).replace(b"Connection: close\r\n", b"") + b"{"
            )
            waiting.append(wire)
        time.sleep(0.5)
        begun = time.monotonic()
        for path in ("/sign-in", "/", "/api/v1/board"):
            reply = ask(wall, "GET", path, *tuple(cookies(wall.site).items()))
            assert reply.status in (200, 303), path
        assert time.monotonic() - begun < 5
    finally:
        for wire in waiting:
            wire.close()


def test_every_answer_forbids_guessing_framing_and_keeping(wall: Served) -> None:
    mine = tuple(cookies(wall.site).items())
    for method, path in every_route(wall.site):
        if method != "GET" or path.startswith(("/desk/stream", "/push")):
            continue
        for headers in ((), mine):
            reply = ask(wall, method, filled(path), *headers)
            assert reply.header("x-content-type-options") == ["nosniff"], path
            policy = " ".join(reply.header("content-security-policy"))
            scripts = next(part for part in policy.split(";") if "script-src" in part)
            assert not re.search(r"unsafe|\*|data:|https?:", scripts), policy
            for part in ("frame-ancestors 'self'", "object-src 'none'", "base-uri 'self'"):
                assert part in policy
            kind = " ".join(reply.header("content-type"))
            if path.startswith("/api/"):
                assert kind.startswith("application/json"), (path, kind)
                assert reply.header("cross-origin-resource-policy") == ["same-origin"], path
            if "/assets/" not in path and "component-suites" not in path and "/lib/" not in path:
                assert "public" not in " ".join(reply.header("cache-control")), path


def test_secrets_are_in_no_log_page_or_journal(wall: Served, ann: Account) -> None:
    wrong = "wrong horse battery 8"
    wall.sign_in("ann", wrong)
    done = wall.sign_in("ann", PASSWORD)
    session = done.cookie.partition("=")[2]
    assert done.status == 303
    assert session
    token = bearer(wall.site)["Authorization"].split()[1]
    texts = [
        ask(wall, "GET", path, ("Cookie", done.cookie)).body for path in ("/", "/account", "/desk/audit", "/phone")
    ]
    texts += [ask(wall, "GET", "/api/v1/board", ("Authorization", f"Bearer {token}")).body]
    texts.append(wall.terminal.read_text())
    texts += [json.dumps(one.body, default=str) for one in wall.site.journal.entries()]
    redis = wall.site.redis
    for key in redis.scan_iter():
        texts.append(repr(key) + repr(redis.dump(key)))
    hashed = ann.password
    for number, text in enumerate(texts):
        for secret in (PASSWORD, wrong, session, token, token.split("_")[-1]):
            assert secret not in text, (number, secret)
        if number < 5:
            assert not {one for one in (hashed, "argon2") if one in text}, number


def test_a_body_that_does_not_come_is_given_up() -> None:
    async def never() -> dict[str, object]:
        await asyncio.sleep(60)
        return {}

    async def whole() -> list[object]:
        parts: list[dict[str, object]] = [
            {"body": b"a", "more_body": True},
            {"body": b"b", "more_body": False},
            {"type": "http.disconnect"},
        ]
        messages = iter(parts)

        async def comes() -> dict[str, object]:
            return next(messages)

        again = await received(comes, 5)
        assert again is not None
        return [(await again()).get("body") for _ in range(3)]

    assert asyncio.run(received(never, 0.05)) is None
    assert asyncio.run(whole()) == [b"a", b"b", None]
