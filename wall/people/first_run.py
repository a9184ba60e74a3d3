"""The first run of a site: whoever reads the terminal of the server makes the first account, an admin."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from layouts.words import Words
from scoring.roles import ADMIN
from streams.redis_adapters.people import PeopleStore
from wall.refusal import Refused

from .account import Account
from .accounts import Accounts, name_of
from .passwords import LEAST_CHARACTERS
from .sessions import hash_of

#: No letters and digits that look alike; ten of 30 are 49 bits, and attempts are counted.
_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ2346789"
_LENGTH = 10


class FirstRun:
    """Offers the code of the first run and makes the first account for it."""

    def __init__(self, store: PeopleStore, accounts: Accounts) -> None:
        self._store = store
        self._accounts = accounts

    def is_due(self) -> bool:
        """Whether nobody has an account yet."""
        return not self._accounts.people().accounts

    def offer(self) -> str:
        """A new code to show in the terminal; former ones hold no more."""
        letters = "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))
        self._store.offer_setup(hash_of(letters))
        return f"{letters[:5]}-{letters[5:]}"

    def make(self, code: str, name: str, about: Mapping[str, Any], password: str, words: Words) -> Account:
        """Make the first account; refused for a wrong code, and once there is an account."""
        if not password:
            raise Refused(words("people.password.short", least=LEAST_CHARACTERS))
        hashed = hash_of("".join(one for one in code.upper() if one.isalnum()))
        if not self._store.take_setup(hashed):
            raise Refused(words("people.refused.code"))
        try:
            if not self.is_due():
                raise Refused(words("people.refused.code"))
            return self._accounts.add(name, {**about, "grants": [ADMIN]}, name_of(name), words, password)
        except Exception:
            self._store.offer_setup(hashed)
            raise
