"""Names of periods and moments, as people type them: 2026-03-17, 2026-W12, 2026-03, 2026-Q1, 2026."""

from __future__ import annotations

import datetime as dt
import re

from scoring.calendar import BusinessCalendar, Period
from scoring.forms import PeriodKind

_FORMS: list[tuple[PeriodKind, str]] = [
    ("day", r"(\d{4})-(\d\d)-(\d\d)"), ("week", r"(\d{4})-W(\d\d)"), ("month", r"(\d{4})-(\d\d)"),
    ("quarter", r"(\d{4})-Q([1-4])"), ("year", r"(\d{4})"),
]  # fmt: skip


class NoPeriod(ValueError):
    """A text that names no period."""


def period_named(name: str, calendar: BusinessCalendar) -> Period:
    """The period of a name; raises `NoPeriod` with the forms that are understood."""
    for kind, form in _FORMS:
        found = re.fullmatch(form, name.strip().upper())
        if found:
            try:
                return calendar.period_at(
                    kind, calendar.day_start_ms(_first_date(kind, [int(n) for n in found.groups()]))
                )
            except ValueError as error:
                raise NoPeriod(f"{name!r} is no {kind}: {error}") from None
    raise NoPeriod(f"{name!r} names no period; write 2026-03-17, 2026-W12, 2026-03, 2026-Q1 or 2026")


def _first_date(kind: PeriodKind, numbers: list[int]) -> dt.date:
    match kind:
        case "day":
            return dt.date(numbers[0], numbers[1], numbers[2])
        case "week":
            return dt.date.fromisocalendar(numbers[0], numbers[1], 1)
        case "month":
            return dt.date(numbers[0], numbers[1], 1)
        case "quarter":
            return dt.date(numbers[0], numbers[1] * 3 - 2, 1)
    return dt.date(numbers[0], 1, 1)


def period_name(period: Period, calendar: BusinessCalendar) -> str:
    """The name of a period; a shift goes by the day and time it begins.

    >>> from scoring.definitions import Calendar
    >>> utc = BusinessCalendar(Calendar(zone="UTC"))
    >>> [period_name(period_named(name, utc), utc) for name in ("2026-Q1", "2026-03", "2026-W12", "2026-03-17", "2026")]
    ['2026-Q1', '2026-03', '2026-W12', '2026-03-17', '2026']
    """
    start = calendar.business_date(period.start_ms)
    match period.kind:
        case "year":
            return f"{start:%Y}"
        case "quarter":
            return f"{start:%Y}-Q{(start.month + 2) // 3}"
        case "month":
            return f"{start:%Y-%m}"
        case "week":
            iso = start.isocalendar()
            return f"{iso.year}-W{iso.week:02d}"
        case "shift":
            return f"{calendar.local(period.start_ms):%Y-%m-%dT%H:%M}"
    return f"{start:%Y-%m-%d}"


def moment_named(name: str, calendar: BusinessCalendar, now_ms: int) -> int:
    """A moment, exclusive: `now`, or the end of the named period, at most now."""
    return now_ms if name == "now" else min(now_ms, period_named(name, calendar).end_ms)
