"""Pairing from the screen's side: a code to show, and a claim that brings its credential exactly once."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from streams.redis_adapters.connection import StoreUnavailable
from streams.redis_adapters.screens import ScreenStore
from wall.journal import Entry, Journal

from .credentials import credential, hash_of, new_secret
from .fleet import CREDENTIAL

_AUTHOR = "kpiwall"


@dataclass(frozen=True, slots=True)
class Opened:
    """A code with the claim that only the screen knows; without a code, how long to wait for one."""

    code: str
    claim: str
    ms: int


@dataclass(frozen=True, slots=True)
class Answer:
    """What a claim brings: `waiting` for so long at most, `admitted` with a credential, or `gone`."""

    state: str
    ms: int = 0
    screen: str = ""
    credential: str = ""


class Admission:
    """Opens codes and answers claims."""

    def __init__(self, journal: Journal, store: ScreenStore, now_ms: Callable[[], int]) -> None:
        self._journal = journal
        self._store = store
        self._now_ms = now_ms

    def open(self, address: str) -> Opened:
        """A new code for a screen at an address."""
        claim = new_secret()
        found = self._store.open_code(hash_of(claim), address)
        return Opened(found.code, claim, found.ms)

    def answer(self, claim: str) -> Answer:
        """Answer a claim; one of any number that ask at once is admitted.

        The journal has the credential before the claim is ended, so neither is lost when the other can't be written.
        """
        claimed, holder = hash_of(claim), secrets.token_hex(8)
        found = self._store.begin_claim(claimed, holder)
        if found.state != "yours":
            return Answer(found.state, found.ms)
        secret = new_secret()
        self._journal.append(Entry(CREDENTIAL, self._now_ms(), _AUTHOR, {"issued": {found.screen: hash_of(secret)}}))
        if not self._store.finish_claim(claimed, holder):
            return Answer("gone")
        with suppress(StoreUnavailable):
            self._store.tell("journal")
        return Answer("admitted", screen=found.screen, credential=credential(found.screen, secret))
