"""What a screen must know to rotate by itself: its playlist's programme, and which conditions hold now."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from urllib.parse import quote, urlencode

from layouts.alerts.facts import AlertFact
from layouts.alerts.standing import alerted
from layouts.hero_view import scorecard_freshness
from layouts.lookup import Json, Lookup, View, lookup
from scoring.board import Board, Freshness
from scoring.calendar import HOUR_MS, BusinessCalendar
from scoring.definitions import Calendar, Model
from scoring.programme import Item, Programme, Spans, playlist_of, programme, watched
from scoring.same import Same
from scoring.scenes import Playlist, PlaylistItem, Watch


def programme_view(
    model: Model,
    board: Board,
    playlist_id: str,
    unit: str,
    language: str,
    now_ms: int,
    alerts: Sequence[AlertFact] = (),
) -> View:
    """The programme of a playlist on the screens of a unit (empty: the root); all durations are in ms.

    Apart from `stay` and `jump`, the keys of the items whose conditions hold, it changes once an hour at most.
    """
    playlist, found = playlist_of(model, playlist_id), lookup(model, board, language, alerts=alerts)
    ahead = _programme(Same(model.calendar), Same(playlist), now_ms // HOUR_MS)
    units = [_unit_of(found, item, unit) for item in playlist.items]
    return {
        "theme": playlist.theme,
        "night": {"windows": _pairs(ahead.nights), "dim": float(ahead.dim)} if playlist.night else None,
        "items": [_item(found, item, at) for item, at in zip(ahead.items, units, strict=True)],
        "stay": _holding(found, [item.stays_while for item in playlist.items], units),
        "jump": _holding(found, [item.jumps_in_when for item in playlist.items], units),
    }


def _unit_of(found: Lookup, item: PlaylistItem, unit: str) -> str:
    """The unit that an item shows: its scene's own, else the item's, else the screen's."""
    return found.scene(item.scene, item.unit or unit).unit


def _item(found: Lookup, item: Item, unit: str) -> dict[str, Json]:
    return {
        "key": item.key,
        "scene": item.scene,
        "unit": unit,
        "address": _address(found, item.scene, unit),
        "dwell": item.dwell_ms,
        "pinned": item.pinned,
        "windows": None if item.windows is None else _pairs(item.windows),
        "stay_at_most": item.stays_at_most_ms,
        "jump_for": item.jumps_in_for_ms,
        "only_jumps": item.only_jumps,
    }


def _address(found: Lookup, scene: str, unit: str) -> str:
    """The scene's page, with the unit and the language only where they aren't what the page shows anyway."""
    asked = {}
    if found.scene(scene).unit != unit:
        asked["unit"] = unit
    if found.words.language != found.model.language:
        asked["lang"] = found.words.language
    return f"/wall/{quote(scene)}" + (f"?{urlencode(asked)}" if asked else "")


def _pairs(spans: Spans) -> list[Json]:
    return [[start, end] for start, end in spans]


def _holding(found: Lookup, watches: Sequence[Watch | None], units: Sequence[str]) -> list[Json]:
    """The keys of the items whose condition holds."""
    pairs = enumerate(zip(watches, units, strict=True))
    return [key for key, (watch, unit) in pairs if watch is not None and _holds(found, watch, unit)]


def _holds(found: Lookup, watch: Watch, scene_unit: str) -> bool:
    """By standing alerts, or by numbers that are live."""
    unit = watch.unit or scene_unit
    if watch.alert is not None:
        return alerted(found, unit, watch.alert, watch.kpi)
    return watched(watch, scene_unit, found.board) and _is_live(found, watch.kpi, unit)


def _is_live(found: Lookup, kpi: str | None, unit: str) -> bool:
    """Whether every source behind a KPI or a score speaks; a score of child units alone is as live as they are."""
    if kpi is not None:
        return found.freshness(kpi) is Freshness.LIVE
    own = found.results(unit)
    if own:
        return scorecard_freshness(found, own)[0] is Freshness.LIVE
    return all(_is_live(found, None, child.id) for child in found.children(unit))


@lru_cache(maxsize=64)
def _programme(calendar: Same[Calendar], playlist: Same[Playlist], hour: int) -> Programme:
    return programme(playlist.value, BusinessCalendar(calendar.value), hour * HOUR_MS)
