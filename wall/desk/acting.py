"""Who acts, and why: every step of the desk that changes something asks for both here.

There is no sign-in yet, so the name is what the person wrote in the page's head. Sign-in replaces `acting`.
"""

from __future__ import annotations

from dataclasses import dataclass

from layouts.words import Words
from wall.refusal import Refused

#: Longer names and reasons are cut; nobody reads more.
MOST = 500


@dataclass(frozen=True, slots=True)
class Acting:
    """A person and the reason for a step."""

    author: str
    reason: str


def acting(author: str | None, reason: str | None, words: Words, needs_reason: bool = True) -> Acting:
    """The person and the reason; raises `Refused` where one is missing."""
    who, why = (author or "").strip()[:MOST], (reason or "").strip()[:MOST]
    if not who:
        raise Refused(words("desk.act.no_author"))
    if needs_reason and not why:
        raise Refused(words("desk.act.no_reason"))
    return Acting(who, why)
