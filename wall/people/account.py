"""Accounts and API tokens as the journal's entries make them; nothing is ever taken back, only followed by another."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from wall.journal import Entry
from wall.sight.look import Grant

PREFIX = "account."
ADDED, CHANGED, PASSWORD = "account.added", "account.changed", "account.password"
DISABLED, ENABLED = "account.disabled", "account.enabled"
#: All sessions of an account end, wherever they are kept.
SIGNED_OUT = "account.signed_out"
#: Somebody is away for some days, or is not after all.
AWAY = "account.away"
TOKEN_ISSUED, TOKEN_REVOKED = "account.token_issued", "account.token_revoked"


@dataclass(frozen=True, slots=True)
class Absence:
    """Business days on which somebody is away, both included; `substitute` is an account, empty where there is none."""

    first: dt.date
    last: dt.date
    substitute: str = ""

    def covers(self, day: dt.date) -> bool:
        """Whether a day is one of them."""
        return self.first <= day <= self.last


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who may sign in.

    `id` is the name to sign in with; `unit` and `person` are the places in the organisation that roles refer to;
    `identities` name the person at identity providers, as `PROVIDER:SUBJECT`. `password` is a hash, empty where nobody
    can sign in with one. A session holds while `stamp` is what it was when it began. `away` is the absence that runs or
    comes, or one that is over.
    """

    id: str
    title: str = ""
    unit: str = ""
    person: str = ""
    grants: tuple[Grant, ...] = ()
    language: str = ""
    email: str = ""
    identities: tuple[str, ...] = ()
    disabled: bool = False
    password: str = ""
    stamp: str = ""
    added_ms: int = 0
    away: Absence | None = None

    @property
    def name(self) -> str:
        """What people read."""
        return self.title or self.id


@dataclass(frozen=True, slots=True)
class ApiToken:
    """What a program presents in place of a person: it may what is named here, as far as its account may, too."""

    id: str
    account: str
    title: str
    hash: str
    capabilities: tuple[str, ...]
    unit: str
    issued_ms: int
    expires_ms: int
    revoked: bool = False


@dataclass(frozen=True, slots=True)
class People:
    """All accounts and tokens of a site, at a moment."""

    accounts: Mapping[str, Account] = field(default_factory=dict)
    tokens: Mapping[str, ApiToken] = field(default_factory=dict)

    def of_identity(self, identity: str) -> Account | None:
        """The account of somebody whom an identity provider names, as `PROVIDER:SUBJECT`."""
        return next((one for one in self.accounts.values() if identity in one.identities), None)

    def tokens_of(self, account: str) -> list[ApiToken]:
        """The tokens of an account, the newest first."""
        found = [one for one in self.tokens.values() if one.account == account]
        return sorted(found, key=lambda one: -one.issued_ms)


def grant_text(grant: Grant) -> str:
    """A grant as people write it.

    >>> grant_text(Grant("boss")), grant_text(Grant("manager", "assembly"))
    ('boss', 'manager@assembly')
    """
    return f"{grant.role}@{grant.unit}" if grant.unit else grant.role


def grant_of(text: str) -> Grant:
    """What `ROLE[@UNIT]` means.

    >>> grant_of("manager@assembly")
    Grant(role='manager', unit='assembly')
    """
    role, _, unit = text.partition("@")
    return Grant(role.strip(), unit.strip())


def folded(people: People, entries: Iterable[Entry]) -> People:
    """The people after further entries of the journal; entries of other kinds concern nobody here."""
    accounts, tokens = dict(people.accounts), dict(people.tokens)
    for entry in entries:
        if entry.kind.startswith(PREFIX):
            _fold(accounts, tokens, entry)
    return People(accounts, tokens)


def _fold(accounts: dict[str, Account], tokens: dict[str, ApiToken], entry: Entry) -> None:
    body = entry.body
    if entry.kind == TOKEN_ISSUED:
        tokens[body["token"]] = _token(body, entry.at_ms)
    elif entry.kind == TOKEN_REVOKED:
        if body["token"] in tokens:
            tokens[body["token"]] = replace(tokens[body["token"]], revoked=True)
    elif entry.kind == ADDED:
        added = Account(body["account"], password=body.get("password", ""), stamp=entry.position, added_ms=entry.at_ms)
        accounts.setdefault(added.id, _changed(added, body))
    elif body["account"] in accounts and entry.kind in _FOLDS:
        accounts[body["account"]] = _FOLDS[entry.kind](accounts[body["account"]], entry)


def _token(body: Mapping[str, Any], at_ms: int) -> ApiToken:
    return ApiToken(
        body["token"], body["account"], body["title"], body["hash"], tuple(body["capabilities"]), body["unit"],
        at_ms, body["expires_ms"],
    )  # fmt: skip


def _changed(account: Account, changes: Mapping[str, Any]) -> Account:
    fields = {name: changes[name] for name in ("title", "unit", "person", "language", "email") if name in changes}
    if "grants" in changes:
        fields["grants"] = tuple(grant_of(one) for one in changes["grants"])
    if "identities" in changes:
        fields["identities"] = tuple(changes["identities"])
    return replace(account, **fields)


def absence_body(absence: Absence | None) -> dict[str, str]:
    """An absence as the journal keeps it."""
    if absence is None:
        return {"first": "", "last": "", "substitute": ""}
    return {"first": absence.first.isoformat(), "last": absence.last.isoformat(), "substitute": absence.substitute}


def _absence(body: Mapping[str, Any]) -> Absence | None:
    if not body["first"]:
        return None
    return Absence(dt.date.fromisoformat(body["first"]), dt.date.fromisoformat(body["last"]), body["substitute"])


_FOLDS: Mapping[str, Callable[[Account, Entry], Account]] = {
    CHANGED: lambda account, entry: _changed(account, entry.body["changes"]),
    PASSWORD: lambda account, entry: replace(
        account, password=entry.body["hash"], stamp=account.stamp if entry.body.get("same") else entry.position
    ),
    DISABLED: lambda account, entry: replace(account, disabled=True, stamp=entry.position),
    ENABLED: lambda account, entry: replace(account, disabled=False),
    SIGNED_OUT: lambda account, entry: replace(account, stamp=entry.position),
    AWAY: lambda account, entry: replace(account, away=_absence(entry.body)),
}
