"""Series of inputs in shorthand: `80x5 70 null x3` is five times 80, once 70, three times unknown."""

from __future__ import annotations

import re
from dataclasses import dataclass

#: The value stays as it was, and no event came.
STAYS = "-"
#: Nothing is known.
UNKNOWN = "null"
#: So many steps are far more than a test needs; more are a slip.
_MOST = 100_000
_TOKEN = re.compile(r"([^\sx]+)(?:\s*x\s*(\d+))?(?:\s+|$)")


@dataclass(frozen=True, slots=True)
class Series:
    """What is put in at each step; the last stays."""

    tokens: tuple[str, ...]

    def at(self, step: int) -> str | None:
        """What is known at a step; None where nothing is."""
        for token in reversed(self.tokens[: step + 1]):
            if token != STAYS:
                return None if token == UNKNOWN else token
        return None

    def heard(self, step: int) -> int | None:
        """The last step up to this one at which an event came; None where none did yet."""
        for back in range(min(step, len(self.tokens) - 1), -1, -1):
            if self.tokens[back] != STAYS:
                return step if back == len(self.tokens) - 1 else back
        return None


def series(text: str) -> Series:
    """The series that a shorthand means; raises `ValueError`.

    >>> series("80x2 null x2 -").tokens
    ('80', '80', 'null', 'null', '-')
    """
    tokens: list[str] = []
    at, text = 0, text.strip()
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None or len(tokens) + int(found[2] or 1) > _MOST:
            raise ValueError(f"{text[at:]!r} is no series; write values such as 80x5 70 null x3 - x2")
        tokens += [found[1]] * int(found[2] or 1)
        at = found.end()
    if not tokens:
        raise ValueError("a series without values; write values such as 80x5 70 null x3")
    return Series(tuple(tokens))
