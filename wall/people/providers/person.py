"""Who an identity provider says has signed in, and what every provider can do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from .ways import Way


class Why(StrEnum):
    """Why somebody does not get in; the page of signing in has words for each."""

    STATE = "state"
    REFUSED = "refused"
    UNREACHED = "unreached"
    UNTRUSTED = "untrusted"
    NOT_MEMBER = "not_member"
    NO_ROLE = "no_role"
    DISABLED = "disabled"
    BUSY = "busy"


class SignInFailed(Exception):
    """Nobody gets in: why, in a word for people and with the detail for who keeps the site."""

    def __init__(self, why: Why, detail: str = "") -> None:
        super().__init__(detail or why)
        self.why = why


@dataclass(frozen=True, slots=True)
class Person:
    """Who has signed in: `subject` names them at their provider for good, `login` is how they are called there.

    `claims` is all that the provider tells of them; what a mapping names is looked for there.
    """

    subject: str
    name: str = ""
    login: str = ""
    email: str = ""
    groups: frozenset[str] = frozenset()
    claims: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Begun:
    """A sign-in that has begun: where the browser goes, and what its end needs and nobody else may know."""

    url: str
    kept: Mapping[str, str]


class Provider(Protocol):
    """An identity provider; both steps may take seconds, and raise `SignInFailed`."""

    @property
    def way(self) -> Way:
        """Its settings."""
        ...

    def begin(self, back: str, state: str, agent: str) -> Begun:
        """Begin: `back` is the address that the browser comes back to with `state`, `agent` names the browser."""
        ...

    def finish(self, back: str, kept: Mapping[str, str], query: Mapping[str, str]) -> Person:
        """End: `query` is what the browser came back with."""
        ...
