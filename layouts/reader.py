"""Who reads a page, as far as the frame of the page is about them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reader:
    """Their name (empty where nobody signed in), own unit, the rooms open to them, and units with numbers withheld."""

    name: str = ""
    unit: str = ""
    rooms: tuple[str, ...] = ()
    withheld: frozenset[str] = frozenset()


NO_READER = Reader()
