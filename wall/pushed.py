"""What the push stream shows under each key, and whether a new board concerns it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from typing import Any, Protocol

from layouts.lookup import Announcement
from layouts.wall_view import wall_view
from layouts.words import LANGUAGES
from scoring.definitions import Model
from scoring.same import Same

from . import phone_stream
from .board_follower import BoardFollower
from .push import Key, View
from .screens.fleet import Screen
from .screens.programme_frame import programme_view
from .sight.look import NOTHING, Sight
from .sight.seen_alerts import Alerts, NoAlerts, told_on_pages
from .sight.visible import Sights, Visible


class Screens(Protocol):
    """Knows paired screens and what was announced."""

    def frame(self, screen_id: str) -> Mapping[str, Any]:
        """What a screen is told of itself."""

    def announcements(self) -> Sequence[Announcement]:
        """What is announced now."""


class Pushed:
    """The views of one server's push stream."""

    def __init__(self, follower: BoardFollower, screens: Screens, sights: Sights, alerts: Alerts | None = None) -> None:
        self._follower = follower
        self._screens = screens
        self._sights = sights
        self._alerts = alerts or NoAlerts()
        self._units: dict[str, str] = {}

    def keys(self, page: Key, screen: Screen | None) -> list[Key]:
        """What somebody follows who opened a page; a paired screen also its programme and its own state."""
        if screen is None:
            return [page]
        self._units[screen.id] = screen.unit
        programme = Key("programme", screen.playlist, screen.unit, page.language, page.sight)
        return [page, programme, Key("screen", screen.id, "", page.language, NOTHING)]

    def parted(self, screens: Collection[str]) -> tuple[list[Key], list[Key]]:
        """The keys of screens that changed: those revoked or moved to another unit, and the others."""
        ended: list[Key] = []
        others: list[Key] = []
        for name in screens:
            frame = self._screens.frame(name)
            unit, before = frame["unit"], self._units.get(name, frame["unit"])
            self._units[name] = unit
            into = ended if frame["revoked"] or unit != before else others
            into += [Key("screen", name, "", language, NOTHING) for language in LANGUAGES]
        return ended, others

    def head(self) -> dict[str, Any]:
        """What every frame says beside its view."""
        follower = self._follower
        return {
            "version": follower.version,
            "software": follower.software,
            "now": follower.clock.now_ms(),
            "speed": follower.clock.speed,
            "as_of": follower.board().as_of_ms,
        }

    def view(self, key: Key) -> View:
        """The view of a key."""
        kind, name, unit, language, sight = key
        if kind == "screen":
            return self._screens.frame(name)
        seen = self._visible(sight)
        model, board, alerts = seen.model, seen.board(self._follower.board()), told_on_pages(self._alerts, seen)
        match kind:
            case "wall":
                announced = seen.announcements(self._screens.announcements())
                return wall_view(model, board, name, language, unit, announced, alerts)
            case _ if kind in phone_stream.KINDS:
                return phone_stream.view_of(kind, name, model, board, language, alerts)
        return programme_view(model, board, name, unit, language, self._follower.now_ms(), alerts)

    def _visible(self, sight: Sight) -> Visible:
        return self._sights.visible(self._follower.model, sight, self._follower.now_ms())

    def stamp(self, key: Key) -> object:
        """What differs once the view may: a scene moves with the units it names and what lies below them."""
        kind, name, unit, _, sight = key
        if kind == "screen":
            return None
        seen = self._visible(sight)
        model, follower = seen.model, self._follower
        if kind in phone_stream.KINDS:
            place = phone_stream.place(kind, name, model, seen.board(follower.board()))
            moved = follower.moved(phone_stream.moving(kind, name, model))
            return moved, follower.version, place, self._alerts.stamp()
        units = _units_of(Same(model), name, unit) if kind == "wall" else _roots(Same(model))
        announced = tuple(self._screens.announcements())
        return follower.moved(units), follower.version, announced, self._alerts.stamp()


@lru_cache(maxsize=1024)
def _units_of(same: Same[Model], scene_id: str, unit: str) -> tuple[str, ...]:
    """The units that a scene names: its own, else that of the screen, and those of its tiles."""
    scene = next((one for one in same.value.scenes if one.id == scene_id), None)
    if scene is None:
        return _roots(same)
    own = scene.unit or unit
    return (*([own] if own else _roots(same)), *(tile.unit for tile in scene.tiles if tile.unit is not None))


@lru_cache(maxsize=1024)
def _roots(same: Same[Model]) -> tuple[str, ...]:
    return tuple(unit.id for unit in same.value.units if unit.parent is None)
