"""Signing in over HTTP: the first account, deep links, fixation, foreign pages, headers, waits, and the way out."""

from __future__ import annotations

import http.client
import re
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest

from layouts.words import Words
from tests.people.conftest import PASSWORD
from tests.people.served import OPENS, Served, served
from tests.support.servers import wait_until
from tests.support.signed_in import account, cookies
from wall.people.account import Account
from wall.people.cookies import SESSION
from wall.people.entrance import open_entrance
from wall.people.forms import own_path
from wall.people.sessions import hash_of

WORDS = Words.of("en")


@pytest.fixture(scope="module")
def wall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("served")) as one:
        yield one


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A site that people reach by https at another name."""
    with served(tmp_path_factory.mktemp("guarded"), public_url="https://kpi.test") as one:
        account(one.site)
        yield one


def cookie_of(wall: Served, account: Account) -> str:
    """The cookie of somebody who has signed in."""
    return f"{SESSION}={open_entrance(wall.site).sessions.begin(account, kept=False)}"


@pytest.fixture
def ann(wall: Served) -> Account:
    """Somebody new with a password; there is an admin beside them."""
    account(wall.site)
    name = f"ann{uuid.uuid4().hex[:6]}"
    about = {"title": "Ann Lee", "unit": "red", "grants": ["lead"]}
    return open_entrance(wall.site).accounts.add(name, about, "t", WORDS, PASSWORD)


def test_the_first_account_needs_the_code_of_the_terminal_and_no_other_follows(tmp_path: Path) -> None:
    with served(tmp_path) as wall:
        assert wall.ask("GET", "/phone/red").to == "/sign-in?next=/phone/red"
        assert wall.ask("GET", "/sign-in").to == "/setup"
        wait_until(lambda: "code" in wall.terminal.read_text(), 10, "the code is told")
        code = re.findall(r"code (\w{5}-\w{5})", wall.terminal.read_text())[0]
        form = {"code": "AAAAA-AAAAA", "name": "ann", "title": "Ann", "password": PASSWORD, "lang": "en"}
        wrong = wall.ask("POST", "/setup", form)
        assert (wrong.status, "not right" in wrong.text) == (400, True)
        weak = wall.ask("POST", "/setup", {**form, "code": code, "password": "short"})
        assert (weak.status, "at least 10" in weak.text) == (400, True)
        made = wall.ask("POST", "/setup", {**form, "code": code.lower().replace("-", " ")})
        assert (made.status, made.to) == (303, "/")
        assert wall.ask("GET", "/account", headers={"Cookie": made.cookie}).status == 200
        again = wall.ask("POST", "/setup", {**form, "code": code, "name": "eve"})
        assert again.to == "/sign-in"
        assert wall.ask("GET", "/setup").to == "/sign-in"
        assert list(open_entrance(wall.site).accounts.people().accounts) == ["ann"]


def test_a_deep_link_survives_signing_in_with_its_query(wall: Served, ann: Account) -> None:
    link = "/phone/red?lang=en&range=month&q=%E6%80%BB%20a"
    turned = wall.ask("GET", link)
    assert turned.status == 303
    page = wall.ask("GET", turned.to)
    onward = re.findall(r'name="next" value="([^"]*)"', page.text)[0].replace("&amp;", "&")
    done = wall.sign_in(ann.id.upper(), PASSWORD, onward)
    assert (done.status, done.to) == (303, link)
    assert wall.ask("GET", "/account", headers={"Cookie": done.cookie}).status == 200


FOREIGN = ["//evil.test", "https://evil.test", "/\\evil.test", "\\\\evil.test", "javascript:alert(1)", "/\t/evil.test",
           "/x\r\nSet-Cookie: a=b", "/x\nLocation: //evil.test", "///evil.test", "/sign-in?next=/", "/sign-out", "x",
           "/" + "a" * 3000, "/a//evil.test", "http:evil.test", " /x", "/\u2028/evil.test", ""]  # fmt: skip


def test_an_address_of_another_host_is_nowhere_to_go_on_to() -> None:
    assert [one for one in FOREIGN if own_path(one)] == []
    assert own_path("/phone/red?lang=en&q=%2F%2Fx") == "/phone/red?lang=en&q=%2F%2Fx"


@pytest.mark.parametrize("onward", ["//evil.test", "/\\evil.test", "/x\r\nSet-Cookie: a=b"])
def test_nobody_is_led_to_another_host(wall: Served, ann: Account, onward: str) -> None:
    done = wall.sign_in(ann.id, PASSWORD, onward)
    assert (done.status, done.to) == (303, "/")
    assert done.cookie.startswith("kpiwall_session=")
    signed_in = wall.ask("GET", f"/sign-in?{urlencode({'next': onward})}", headers={"Cookie": done.cookie})
    assert (signed_in.status, signed_in.to) == (303, "/")


def test_every_failure_says_the_same_and_takes_as_long(wall: Served, ann: Account) -> None:
    open_entrance(wall.site).accounts.add(f"{ann.id}x", {"grants": ["lead"]}, "t", WORDS, PASSWORD)
    open_entrance(wall.site).accounts.disable(f"{ann.id}x", "t", WORDS)
    tries = {"wrong": (ann.id, "wrong password"), "unknown": ("nobody-here", PASSWORD),
             "disabled": (f"{ann.id}x", PASSWORD), "empty": ("", ""), "long": (ann.id, "x" * 5000)}  # fmt: skip
    texts, seconds = set(), {}
    for what, (name, password) in tries.items():
        began = time.monotonic()
        found = wall.sign_in(name, password)
        seconds[what] = time.monotonic() - began
        assert found.status == 401
        assert "set-cookie" not in found.headers
        texts.add(re.findall(r'class="said".*?</p>', found.text)[0])
    assert len(texts) == 1
    assert min(seconds.values()) > 0.2 * max(seconds.values()), seconds


def test_a_session_that_was_there_before_signing_in_is_not_used(wall: Served, ann: Account) -> None:
    planted = "kpiwall_session=" + "A" * 43
    done = wall.ask("POST", "/sign-in", {"name": ann.id, "password": PASSWORD}, {"Cookie": planted})
    assert done.cookie != planted
    again = wall.ask("POST", "/sign-in", {"name": ann.id, "password": PASSWORD}, {"Cookie": done.cookie})
    assert again.cookie not in ("", done.cookie)
    assert wall.ask("GET", "/account", headers={"Cookie": done.cookie}).status == 303, "the former one has ended"
    assert wall.ask("GET", "/account", headers={"Cookie": again.cookie}).status == 200


def test_signing_out_ends_the_session_and_not_only_the_cookie(wall: Served, ann: Account) -> None:
    done = wall.sign_in(ann.id, PASSWORD)
    assert wall.ask("GET", "/account", headers={"Cookie": done.cookie}).status == 200
    out = wall.ask("POST", "/sign-out", {}, {"Cookie": done.cookie})
    assert (out.status, out.to) == (303, "/sign-in")
    assert 'kpiwall_session=""' in out.headers["set-cookie"]
    assert out.headers["clear-site-data"] == '"storage"'
    assert wall.ask("GET", "/account", headers={"Cookie": done.cookie}).to == "/sign-in?next=/account"
    assert wall.ask("GET", "/sign-out", headers={"Cookie": done.cookie}).status == 303, "no link signs anybody out"


@pytest.mark.parametrize(
    "told",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "", "Origin": "https://evil.test"},
        {"Sec-Fetch-Site": "", "Origin": "null"},
        {"Sec-Fetch-Site": ""},
        {"Sec-Fetch-Site": "cross-site", "Content-Type": "application/json"},
    ],
)
def test_a_page_of_another_host_changes_nothing(wall: Served, ann: Account, told: dict[str, str]) -> None:
    session = cookie_of(wall, ann)
    for path in ("/sign-out", "/account/language", "/account/password", "/account/token", "/_dash-update-component"):
        found = wall.ask("POST", path, {"language": "en"}, {"Cookie": session, **told})
        assert found.status == 403, path
    if told.get("Sec-Fetch-Site") or told.get("Origin"):
        assert wall.ask("POST", "/sign-in", {"name": ann.id, "password": PASSWORD}, told).status == 403
    assert wall.ask("GET", "/account", headers={"Cookie": session}).status == 200


def test_an_own_page_of_an_old_browser_is_known_by_its_origin(wall: Served, ann: Account) -> None:
    session = cookie_of(wall, ann)
    own = {"Cookie": session, "Sec-Fetch-Site": "", "Origin": f"http://127.0.0.1:{wall.site.settings.port}"}
    assert wall.ask("POST", "/account/language", {"language": "zh-CN"}, own).status == 303
    assert open_entrance(wall.site).accounts.account(ann.id, WORDS).language == "zh-CN"


def test_who_tries_too_often_waits_and_is_told_for_how_long(wall: Served, ann: Account) -> None:
    found = [wall.sign_in(ann.id, f"wrong password {at}") for at in range(7)]
    assert [one.status for one in found[:5]] == [401] * 5
    assert found[6].status == 429
    assert 1 <= int(found[6].headers["retry-after"]) <= 4
    assert wall.sign_in(ann.id, PASSWORD).status == 429, "the right password must wait, too"
    open_entrance(wall.site).throttle.passed(ann.id, "127.0.0.1")


def test_a_password_is_changed_only_by_who_knows_it_and_ends_all_other_sessions(wall: Served, ann: Account) -> None:
    other, own = wall.sign_in(ann.id, PASSWORD).cookie, wall.sign_in(ann.id, PASSWORD).cookie
    form = {"password": "not the password", "new": "four other tired owls", "lang": "en"}
    wrong = wall.ask("POST", "/account/password", form, {"Cookie": own})
    assert (wrong.status, "not right" in wrong.text) == (400, True)
    done = wall.ask("POST", "/account/password", {**form, "password": PASSWORD}, {"Cookie": own})
    assert done.status == 303
    assert done.cookie not in ("", own), "this browser gets a new session"
    assert wall.ask("GET", "/account", headers={"Cookie": done.cookie}).status == 200
    for session in (own, other):
        assert wall.ask("GET", "/account", headers={"Cookie": session}).status == 303
    assert wall.sign_in(ann.id, PASSWORD).status == 401
    assert wall.sign_in(ann.id, "four other tired owls").status == 303


def test_sessions_are_listed_and_ended_and_never_those_of_somebody_else(wall: Served, ann: Account) -> None:
    own, other = cookie_of(wall, ann), wall.sign_in(ann.id, PASSWORD, keep="1").cookie
    bob = cookies(wall.site, "lead", unit="blue")
    named = hash_of(other.partition("=")[2])[:12]
    assert named in wall.ask("GET", "/account", headers={"Cookie": own}).text
    wall.ask("POST", "/account/session", {"session": named}, bob)
    assert wall.ask("GET", "/account", headers={"Cookie": other}).status == 200
    wall.ask("POST", "/account/session", {"session": named}, {"Cookie": own})
    wait_until(lambda: wall.ask("GET", "/account", headers={"Cookie": other}).status == 303, 4, "it has ended")
    assert wall.ask("GET", "/account", headers={"Cookie": own}).status == 200


def test_a_token_is_issued_shown_once_used_and_revoked(wall: Served, ann: Account) -> None:
    own = {"Cookie": cookie_of(wall, ann)}
    form = {"title": "board reader", "capability": ["view", "manage_users"], "unit": "red", "days": "30", "lang": "en"}
    made = wall.ask("POST", "/account/token", form, own)
    token = re.findall(r"kpw_\w+", made.text)[0]
    assert token not in wall.ask("GET", "/account?lang=en", headers=own).text
    program = {"Authorization": f"Bearer {token}", "Accept": "", "Sec-Fetch-Mode": ""}
    assert wall.ask("GET", "/api/v1/board", headers=program).status == 200
    assert wall.ask("GET", "/metrics", headers=program).status == 403
    refused = wall.ask("POST", "/account/token", {**form, "unit": "blue"}, own)
    assert (refused.status, "no unit blue" in refused.text) == (400, True), "a unit that is not seen is not there"
    name = token.split("_")[1]
    eve = cookies(wall.site, "lead", unit="blue")
    assert wall.ask("POST", "/account/revoke-token", {"token": name}, eve).status == 400
    assert wall.ask("POST", "/account/revoke-token", {"token": name}, own).status == 303
    wait_until(lambda: wall.ask("GET", "/api/v1/board", headers=program).status == 401, 4, "it holds no more")


def test_a_stream_ends_within_five_seconds_of_its_session(wall: Served, ann: Account) -> None:
    cookie = cookie_of(wall, ann)
    connection = http.client.HTTPConnection("127.0.0.1", wall.site.settings.port, timeout=15)
    connection.request("GET", "/push/wall/anywhere?unit=red", headers={"Cookie": cookie})
    stream = connection.getresponse()
    assert stream.status == 200
    assert stream.readline().startswith(b"event")
    open_entrance(wall.site).accounts.sign_out(ann.id, "t", WORDS)
    began = time.monotonic()
    while stream.readline():
        pass
    assert time.monotonic() - began < 5.5
    connection.close()


def test_answers_carry_what_browsers_must_know(wall: Served, ann: Account) -> None:
    session = {"Cookie": cookie_of(wall, ann)}
    for path, headers in (
        ("/sign-in", {}),
        ("/account", session),
        ("/", session),
        ("/nowhere", {}),
        ("/api/v1/board", {}),
    ):
        told = wall.ask("GET", path, headers=headers).headers
        assert "default-src 'self'" in told["content-security-policy"]
        assert "unsafe-eval" not in told["content-security-policy"]
        assert "frame-ancestors 'self'" in told["content-security-policy"]
        assert told["x-content-type-options"] == "nosniff"
        assert told["cross-origin-opener-policy"] == "same-origin"
        assert "camera=()" in told["permissions-policy"]
        assert told["cache-control"] == "no-store"
        assert "strict-transport-security" not in told, "this site has no https"


def test_a_cookie_is_locked_to_a_site_with_https(guarded: Served) -> None:
    name = f"n{uuid.uuid4().hex[:8]}"
    open_entrance(guarded.site).accounts.add(name, {"grants": ["lead"], "unit": "red"}, "t", WORDS, PASSWORD)
    host = {"Host": "kpi.test"}
    done = guarded.ask("POST", "/sign-in", {"name": name, "password": PASSWORD, "keep": "1"}, host)
    told = done.headers["set-cookie"]
    assert told.startswith("__Host-kpiwall_session=")
    for part in ("HttpOnly", "Path=/", "SameSite=lax", "Secure", "Max-Age=2592000"):
        assert part in told
    assert "domain" not in told.lower()
    assert done.headers["strict-transport-security"] == "max-age=31536000"
    assert guarded.ask("GET", "/account", headers={**host, "Cookie": done.cookie}).status == 200
    plain = done.cookie.replace("__Host-", "")
    assert guarded.ask("GET", "/account", headers={**host, "Cookie": plain}).status == 303, (
        "set by whoever sits between"
    )


@pytest.mark.parametrize(
    ("host", "status"),
    [("kpi.test", 200), ("KPI.test:443", 200), ("127.0.0.1", 200), ("localhost:1", 200), ("[::1]:80", 200), ("", 421),
     ("evil.test", 421), ("kpi.test.evil.test", 421), ("kpi.test@evil.test", 421), ("evil.test/kpi.test", 421)],
)  # fmt: skip
def test_a_server_is_asked_by_its_own_names_only(guarded: Served, host: str, status: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", guarded.site.settings.port, timeout=20)
    connection.putrequest("GET", "/sign-in", skip_host=True)
    connection.putheader("Host", host)
    connection.endheaders()
    assert connection.getresponse().status == status
    connection.close()


def test_bodies_are_refused_before_they_are_read(wall: Served, ann: Account) -> None:
    session = cookie_of(wall, ann)
    for path in ("/sign-in", "/setup", "/account/language", "/sign-out", "/nowhere", "/api/v1/screens/pairing"):
        assert _announced(wall, path, session, {"Content-Length": "99999999"}) == 413, path
        assert _announced(wall, path, session, {"Transfer-Encoding": "chunked"}) == 411, path


def _announced(wall: Served, path: str, session: str, headers: dict[str, str]) -> int:
    """The answer to a body that is announced and never sent."""
    connection = http.client.HTTPConnection("127.0.0.1", wall.site.settings.port, timeout=5)
    connection.putrequest("POST", path)
    for name, value in {**headers, **OPENS, "Cookie": session, "Sec-Fetch-Site": "same-origin"}.items():
        connection.putheader(name, value)
    connection.endheaders()
    status = connection.getresponse().status
    connection.close()
    return status


def test_who_signed_in_and_who_failed_is_in_the_audit_trail(wall: Served, ann: Account) -> None:
    wall.sign_in(ann.id, "wrong password")
    wall.ask("POST", "/sign-out", {}, {"Cookie": wall.sign_in(ann.id, PASSWORD).cookie})
    kinds = [one.kind for one in wall.site.trail.entries("audit.") if one.body.get("account") == ann.id]
    assert kinds == ["audit.sign_in_failed", "audit.signed_in", "audit.signed_out"]
    assert PASSWORD not in str(wall.site.trail.entries("audit."))
