"""From a person whom a provider names to an account: made at the first sign-in, its roles mapped anew at each."""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Callable, Collection, Mapping
from typing import Any

from layouts.words import Words
from wall.people.account import Account
from wall.people.accounts import MOST_EMAIL, MOST_TITLE, Accounts, name_of
from wall.refusal import Refused

from .mapping import grants_of, places_of
from .person import Person, SignInFailed, Why
from .ways import Way

log = logging.getLogger(__name__)

_WORDS = Words.of("en")
_NO_NAME = re.compile(r"[^\w.+-]")
#: With the @ and the way's id, a name has 64 characters at most.
_MOST_LOGIN = 30


class Admission:
    """Finds or makes accounts; `units` are the units of the model in force.

    An account named `NAME@WAY` is its provider's: roles, name and places follow it. An account that was made here and
    given an identity by an admin keeps what it has. People are never matched by name or mail: who may choose these at a
    provider must not become somebody else here.
    """

    def __init__(self, accounts: Accounts, units: Callable[[], Collection[str]]) -> None:
        self._accounts = accounts
        self._units = units

    def admit(self, way: Way, person: Person) -> Account:
        """The account of a person; raises `SignInFailed` for one who stays out."""
        identity = f"{way.id}:{person.subject}"
        held = self._accounts.people().of_identity(identity)
        if held is not None and held.disabled:
            raise SignInFailed(Why.DISABLED, held.id)
        about = self._about(way, person)
        if held is None:
            account = self._made(way, person, {**about, "identities": [identity]})
        elif held.id.endswith(f"@{way.id}"):
            account = self._followed(way, held, about)
        else:
            account = held
        if not account.grants:
            raise SignInFailed(Why.NO_ROLE, f"{person.login or person.subject}: groups {sorted(person.groups)}")
        return account

    def _about(self, way: Way, person: Person) -> dict[str, Any]:
        """What an account takes over; a field the provider says nothing of stays as it is."""
        said = {"title": person.name[:MOST_TITLE], "email": person.email[:MOST_EMAIL]}
        told = {name: value for name, value in said.items() if value}
        return {**told, **places_of(way, person, self._units()), "grants": grants_of(way, person)}

    def _made(self, way: Way, person: Person, about: Mapping[str, Any]) -> Account:
        if not about["grants"]:
            raise SignInFailed(Why.NO_ROLE, f"{person.login or person.subject}: groups {sorted(person.groups)}")
        identity = about["identities"][0]
        for name in _names(way, person):
            try:
                return self._accounts.add(name, about, way.id, _WORDS)
            except Refused as refused:
                # Taken by somebody else, or by the same person in another browser this moment.
                found = self._accounts.people().of_identity(identity)
                if found is not None:
                    return found
                log.info("%s: %s", way.id, refused)
        raise SignInFailed(Why.NO_ROLE, f"no name is free for {identity}")

    def _followed(self, way: Way, held: Account, about: Mapping[str, Any]) -> Account:
        """The account as its provider has it now; whoever has no role any more is signed out everywhere."""
        try:
            account = self._accounts.change(held.id, about, way.id, _WORDS)
        except Refused as refused:
            log.warning("%s: %s stays as it is: %s", way.id, held.id, refused)
            raise SignInFailed(Why.NO_ROLE, str(refused)) from None
        if held.grants and not account.grants:
            self._accounts.sign_out(held.id, way.id, _WORDS)
        return account


def _names(way: Way, person: Person) -> list[str]:
    """What an account may be called: as its provider calls it, or by a digest where that is taken or no name."""
    login = _NO_NAME.sub("", name_of(person.login.partition("@")[0]))[:_MOST_LOGIN]
    digest = hashlib.sha256(person.subject.encode()).hexdigest()[:12]
    return [f"{one}@{way.id}" for one in (login, digest) if one]
