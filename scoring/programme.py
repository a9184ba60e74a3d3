"""What a playlist shows when: its items with the windows in which each may be shown, and what it reacts to."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias

from .board import Board, Status
from .calendar import HOUR_MS, BusinessCalendar, merged
from .definitions import Model, Shift
from .forms import ClockTime, Weekday
from .scenes import Night, Playlist, PlaylistItem, Watch

#: A screen goes on by itself for so long without its server: over a night and the day after it.
AHEAD_MS = 36 * HOUR_MS
#: Hours and shifts begin at most two business days before the moment that they reach.
_LONGEST = dt.timedelta(days=2)
_WEEKDAYS: Sequence[Weekday] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY = dt.timedelta(days=1)

Span: TypeAlias = tuple[int, int]
Spans: TypeAlias = tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Item:
    """An item with its place in the playlist as key; `windows` is None where it may always be shown."""

    key: int
    scene: str
    unit: str | None
    dwell_ms: int
    pinned: bool
    windows: Spans | None
    stays_at_most_ms: int
    jumps_in_for_ms: int
    only_jumps: bool = False


@dataclass(frozen=True, slots=True)
class Programme:
    """A playlist from a moment on: windows and nights are half-open, sorted, apart, and of the next 36 hours."""

    items: tuple[Item, ...]
    nights: Spans = ()
    dim: Decimal = Decimal(0)


def default_playlist(model: Model) -> Playlist:
    """All scenes in turn, for a model without playlists."""
    items = [PlaylistItem(scene=scene.id) for scene in model.scenes]
    # Without validation, as the bounds on what people write don't bind the number of scenes.
    return Playlist.model_construct(id="all", title={"en": "All scenes", "zh-CN": "全部画面"}, items=items)


def playlists_of(model: Model) -> list[Playlist]:
    """The playlists that a screen can be given."""
    return model.playlists or [default_playlist(model)]


def playlist_of(model: Model, playlist_id: str) -> Playlist:
    """The playlist of that id; the first where the model has it no longer, as a screen must show something."""
    offered = playlists_of(model)
    return next((one for one in offered if one.id == playlist_id), offered[0])


def programme(playlist: Playlist, calendar: BusinessCalendar, now_ms: int) -> Programme:
    """The programme of a playlist from a moment on."""
    items = tuple(_item(key, item, calendar, now_ms) for key, item in enumerate(playlist.items))
    if playlist.night is None:
        return Programme(items)
    return Programme(items, _nights(playlist.night, calendar, now_ms), playlist.night.dim / 100)


def _item(key: int, item: PlaylistItem, calendar: BusinessCalendar, now_ms: int) -> Item:
    return Item(
        key=key,
        scene=item.scene,
        unit=item.unit,
        dwell_ms=item.dwell * 1000,
        pinned=item.pinned,
        windows=_windows(item, calendar, now_ms),
        stays_at_most_ms=item.stays_at_most * 1000,
        jumps_in_for_ms=item.jumps_in_for * 1000,
        only_jumps=item.only_jumps,
    )


def _windows(item: PlaylistItem, calendar: BusinessCalendar, now_ms: int) -> Spans | None:
    """When an item may be shown; its days are the business days on which its hours, else its shifts, begin."""
    every_day = not item.weekdays and not item.working_days_only
    if every_day and item.hours is None and not item.shifts:
        return None
    dates = _dates(calendar, now_ms)
    days = [date for date in dates if every_day or _is_meant(item, calendar, date)]
    if not item.shifts:
        return _ahead(_hours(item.hours, calendar, days), now_ms)
    shifts = [shift for shift in calendar.definition.shifts if shift.id in item.shifts]
    if item.hours is None:
        return _ahead(_shifts(shifts, calendar, days), now_ms)
    return _ahead(_both(_hours(item.hours, calendar, days), _shifts(shifts, calendar, dates)), now_ms)


def _is_meant(item: PlaylistItem, calendar: BusinessCalendar, date: dt.date) -> bool:
    if item.working_days_only and not calendar.works(date):
        return False
    return not item.weekdays or _WEEKDAYS[date.weekday()] in item.weekdays


def _nights(night: Night, calendar: BusinessCalendar, now_ms: int) -> Spans:
    return _ahead(_hours(night.hours, calendar, _dates(calendar, now_ms)), now_ms)


def _dates(calendar: BusinessCalendar, now_ms: int) -> list[dt.date]:
    """The business days on which something can begin that reaches into the time ahead."""
    first, last = calendar.business_date(now_ms) - _LONGEST, calendar.business_date(now_ms + AHEAD_MS)
    return [first + day * _DAY for day in range((last - first).days + 1)]


def _hours(hours: tuple[ClockTime, ClockTime] | None, calendar: BusinessCalendar, days: Iterable[dt.date]) -> Spans:
    """The hours of these business days; without hours the whole days."""
    if hours is None:
        return _known((calendar.day_start_ms(day), calendar.day_start_ms(day + _DAY)) for day in days)
    return _known(calendar.clock_span(day, hours) for day in days)


def _shifts(shifts: Sequence[Shift], calendar: BusinessCalendar, days: Iterable[dt.date]) -> Spans:
    """The shifts that begin on these business days, as far as they work."""
    working = [day for day in days if calendar.works(day)]
    return _known(calendar.clock_span(day, (shift.start, shift.end)) for day in working for shift in shifts)


def _known(spans: Iterable[Span]) -> Spans:
    """Spans sorted and merged; one that a change to summer time swallows is none."""
    return merged([span for span in spans if span[0] < span[1]])


def _both(one: Spans, other: Spans) -> Spans:
    """What two lists of spans share.

    >>> _both(((0, 5), (8, 9)), ((3, 8),))
    ((3, 5),)
    """
    return _known((max(a, c), min(b, d)) for a, b in one for c, d in other)


def _ahead(spans: Spans, now_ms: int) -> Spans:
    """Whole spans that have not ended and begin in the time ahead, so that they don't change while it passes."""
    return tuple(span for span in spans if span[1] > now_ms and span[0] < now_ms + AHEAD_MS)


def watched(watch: Watch, scene_unit: str, board: Board) -> bool:
    """Whether the board stands as a playlist watches for; neither freshness nor alerts are asked here."""
    return _status(watch.kpi, watch.unit or scene_unit, board) in watch.status


def _status(kpi: str | None, unit: str, board: Board) -> Status | None:
    if kpi is not None:
        result = board.kpis.get((unit, kpi))
        return None if result is None else result.status
    score = board.units.get(unit)
    return None if score is None else score.status
