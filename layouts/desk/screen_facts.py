"""What the room of screens and the remote are told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from .facts import Choice


@dataclass(frozen=True, slots=True)
class ScreenRow:
    """A paired screen: what was decided of it, in titles and as it is, and what it says of itself, by cell."""

    id: str
    name: str
    place: str
    unit: str
    playlist: str
    theme: str
    margin: float
    language: str
    unit_title: str
    playlist_title: str
    scenes: tuple[Choice, ...]
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class AnnouncedRow:
    """An announcement that stands, with its unit and its end in words."""

    id: str
    text: str
    unit_title: str
    until: str
    author: str


@dataclass(frozen=True, slots=True)
class ScreensFacts:
    """What the room shows; `digest` is another as soon as its lists are others, `address` that of the server.

    `units` are those that screens may be paired for, `announces` those that may be announced for.
    """

    rows: tuple[ScreenRow, ...]
    announced: tuple[AnnouncedRow, ...]
    units: tuple[Choice, ...]
    playlists: tuple[Choice, ...]
    address: str
    digest: str
    trouble: str = ""
    announces: tuple[Choice, ...] = ()
    may_manage: bool = True
    may_announce: bool = True

    @property
    def silent(self) -> list[ScreenRow]:
        """The screens that are not heard of."""
        return [row for row in self.rows if row.cells["is"] == "silent"]
