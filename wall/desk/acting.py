"""Who acts, and why: every step of the desk that changes something asks for both here."""

from __future__ import annotations

from dataclasses import dataclass

from layouts.words import Words
from wall.people.viewer import Viewer
from wall.refusal import Refused

#: Longer reasons are cut; nobody reads more.
MOST = 500


@dataclass(frozen=True, slots=True)
class Acting:
    """A person and the reason for a step."""

    author: str
    reason: str


def signature(viewer: Viewer) -> str:
    """How the journal names who acts: what people read, and the id that is nobody else's.

    >>> signature(Viewer("person", "ann", "Ann Lee")), signature(Viewer("person", "admin", ""))
    ('Ann Lee (ann)', 'admin')
    """
    return f"{viewer.title} ({viewer.name})" if viewer.title and viewer.title != viewer.name else viewer.name


def acting(viewer: Viewer, reason: str | None, words: Words, needs_reason: bool = True) -> Acting:
    """Who has signed in, with the reason; raises `Refused` where one is missing."""
    if viewer.kind not in ("person", "token"):
        raise Refused(words("desk.act.nobody"))
    why = (reason or "").strip()[:MOST]
    if needs_reason and not why:
        raise Refused(words("desk.act.no_reason"))
    return Acting(signature(viewer), why)
