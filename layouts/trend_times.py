"""The time axis of a trend: where its labels stand, and how far it runs."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from scoring.board import Series
from scoring.calendar import DAY_MS, HOUR_MS, MINUTE_MS
from scoring.forms import BucketKind

from . import moments
from .lookup import Lookup

#: Labels on the time axis; more run into each other in a 464 u panel. With what is to come its end is one of them.
TIME_LABELS, KNOWN_LABELS = 4, 2
#: A longer time axis names days at their midnights instead of clock times.
LONGEST_BY_CLOCK = dt.timedelta(hours=30)
#: What is to come is drawn in scale up to as much as is known; more is shortened to this share, with an ellipsis below.
SHORTENED = 0.6
BREAK = "…"
_BUCKET_MS: dict[BucketKind | None, int] = {"minute": MINUTE_MS, "hour": HOUR_MS, "day": DAY_MS, None: DAY_MS}


@dataclass(frozen=True, slots=True)
class TimeAxis:
    """Labels at places that count buckets from 0, and the place where the axis ends."""

    places: list[float]
    labels: list[str]
    end: float


def time_axis(found: Lookup, kind: BucketKind | None, series: Series, until_ms: int | None = None) -> TimeAxis:
    """The axis of a series; with `until_ms` it runs on to that moment."""
    known, last = series.bucket_start_ms, len(series.bucket_start_ms) - 1
    if until_ms is None:
        return TimeAxis(*_labels(found, kind, known, TIME_LABELS), float(last))
    step = _BUCKET_MS[kind]
    ahead = max(1, round((until_ms - known[-1]) / step) - 1)
    in_scale = ahead <= last
    shown = (*known, *(known[-1] + step * place for place in range(1, ahead + 1))) if in_scale else known
    end = float(last + ahead) if in_scale else last * (1 + SHORTENED)
    places, labels = _labels(found, kind, shown, KNOWN_LABELS + in_scale)
    kept = [
        (place, label)
        for place, label in zip(places, labels, strict=True)
        if place <= (0.8 * end if in_scale else last)
    ]
    more = [] if in_scale else [((last + end) / 2, BREAK)]
    all_ = [*kept, *more, (end, _end_label(found, kind, known[0], until_ms))]
    return TimeAxis([place for place, _ in all_], [label for _, label in all_], end)


def _labels(
    found: Lookup, kind: BucketKind | None, starts_ms: tuple[int, ...], most: int
) -> tuple[list[float], list[str]]:
    starts = [moments.local(start_ms, found.zone) for start_ms in starts_ms]
    by_day = _by_day(kind, starts[0], starts[-1])
    places = [at for at, start in enumerate(starts) if kind == "day" or not by_day or start.hour == start.minute == 0]
    places = places[:: max(1, -(-len(places) // most))]
    return [float(at) for at in places], [_day(starts[at]) if by_day else f"{starts[at]:%H:%M}" for at in places]


def _by_day(kind: BucketKind | None, first: dt.datetime, last: dt.datetime) -> bool:
    return kind == "day" or last - first > LONGEST_BY_CLOCK


def _end_label(found: Lookup, kind: BucketKind | None, first_ms: int, until_ms: int) -> str:
    """The last day of the period, or its last moment on the clock: midnight as 24:00."""
    first, end = moments.local(first_ms, found.zone), moments.local(until_ms, found.zone)
    if _by_day(kind, first, end):
        return _day(end - dt.timedelta(seconds=1))
    return "24:00" if end.hour == end.minute == 0 else f"{end:%H:%M}"


def _day(moment: dt.datetime) -> str:
    return f"{moment.month}-{moment:%d}"
