"""Signing in through a real OpenID provider, and what becomes of answers that nobody must believe."""

from __future__ import annotations

import base64
import hmac
import json
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError
from joserfc.jwk import RSAKey

from layouts.words import Words
from streams.redis_adapters.people import PeopleStore
from tests.server.teams import company, teams
from tests.support.openid import OpenIdNode
from tests.support.servers import Service, wait_until
from wall.people.account import Account
from wall.people.accounts import Accounts
from wall.people.audit import Act
from wall.people.entrance import real_ms
from wall.people.providers.oidc import OpenId
from wall.people.providers.person import SignInFailed
from wall.people.providers.ways import OidcWay
from wall.wiring import Site

WORDS = Words.of("en")
ROLES = [
    {"id": "lead", "title": "Lead", "scope": "subtree", "capabilities": ["view", "explain"]},
    {"id": "worker", "title": "Worker", "scope": "own_person"},
]
PEOPLE = {
    "ann": {"groups": ["kpi-admins", "staff"]},
    "bob": {"groups": ["red-leads", "red-leads", 7, {"no": "group"}]},
    "cat": {"groups": ["staff"]},
    "eve": {"groups": []},
}
SETTINGS = """
[corp]
kind = "oidc"
title = "Our directory"
issuer = "{issuer}"
client_id = "kpiwall"
client_secret_file = "corp.secret"
scope = "openid profile email groups"
person_claim = "preferred_username"

[[corp.groups]]
group = "kpi-admins"
role = "admin"

[[corp.groups]]
group = "red-leads"
role = "lead"
unit = "red"

[[corp.groups]]
group = "staff"
role = "worker"
"""


WAY = {"id": "corp", "kind": "oidc", "client_id": "kpiwall", "default_role": "worker"}


@dataclass
class Stage:
    """A served site beside the provider."""

    site: Site
    node: OpenIdNode

    @property
    def root(self) -> str:
        return f"http://127.0.0.1:{self.site.settings.port}"

    def account(self, subject: str) -> Account | None:
        return Accounts(self.site.journal, real_ms).people().of_identity(f"corp:{subject}")

    def came_back(self, as_: str, browser: requests.Session | None = None, onward: str = "") -> requests.Response:
        """Somebody goes to the provider and says who they are; what the site answers when they are back."""
        browser = browser or requests.Session()
        page = browser.get(f"{self.root}/sign-in/corp", params={"next": onward, "lang": "en"})
        answer = browser.get(page.url, params={"as": as_}, allow_redirects=False) if "Who is it" in page.text else page
        while "location" in answer.headers and not answer.headers["location"].startswith(self.back):
            answer = browser.get(_there(answer), allow_redirects=False)
        return browser.get(_there(answer), allow_redirects=False)

    @property
    def back(self) -> str:
        return f"{self.root}/sign-in/corp/back"

    def failures(self) -> list[str]:
        """Why sign-ins failed, as the audit trail has it."""
        return [one.body["why"] for one in self.site.trail.entries(f"audit.{Act.SIGN_IN_FAILED}")]


def _there(answer: requests.Response) -> str:
    return requests.compat.urljoin(answer.url, answer.headers["location"])


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("ways")
    with company(teams(roles=ROLES)) as site:
        back = f"http://127.0.0.1:{site.settings.port}/sign-in/corp/back"
        people = {name: {"sub": name, "name": name.title(), "preferred_username": name, "email": f"{name}@corp.test",
                         **about} for name, about in PEOPLE.items()}  # fmt: skip
        with OpenIdNode(back, people) as node:
            (folder / "ways.toml").write_text(SETTINGS.format(issuer=node.issuer))
            (folder / "corp.secret").write_text(node.client["client_secret"] + "\n")
            settings = replace(site.settings, sign_in=str(folder / "ways.toml"))
            Accounts(site.journal, real_ms).add("root", {"grants": ["admin"]}, "test", WORDS)
            with Service("serve", settings):
                wait_until(lambda: _answers(settings.port), 30, "the server answers")
                yield Stage(site, node)


@pytest.fixture(autouse=True)
def _as_it_is(stage: Stage) -> Iterator[None]:
    yield
    stage.node.changes.clear()


def _answers(port: int) -> bool:
    try:
        return requests.get(f"http://127.0.0.1:{port}/sign-in", timeout=1).ok
    except requests.RequestException:
        return False


def failed(answer: requests.Response) -> str:
    """Why a sign-in failed, as the address of the page says; the page must have words for it."""
    where = urlsplit(_there(answer))
    assert (answer.status_code, where.path) == (303, "/sign-in")
    why = parse_qs(where.query)["failed"][0]
    assert WORDS(f"people.way.{why}") in requests.get(_there(answer)).text
    assert not any(cookie.name.endswith("kpiwall_session") for cookie in answer.cookies)
    return why


def test_the_page_of_signing_in_offers_the_provider(stage: Stage) -> None:
    page = requests.get(f"{stage.root}/sign-in?lang=en&next=/phone/red").text
    link = re.search(r'href="(/sign-in/corp[^"]*)"[^>]*>Our directory<', page)
    assert link is not None
    assert "next=%2Fphone%2Fred" in link[1]


def test_whoever_signs_in_gets_an_account_with_the_roles_of_its_groups(stage: Stage) -> None:
    browser = requests.Session()
    answer = stage.came_back("bob", browser)
    assert answer.status_code == 303
    account = stage.account("bob")
    assert account is not None
    assert (account.id, account.title, account.email) == ("bob@corp", "Bob", "bob@corp.test")
    assert [(one.role, one.unit) for one in account.grants] == [("lead", "red")]
    assert (account.person, account.password) == ("bob", "")
    signed_in = stage.site.trail.entries(f"audit.{Act.SIGNED_IN}")[-1]
    assert (signed_in.body["who"], signed_in.body["way"]) == ("bob@corp", "corp")
    assert browser.get(f"{stage.root}/account").ok


def test_a_deep_link_survives_the_way_to_the_provider_and_back(stage: Stage) -> None:
    answer = stage.came_back("ann", onward="/phone/red?lang=en&x=1%262")
    assert answer.headers["location"] == "/phone/red?lang=en&x=1%262"


@pytest.mark.parametrize("onward", ["https://evil.test/", "//evil.test", "/\\evil.test", "/\t/evil.test"])
def test_nobody_is_led_elsewhere(stage: Stage, onward: str) -> None:
    assert stage.came_back("ann", onward=onward).headers["location"] == "/"


def test_whoever_is_in_no_group_stays_out_and_leaves_no_account(stage: Stage) -> None:
    assert failed(stage.came_back("eve")) == "no_role"
    assert stage.account("eve") is None
    assert stage.failures()[-1] == "no_role"


def test_groups_are_mapped_anew_at_each_sign_in(stage: Stage) -> None:
    browser = requests.Session()
    assert stage.came_back("cat", browser).headers["location"] == "/"
    stage.node.changes["/me"] = lambda told: {**told, "groups": ["red-leads"]}
    assert stage.came_back("cat").headers["location"] == "/"
    account = stage.account("cat")
    assert account is not None
    assert [(one.role, one.unit) for one in account.grants] == [("lead", "red")]
    stage.node.changes["/me"] = lambda told: {**told, "groups": []}
    assert failed(stage.came_back("cat")) == "no_role"
    account = stage.account("cat")
    assert account is not None
    assert account.grants == ()
    wait_until(lambda: not browser.get(f"{stage.root}/account", allow_redirects=False).ok
               or browser.get(f"{stage.root}/account", allow_redirects=False).is_redirect,
               10, "who lost every role is signed out everywhere")  # fmt: skip


def test_whoever_asks_for_what_their_role_does_not_let_them_is_noted(stage: Stage) -> None:
    browser = requests.Session()
    stage.came_back("bob", browser)
    assert browser.get(f"{stage.root}/desk/audit").status_code == 403
    wait_until(lambda: bool(stage.site.trail.entries("audit.denied")), 10, "the denial is noted")
    denied = stage.site.trail.entries("audit.denied")[-1]
    assert (denied.body["who"], denied.body["path"]) == ("bob@corp", "GET /desk/audit")


def test_a_disabled_account_stays_out_and_as_it_is(stage: Stage) -> None:
    accounts = Accounts(stage.site.journal, real_ms)
    stage.came_back("bob")
    accounts.disable("bob@corp", "test", WORDS)
    assert failed(stage.came_back("bob")) == "disabled"
    accounts.enable("bob@corp", "test", WORDS)
    assert stage.came_back("bob").headers["location"] == "/"


def test_an_account_made_here_keeps_its_roles(stage: Stage) -> None:
    accounts = Accounts(stage.site.journal, real_ms)
    accounts.add("dan", {"grants": ["admin"], "identities": ["corp:dan"]}, "test", WORDS)
    stage.node.changes["/me"] = lambda told: {**told, "sub": "dan", "groups": []}
    stage.node.changes["/token"] = forged(stage, {"sub": "dan"})
    assert stage.came_back("eve").headers["location"] == "/"
    account = stage.account("dan")
    assert account is not None
    assert (account.id, account.grants[0].role) == ("dan", "admin")


def test_a_name_that_is_taken_is_left_to_whoever_has_it(stage: Stage) -> None:
    accounts = Accounts(stage.site.journal, real_ms)
    accounts.add("fay@corp", {"grants": ["worker"]}, "test", WORDS)
    stage.node.changes["/me"] = lambda told: {**told, "sub": "F-1", "preferred_username": "fay"}
    stage.node.changes["/token"] = forged(stage, {"sub": "F-1"})
    assert stage.came_back("ann").headers["location"] == "/"
    account = stage.account("F-1")
    assert account is not None
    assert re.fullmatch(r"[0-9a-f]{12}@corp", account.id)
    assert accounts.people().accounts["fay@corp"].identities == ()


def test_breaking_off_at_the_provider_is_no_sign_in(stage: Stage) -> None:
    assert failed(stage.came_back("")) == "refused"


def test_an_unknown_provider_leads_to_the_page_of_signing_in(stage: Stage) -> None:
    answer = requests.get(f"{stage.root}/sign-in/nobody", allow_redirects=False)
    assert urlsplit(answer.headers["location"]).path == "/sign-in"
    answer = requests.get(f"{stage.root}/sign-in/nobody/back?state=x&code=y", allow_redirects=False)
    assert failed(answer) == "state"


# What nobody must believe.


def begun(stage: Stage) -> tuple[requests.Session, str]:
    """A browser on its way back, and the address it was sent to, with code and state."""
    browser = requests.Session()
    page = browser.get(f"{stage.root}/sign-in/corp?lang=en")
    answer = browser.get(page.url, params={"as": "ann"}, allow_redirects=False)
    while not answer.headers["location"].startswith(stage.back):
        answer = browser.get(_there(answer), allow_redirects=False)
    return browser, answer.headers["location"]


def test_a_code_and_its_state_hold_once(stage: Stage) -> None:
    browser, address = begun(stage)
    assert browser.get(address, allow_redirects=False).headers["location"] == "/"
    assert failed(browser.get(address, allow_redirects=False)) == "state"


def test_a_code_can_not_be_used_for_another_sign_in(stage: Stage) -> None:
    browser, address = begun(stage)
    assert browser.get(address, allow_redirects=False).headers["location"] == "/"
    other, fresh = begun(stage)
    stolen = parse_qs(urlsplit(address).query)["code"][0]
    mixed = re.sub(r"code=[^&]*", f"code={stolen}", fresh)
    assert failed(other.get(mixed, allow_redirects=False)) == "untrusted"


def test_a_code_of_another_browser_is_no_sign_in(stage: Stage) -> None:
    """As somebody would plant their own account on others, or finish a trip that they saw."""
    _, address = begun(stage)
    assert failed(requests.get(address, allow_redirects=False)) == "state"
    other, _ = begun(stage)
    _, address = begun(stage)
    assert failed(other.get(address, allow_redirects=False)) == "state"


@pytest.mark.parametrize("state", ["", "x", "a" * 43, "é", "a" * 5000])
def test_a_state_that_nobody_issued_is_no_sign_in(stage: Stage, state: str) -> None:
    browser, address = begun(stage)
    code = parse_qs(urlsplit(address).query)["code"][0]
    answer = browser.get(stage.back, params={"code": code, "state": state}, allow_redirects=False)
    assert failed(answer) == "state"


def test_a_trip_that_took_too_long_is_no_sign_in(stage: Stage) -> None:
    browser, address = begun(stage)
    underway = PeopleStore(stage.site.redis, stage.site.settings.site)._keys.underway("*")
    for name in stage.site.redis.keys(underway.replace("{", r"\{")):
        stage.site.redis.pexpire(name, 1)
    wait_until(lambda: not stage.site.redis.keys(underway), 5, "trips run out")
    assert failed(browser.get(address, allow_redirects=False)) == "state"


def test_an_answer_that_names_another_provider_is_not_taken(stage: Stage) -> None:
    browser, address = begun(stage)
    other = re.sub(r"iss=[^&]*", "iss=https%3A%2F%2Fother.test", address)
    assert other != address
    assert failed(browser.get(other, allow_redirects=False)) == "untrusted"


def forged(stage: Stage, changed: dict[str, Any], **how: Any) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """An id token with other claims, signed as the provider signs unless told otherwise."""

    def change(told: dict[str, Any]) -> dict[str, Any]:
        head, body, _ = told["id_token"].split(".")
        claims = {**_plain(body), **changed}
        claims.pop("at_hash", None)
        claims = {name: value for name, value in claims.items() if value is not None}
        header = {**_plain(head), **how.get("header", {})}
        key = how.get("key", stage.node.key)
        return {**told, "id_token": jwt.encode(header, claims, key, [header["alg"]])}

    return change


def _plain(part: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return found


def _keyed(secret: bytes) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """Signed with what others know, too, by an algorithm that takes it for a secret."""

    def change(told: dict[str, Any]) -> dict[str, Any]:
        head = base64.urlsafe_b64encode(b'{"alg":"HS256"}').decode().rstrip("=")
        signed = f"{head}.{told['id_token'].split('.')[1]}"
        signature = hmac.digest(secret, signed.encode(), "sha256")
        return {**told, "id_token": f"{signed}.{base64.urlsafe_b64encode(signature).decode().rstrip('=')}"}

    return change


def _unsigned(told: dict[str, Any]) -> dict[str, Any]:
    head = base64.urlsafe_b64encode(b'{"alg":"none"}').decode().rstrip("=")
    return {**told, "id_token": f"{head}.{told['id_token'].split('.')[1]}."}


def _tampered(told: dict[str, Any]) -> dict[str, Any]:
    head, body, signature = told["id_token"].split(".")
    claims = json.dumps({**_plain(body), "sub": "root"}).encode()
    return {**told, "id_token": f"{head}.{base64.urlsafe_b64encode(claims).decode().rstrip('=')}.{signature}"}


def _untold(told: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in told.items() if name != "id_token"}


def _of_another_access_token(told: dict[str, Any]) -> dict[str, Any]:
    return {**told, "access_token": "another"}


PAST = int(time.time()) - 3600
ANSWERS: dict[str, Callable[[Stage], Callable[[dict[str, Any]], dict[str, Any]]]] = {
    "another nonce": lambda stage: forged(stage, {"nonce": "another"}),
    "no nonce": lambda stage: forged(stage, {"nonce": None}),
    "run out": lambda stage: forged(stage, {"exp": PAST, "iat": PAST - 600}),
    "no end": lambda stage: forged(stage, {"exp": None}),
    "of tomorrow": lambda stage: forged(stage, {"iat": PAST + 90_000, "exp": PAST + 99_000}),
    "for another client": lambda stage: forged(stage, {"aud": "another"}),
    "for several, of another": lambda stage: forged(stage, {"aud": ["kpiwall", "another"], "azp": "another"}),
    "of another provider": lambda stage: forged(stage, {"iss": "https://other.test"}),
    "of nobody": lambda stage: forged(stage, {"sub": None}),
    "another key": lambda stage: forged(stage, {}, key=RSAKey.generate_key(2048)),
    "the public key as a secret": lambda stage: _keyed(stage.node.key.as_pem(private=False)),
    "the client's secret": lambda stage: _keyed(stage.node.client["client_secret"].encode()),
    "unsigned": lambda _: _unsigned,
    "tampered": lambda _: _tampered,
    "none": lambda _: _untold,
    "no token": lambda _: lambda told: {**told, "id_token": "nonsense"},
    "an access token of somebody else": lambda _: _of_another_access_token,
}


@pytest.mark.parametrize("name", ANSWERS)
def test_an_id_token_that_is_not_right_in_every_way_is_no_sign_in(stage: Stage, name: str) -> None:
    before = len(stage.site.journal.entries("account."))
    stage.node.changes["/token"] = ANSWERS[name](stage)
    assert failed(stage.came_back("ann")) == "untrusted"
    assert stage.failures()[-1] == "untrusted"
    assert len(stage.site.journal.entries("account.")) == before


def test_the_same_token_unforged_lets_in(stage: Stage) -> None:
    """The table above has teeth: what it changes is all that is wrong."""
    stage.node.changes["/token"] = forged(stage, {})
    assert stage.came_back("ann").headers["location"] == "/"


def test_clocks_may_differ_by_less_than_a_minute(stage: Stage) -> None:
    now = int(time.time())
    stage.node.changes["/token"] = forged(stage, {"exp": now - 20, "iat": now - 80})
    assert stage.came_back("ann").headers["location"] == "/"


def test_a_provider_that_is_away_is_not_asked_at_once_again_and_its_last_word_is_kept(stage: Stage) -> None:
    steady = [0.0]
    way = OidcWay.model_validate({**WAY, "issuer": stage.node.issuer})
    known, stranger = (OpenId(way, steady=lambda: steady[0]) for _ in range(2))
    assert known.begin("/back", "state", "").url
    stage.node.changes["/.well-known/openid-configuration"] = lambda _: {"issuer": "https://other.test"}
    asked = len(stage.node.asked)
    for _ in range(3):
        with pytest.raises(SignInFailed, match="calls itself"):
            stranger.begin("/back", "state", "")
    assert len(stage.node.asked) == asked + 1
    steady[0] += 3700
    assert known.begin("/back", "state", "").url
    stage.node.changes.clear()
    assert stranger.begin("/back", "state", "").url


@pytest.mark.parametrize("answer", [{"keys": "none"}, {"keys": [1, None]}, {"keys": [{"kty": "RSA"}]}, {}])
def test_keys_of_any_shape_are_no_fault_of_the_server(stage: Stage, answer: dict[str, Any]) -> None:
    way = OidcWay.model_validate({**WAY, "issuer": stage.node.issuer})
    stage.node.changes["/jwks"] = lambda _: answer
    with pytest.raises(SignInFailed):
        OpenId(way)._checked(jwt.encode({"alg": "RS256"}, {"sub": "ann"}, stage.node.key, ["RS256"]), "n", "")


def test_the_page_of_the_person_must_be_of_the_same_person(stage: Stage) -> None:
    stage.node.changes["/me"] = lambda told: {**told, "sub": "root", "groups": ["kpi-admins"]}
    assert failed(stage.came_back("eve")) == "untrusted"


def test_a_provider_that_is_away_is_told_in_words_and_its_return_is_seen(stage: Stage) -> None:
    browser, address = begun(stage)
    stage.node.stop()
    assert failed(browser.get(address, allow_redirects=False)) == "unreached"
    stage.node.start()
    assert stage.came_back("ann").headers["location"] == "/"


def test_keys_that_the_provider_changed_are_asked_for(stage: Stage) -> None:
    """A new key is known at the next token that nothing else fits, though the keys were asked for a moment ago."""
    steady = [0.0]
    way = OidcWay.model_validate({**WAY, "issuer": stage.node.issuer})
    provider = OpenId(way, steady=lambda: steady[0])
    claims = {"iss": way.issuer, "sub": "ann", "aud": "kpiwall", "exp": time.time() + 60, "iat": time.time()}
    header = {"alg": "RS256", "kid": "first"}
    signed = jwt.encode(header, claims, stage.node.key, ["RS256"])
    assert provider._read(signed).claims["sub"] == "ann"
    new = RSAKey.generate_key(2048, {"use": "sig", "kid": "second"}, auto_kid=False)
    later = jwt.encode({**header, "kid": "second"}, claims, new, ["RS256"])
    stage.node.changes["/jwks"] = lambda told: {"keys": [*told["keys"], new.as_dict(private=False), {"kty": "new"}]}
    with pytest.raises(InvalidKeyIdError, match="second"):
        provider._read(later)
    steady[0] += 11
    assert provider._read(later).claims["sub"] == "ann"
