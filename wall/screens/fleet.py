"""The fleet as the journal tells it: who was paired, changed, revoked, which credentials hold, what is announced."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from wall.journal import Entry

PAIRED, CHANGED, CREDENTIAL, REVOKED = "screen.paired", "screen.changed", "screen.credential", "screen.revoked"
MADE, ENDED = "announcement.made", "announcement.ended"
#: What of a screen a person decides, and may change later.
CHANGEABLE = ("name", "place", "unit", "playlist", "theme", "margin", "language")


@dataclass(frozen=True, slots=True)
class IssuedHash:
    """The SHA-256 of a credential's secret, and when it was issued."""

    hash: str
    issued_ms: int


@dataclass(frozen=True, slots=True)
class Screen:
    """A screen: where it hangs, what it shows, and the credentials that it may present.

    The first of `hashes` is the one in use, those after it were issued to replace it and not used yet. An empty
    `theme` is the playlist's, an empty `language` the model's; `margin` is in percent of the short side.
    """

    id: str
    name: str
    place: str
    unit: str
    playlist: str
    theme: str = ""
    margin: float = 0.0
    language: str = ""
    hashes: tuple[IssuedHash, ...] = ()
    paired_ms: int = 0
    revoked_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Announced:
    """An announcement for a unit and all below it, in business time; without `until_ms` until somebody ends it."""

    id: str
    text: str
    unit: str
    from_ms: int
    until_ms: int | None
    author: str


@dataclass(frozen=True, slots=True)
class Register:
    """All screens that were ever paired, by id, and the announcements that nobody ended."""

    screens: Mapping[str, Screen] = field(default_factory=dict)
    announced: Mapping[str, Announced] = field(default_factory=dict)

    def standing(self) -> list[Screen]:
        """The screens that are not revoked, by name."""
        return sorted((one for one in self.screens.values() if one.revoked_ms is None), key=lambda one: one.name)


def folded(register: Register, entries: Iterable[Entry]) -> Register:
    """The register after these entries of the journal; those of other kinds don't concern it."""
    screens, announced = dict(register.screens), dict(register.announced)
    for entry in entries:
        body = entry.body
        if entry.kind == CREDENTIAL:
            _take_credentials(screens, body, entry.at_ms)
        elif entry.kind == PAIRED:
            screens[body["screen"]] = _paired(body, entry.at_ms)
        elif entry.kind == MADE:
            announced[body["id"]] = _made(entry)
        elif entry.kind == ENDED:
            announced.pop(body["id"], None)
        elif entry.kind in (CHANGED, REVOKED) and body["screen"] in screens:
            held = screens[body["screen"]]
            revoked = replace(held, revoked_ms=held.revoked_ms or entry.at_ms)
            screens[held.id] = revoked if entry.kind == REVOKED else replace(held, **body["changes"])
    return Register(screens, announced)


def _paired(body: Mapping[str, Any], at_ms: int) -> Screen:
    return Screen(body["screen"], **{name: body[name] for name in CHANGEABLE}, paired_ms=at_ms)


def _made(entry: Entry) -> Announced:
    body = entry.body
    return Announced(body["id"], body["text"], body["unit"], body["from_ms"], body["until_ms"], entry.author)


def _take_credentials(screens: dict[str, Screen], body: Mapping[str, Any], at_ms: int) -> None:
    """`issued` and `kept` are hashes by screen: one entry holds those of many screens."""
    for name, issued in body.get("issued", {}).items():
        if name in screens:
            screens[name] = with_issued(screens[name], IssuedHash(issued, at_ms))
    for name, kept in body.get("kept", {}).items():
        if name in screens:
            screens[name] = with_kept(screens[name], kept)


def with_issued(screen: Screen, issued: IssuedHash) -> Screen:
    """The screen with one more credential; of those never used only the newest stays beside it."""
    return replace(screen, hashes=(*screen.hashes[:1], *screen.hashes[1:][-1:], issued))


def with_kept(screen: Screen, used: str) -> Screen:
    """The screen once a credential was used: those issued before it are void."""
    places = [at for at, one in enumerate(screen.hashes) if one.hash == used]
    return replace(screen, hashes=screen.hashes[places[0] :]) if places else screen
