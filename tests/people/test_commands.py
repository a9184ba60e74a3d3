"""`kpiwall users` and `kpiwall tokens`, as they are typed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.people.conftest import PASSWORD, ROLES, WORDS
from tests.server.teams import company, teams
from wall.cli import main
from wall.people import passwords
from wall.people.accounts import Accounts
from wall.people.entrance import open_entrance
from wall.supervisor import environment
from wall.wiring import Site


@pytest.fixture(scope="module")
def office() -> Iterator[Site]:
    with company(teams(roles=ROLES)) as site:
        yield site


def _run(site: Site, *arguments: str, typed: str = "") -> tuple[int, str]:
    """Exit code and everything that was said."""
    done = CliRunner().invoke(main, list(arguments), input=typed, env=environment(site.settings))
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.output


def _accounts(site: Site) -> Accounts:
    return open_entrance(site).accounts


def test_an_account_is_added_shown_changed_and_given_another_password(office: Site, tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text(f"{PASSWORD}\nnothing of this\n")
    assert "nobody has an account" in _run(office, "users")[1]
    code, said = _run(office, "users", "add", "Ann", "--admin", "--title", "Ann Lee", "--password-file", str(file))
    assert (code, "ann may sign in" in said, PASSWORD in said) == (0, True, False)
    assert passwords.matches(_accounts(office).account("ann", WORDS).password, PASSWORD)
    added = ("users", "add", "bob", "--role", "lead", "--role", "worker@cat", "--unit", "red", "--password-file", "-")
    assert _run(office, *added, typed="four other tired owls\n")[0] == 0
    assert passwords.matches(_accounts(office).account("bob", WORDS).password, "four other tired owls")
    code, said = _run(office, "users")
    assert code == 0
    assert "lead worker@cat" in said
    assert _run(office, "users", "change", "bob", "--role", "lead@blue", "--language", "zh-CN")[0] == 0
    code, said = _run(office, "users", "show", "bob")
    assert "lead@blue" in said
    assert "language: zh-CN" in said
    code, said = _run(office, "users", "password", "bob", "--generate")
    made = re.findall(r"password: (\S+)", said)[0]
    assert passwords.matches(_accounts(office).account("bob", WORDS).password, made)


def test_what_can_not_be_is_refused_with_what_to_do(office: Site, tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text("short")
    for arguments, why in (
        (("add", "eve", "--role", "queen", "--no-password"), "no role queen; it has: admin, lead, worker"),
        (("add", "eve", "--unit", "moon", "--no-password"), "no unit moon"),
        (("add", "eve", "--password-file", str(file)), "at least 10 characters"),
        (("add", "a b", "--no-password"), "letters, digits"),
        (("change", "nobody", "--title", "x"), "no account nobody"),
        (("change", "ann"), "nothing to change"),
        (("show", "nobody"), "no account nobody"),
    ):
        code, said = _run(office, "users", *arguments)
        assert code in (1, 2), arguments
        assert why in said, (arguments, said)
    assert "Traceback" not in said


def test_sessions_are_listed_and_ended_and_an_account_disabled(office: Site) -> None:
    entrance = open_entrance(office)
    account = entrance.accounts.add("cat", {"grants": ["worker"], "person": "cat"}, "t", WORDS)
    entrance.accounts.add("root", {"grants": ["admin"]}, "t", WORDS)
    agent = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Version/17.5 Mobile/15E148 Safari/604.1"
    for kept in (True, False):
        entrance.sessions.begin(account, kept, "10.0.0.7", agent)
    code, said = _run(office, "users", "sessions", "cat")
    assert (code, said.count("Safari, iPhone"), said.count("own device")) == (0, 2, 1)
    first = said.split()[0]
    assert _run(office, "users", "sessions", "cat", "--end", first)[0] == 0
    assert _run(office, "users", "sessions", "cat", "--end", first)[0] == 1
    assert len(entrance.sessions.of(account)) == 1
    assert _run(office, "users", "sign-out", "cat")[0] == 0
    assert entrance.sessions.of(entrance.accounts.account("cat", WORDS)) == {}
    assert _run(office, "users", "disable", "cat")[0] == 0
    assert _accounts(office).account("cat", WORDS).disabled
    assert "disabled" in _run(office, "users", "list")[1]
    assert _run(office, "users", "enable", "cat")[0] == 0
    assert not _accounts(office).account("cat", WORDS).disabled


def test_a_token_is_issued_listed_and_revoked(office: Site) -> None:
    open_entrance(office).accounts.add("mes", {"grants": ["lead"], "unit": "red"}, "t", WORDS)
    issued = ("tokens", "issue", "mes", "--title", "line reports", "--may", "view", "--unit", "bob", "--days", "30")
    said = _run(office, *issued)[1]
    name = re.findall(r"kpw_(\w{8})_\w{64}", said)[0]
    said = _run(office, "tokens")[1]
    assert f"{name}  mes" in said
    assert "line reports  view at bob" in said
    assert _run(office, "tokens", "revoke", name)[0] == 0
    assert "no token holds" in _run(office, "tokens")[1]
    assert "revoked" in _run(office, "tokens", "list", "--all")[1]
    for arguments in (("mes", "--title", "x", "--may", "fly"), ("nobody", "--title", "x", "--may", "view"),
                      ("mes", "--title", "x", "--may", "view", "--unit", "moon"),
                      ("mes", "--title", "x", "--may", "view", "--days", "0")):  # fmt: skip
        assert _run(office, "tokens", "issue", *arguments)[0] in (1, 2), arguments


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [("session_idle", "soon", "12h"), ("session_idle", "0h", "more than 0"), ("public_url", "kpi.test", "https://HOST"),
     ("public_url", "https://kpi.test/path", "without a path"), ("public_url", "ftp://kpi.test", "https://HOST")],
)  # fmt: skip
def test_a_setting_that_can_not_be_is_named(office: Site, name: str, value: str, why: str) -> None:
    code, said = _run(office, f"--{name}", value, "config")
    assert code == 1
    assert name in said
    assert why in said


def test_somebody_is_away_and_comes_back(office: Site) -> None:
    for name in ("fay", "gus"):
        assert _run(office, "users", "add", name, "--no-password")[0] == 0
    away = ("users", "away", "fay", "--from", "2026-03-25", "--until", "2026-03-30", "--substitute", "gus")
    assert _run(office, *away) == (0, "fay is away from 2026-03-25 to 2026-03-30; gus stands in\n")
    assert "away: 2026-03-25 to 2026-03-30, gus stands in" in _run(office, "users", "show", "fay")[1]
    assert "from 2026-03-20 to 2026-03-21; nobody stands in" in _run(
        office, "users", "away", "fay", "--until", "2026-03-21"
    )[1], "from the business day on"  # fmt: skip
    assert _run(office, "users", "away", "fay", "--back") == (0, "fay is not away\n")
    assert _run(office, "users", "away", "fay")[0] == 2
    assert "over already" in _run(office, "users", "away", "fay", "--from", "2026-03-01", "--until", "2026-03-02")[1]
