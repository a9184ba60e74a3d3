"""The register of the fleet, read on from the journal."""

from __future__ import annotations

from wall.journal import Journal

from .fleet import Register, folded


class Ledger:
    """Folds what is new of the journal into the register; for one thread at a time."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._register = Register()
        self._read = 0

    def register(self) -> Register:
        """The register as the journal stands now; raises what the journal raises where it can't be read."""
        new = self._journal.since(self._read)
        self._read += len(new)
        if new:
            self._register = folded(self._register, new)
        return self._register
