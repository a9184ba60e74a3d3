"""The accounts of a site: read on from the journal, and the steps that add to it."""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from layouts.words import LANGUAGES, Words
from scoring.definitions import Model
from scoring.roles import ADMIN
from wall.journal import Entry, Journal
from wall.refusal import Refused
from wall.sight.look import Grant

from . import account as kinds
from . import passwords
from .account import Absence, Account, People, folded, grant_text

MOST_TITLE, MOST_EMAIL = 80, 120
#: What a name to sign in with looks like, after `name_of`.
_NAME = re.compile(r"[\w][\w.@+-]{0,63}")


def name_of(text: str) -> str:
    """The one spelling of a name to sign in with, however it was typed.

    >>> name_of(" Ann.Smith ")
    'ann.smith'
    """
    return unicodedata.normalize("NFKC", text).strip().casefold()


class Accounts:
    """Reads and changes accounts; for any number of threads. `now_ms` is real time."""

    def __init__(self, journal: Journal, now_ms: Callable[[], int]) -> None:
        self._journal = journal
        self._now_ms = now_ms
        self._lock = threading.Lock()
        self._people = People()
        self._read = 0

    @property
    def known(self) -> People:
        """The people as they were read last; nothing is reached."""
        return self._people

    def people(self) -> People:
        """The people as the journal has them now; raises what the journal raises where it can't be read."""
        with self._lock:
            new = self._journal.since(self._read)
            if new:
                self._people = folded(self._people, new)
                self._read += len(new)
            return self._people

    def account(self, name: str, words: Words) -> Account:
        """An account; refused where there is none."""
        found = self.people().accounts.get(name_of(name))
        if found is None:
            raise Refused(words("people.refused.unknown", name=name))
        return found

    def add(self, name: str, about: Mapping[str, Any], author: str, words: Words, password: str = "") -> Account:
        """Add an account; `about` as for `change`. Without a password only an identity provider lets it in."""
        name = name_of(name)
        if not _NAME.fullmatch(name):
            raise Refused(words("people.refused.name"))
        if name in self.people().accounts:
            raise Refused(words("people.refused.taken", name=name))
        wanted = checked(about, words)
        if password:
            _check_password(password, name, wanted.get("title", ""), words)
            wanted["password"] = passwords.hashed(password)
        self._append(kinds.ADDED, name, author, wanted)
        return self.account(name, words)

    def change(self, name: str, about: Mapping[str, Any], author: str, words: Words) -> Account:
        """Change what `about` names: title, unit, person, grants (`ROLE[@UNIT]`), language, email, identities."""
        held = self.account(name, words)
        changes = {key: value for key, value in checked(about, words).items() if value != plain(held)[key]}
        if "grants" in changes:
            self._keep_an_admin(held, changes["grants"], words)
        if changes:
            self._append(kinds.CHANGED, held.id, author, {"changes": changes})
        return self.account(name, words)

    def set_password(self, name: str, password: str, author: str, words: Words) -> Account:
        """Give an account another password; all its sessions end."""
        held = self.account(name, words)
        _check_password(password, held.id, held.title, words)
        self._append(kinds.PASSWORD, held.id, author, {"hash": passwords.hashed(password)})
        return self.account(name, words)

    def rehash(self, account: Account, password: str) -> None:
        """Keep the same password under today's parameters; sessions go on."""
        self._append(kinds.PASSWORD, account.id, "kpiwall", {"hash": passwords.hashed(password), "same": True})

    def disable(self, name: str, author: str, words: Words) -> None:
        """Let somebody sign in no more; all sessions end, tokens do nothing."""
        held = self.account(name, words)
        self._keep_an_admin(held, [], words)
        self._append(kinds.DISABLED, held.id, author, {})

    def enable(self, name: str, author: str, words: Words) -> None:
        """Let somebody sign in again."""
        self._append(kinds.ENABLED, self.account(name, words).id, author, {})

    def set_away(self, name: str, absence: Absence | None, author: str, words: Words) -> Account:
        """Say when somebody is away and who stands in; None: they are not. One absence is kept, the last one said."""
        held = self.account(name, words)
        if absence is not None and absence.substitute:
            absence = replace(absence, substitute=self.account(absence.substitute, words).id)
            if absence.substitute == held.id:
                raise Refused(words("people.refused.away.self"))
        if absence != held.away:
            self._append(kinds.AWAY, held.id, author, kinds.absence_body(absence))
        return self.account(name, words)

    def sign_out(self, name: str, author: str, words: Words) -> None:
        """End all sessions of an account."""
        self._append(kinds.SIGNED_OUT, self.account(name, words).id, author, {})

    def _keep_an_admin(self, held: Account, grants: Sequence[str], words: Words) -> None:
        """Refuse what would leave nobody who may do everything."""
        if not is_admin(held) or ADMIN in grants:
            return
        if not any(is_admin(one) for one in self.people().accounts.values() if one.id != held.id):
            raise Refused(words("people.refused.last_admin"))

    def _append(self, kind: str, name: str, author: str, body: Mapping[str, Any]) -> None:
        self._journal.append(Entry(kind, self._now_ms(), author, {"account": name, **body}))


def _check_password(password: str, name: str, title: str, words: Words) -> None:
    if fault := passwords.fault_of(password, name, title):
        raise Refused(words(f"people.password.{fault}", least=passwords.LEAST_CHARACTERS))


def is_admin(account: Account) -> bool:
    """Whether an account can sign in and do everything."""
    return not account.disabled and Grant(ADMIN) in account.grants


def plain(account: Account) -> dict[str, Any]:
    """What may be changed of an account, as `change` takes it."""
    return {
        "title": account.title,
        "unit": account.unit,
        "person": account.person,
        "grants": [grant_text(one) for one in account.grants],
        "language": account.language,
        "email": account.email,
        "identities": list(account.identities),
    }


def checked(about: Mapping[str, Any], words: Words) -> dict[str, Any]:
    """What is wanted of an account, tidy; raises `Refused` for what can't be."""
    wanted = dict(about)
    if unknown := wanted.keys() - plain(Account("")).keys():
        raise Refused(words("people.refused.key", what=", ".join(sorted(unknown))))
    for name in ("title", "email", "unit", "person"):
        if name in wanted:
            wanted[name] = " ".join(str(wanted[name]).split())
    if len(wanted.get("title", "")) > MOST_TITLE or len(wanted.get("email", "")) > MOST_EMAIL:
        raise Refused(words("people.refused.long", title=MOST_TITLE, email=MOST_EMAIL))
    if wanted.get("language", "") not in ("", *LANGUAGES):
        raise Refused(words("people.refused.language", known=", ".join(LANGUAGES)))
    for name in ("grants", "identities"):
        if name in wanted:
            wanted[name] = list(dict.fromkeys(wanted[name]))
    return wanted


def check_places(about: Mapping[str, Any], model: Model, words: Words) -> None:
    """Refuse roles and units that the model in force does not have."""
    roles = [ADMIN, *(one.id for one in model.roles)]
    units = {one.id for one in model.units}
    grants: Iterable[Grant] = [kinds.grant_of(one) for one in about.get("grants", ())]
    for grant in grants:
        if grant.role not in roles:
            raise Refused(words("people.refused.role", role=grant.role, known=", ".join(roles)))
    places = [about.get("unit", ""), about.get("person", ""), *(grant.unit for grant in grants)]
    for place in places:
        if place and place not in units:
            raise Refused(words("people.refused.unit", unit=place))
