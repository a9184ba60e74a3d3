"""The chain of a journal: a digest over all entries in their order, which every new entry carries along.

Any number of processes append, so none can name its predecessor. Each names instead how many entries it had read, and
the digest over these: whoever reads the journal anew can compare, as all read the same order. What was changed, removed
or slipped in shows at the next entry, and at all after it.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

_NOTHING = bytes(32)


@dataclass(frozen=True, slots=True)
class Break:
    """Between the entries numbered so (the last that fits, the first that does not) the journal is not what it was."""

    after: int
    at: int
    position: str


@dataclass(frozen=True, slots=True)
class Chained:
    """How the chain stands: entries, the digest over them, how many the log no longer holds, where it breaks first."""

    entries: int
    digest: str
    missing: int
    broken: Break | None


class Chain:
    """Folds entries into the digest and compares what they claim; for one thread at a time.

    >>> chain = Chain()
    >>> chain.take(b"first", "", "p1")
    >>> claim = chain.claim()
    >>> chain.take(b"second", claim, "p2")
    >>> chain.state().broken is None
    True
    >>> other = Chain()
    >>> other.take(b"forged", "", "p1")
    >>> other.take(b"second", claim, "p2")
    >>> other.state().broken
    Break(after=0, at=2, position='p2')
    """

    def __init__(self, missing: int = 0, digest: bytes = _NOTHING) -> None:
        self._missing = missing
        self._digests = [digest]
        self._fits = missing
        self._broken: Break | None = None

    @classmethod
    def claimed(cls, claim: str) -> Chain:
        """A chain that goes on from what an entry claims of those before it."""
        number, _, digest = claim.partition(":")
        return cls(int(number), bytes.fromhex(digest))

    @property
    def count(self) -> int:
        """How many entries there were, those the log no longer holds with them."""
        return self._missing + len(self._digests) - 1

    def claim(self) -> str:
        """What an entry appended now carries along."""
        return f"{self.count}:{self._digests[-1].hex()}"

    def take(self, content: bytes, claim: str, position: str) -> None:
        """Fold the next entry; one of before there was a chain has an empty claim."""
        number, _, digest = claim.partition(":")
        claimed = int(number or 0)
        if self.count == 0 and claimed:
            # The log has a retention, and its beginning is gone: what is left is judged from its first entry on.
            self._missing, self._digests, self._fits = claimed, [bytes.fromhex(digest)], claimed
        elif claim and claimed >= self._missing:
            self._compare(claimed, digest, position)
        self._digests.append(hashlib.sha256(self._digests[-1] + content).digest())

    def _compare(self, claimed: int, digest: str, position: str) -> None:
        held = self._digests[claimed - self._missing] if claimed <= self.count else b""
        if held.hex() == digest:
            self._fits = max(self._fits, claimed)
        elif self._broken is None:
            self._broken = Break(self._fits, self.count + 1, position)

    def holds(self, claim: str) -> bool | None:
        """Whether a claim that was kept elsewhere still holds; None where that part is not kept any more.

        >>> chain = Chain()
        >>> chain.take(b"first", "", "p1")
        >>> chain.holds(chain.claim()), chain.holds("1:00"), chain.holds("2:00")
        (True, False, False)
        """
        number, _, digest = claim.partition(":")
        at = int(number) - self._missing
        if at < 0:
            return None
        return at < len(self._digests) and self._digests[at].hex() == digest

    def state(self) -> Chained:
        """How it stands after what was folded."""
        return Chained(self.count, self._digests[-1].hex(), self._missing, self._broken)
