"""Dates, periods, clock times and ages in the company's zone and the reader's language."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from scoring.definitions import Calendar, Shift
from scoring.forms import PeriodKind, text_in

from .words import Words

#: The texts that the browser counts ages with.
AGE_KEYS = (*(f"{form}.{unit}" for form in ("ago", "span") for unit in "smhd"), "since", "never", "offline.since")
_AGE_STEPS = ((86_400, "d"), (3_600, "h"), (60, "m"), (1, "s"))


def local(ms: int, zone: str) -> dt.datetime:
    """A moment on the company's clock."""
    return dt.datetime.fromtimestamp(ms / 1000, ZoneInfo(zone))


def age(seconds: int, words: Words, ago: bool = True) -> str:
    """How long ago, in the largest whole unit; the browser ticks with the same texts.

    >>> age(4, Words.of("zh-CN")), age(6, Words.of("en")), age(430, Words.of("zh-CN"), ago=False)
    ('4 秒前', '6 s ago', '7 分钟')
    """
    seconds = max(0, seconds)
    for size, unit in _AGE_STEPS:
        if seconds >= size or size == 1:
            return words(f"{'ago' if ago else 'span'}.{unit}", n=seconds // size)
    raise AssertionError("the last step always fits")


def clock(ms: int, zone: str, now_ms: int, words: Words) -> str:
    """HH:MM today, the date on another day.

    >>> clock(0, "UTC", 60_000, Words.of("en")), clock(0, "UTC", 90_000_000, Words.of("en"))
    ('00:00', '1 Jan')
    """
    moment, now = local(ms, zone), local(now_ms, zone)
    return f"{moment:%H:%M}" if moment.date() == now.date() else day(moment, words)


def exact(ms: int, zone: str, now_ms: int) -> str:
    """HH:MM:SS today, on another day with its date.

    >>> exact(0, "UTC", 60_000), exact(0, "UTC", 90_000_000)
    ('00:00:00', '1-01 00:00:00')
    """
    moment, now = local(ms, zone), local(now_ms, zone)
    time = f"{moment:%H:%M:%S}"
    return time if moment.date() == now.date() else f"{moment.month}-{moment:%d} {time}"


def day(moment: dt.date, words: Words) -> str:
    """A day without its year."""
    return words("date.day", d=moment.day, m=moment.month, month=words(f"month.{moment.month}"))


def date_line(ms: int, calendar: Calendar, words: Words) -> str:
    """Date, weekday and running shift, such as "3 月 18 日 周三 · 早班"."""
    moment = local(ms, calendar.zone)
    weekday = words(f"weekday.{moment.isoweekday()}")
    text = words("date.line", day=day(moment, words), weekday=weekday)
    shift = shift_at(moment, calendar)
    return text if shift is None else f"{text} · {text_in(shift.title, words.language)}"


def shift_at(moment: dt.datetime, calendar: Calendar) -> Shift | None:
    """The shift that is running; one that ends before it starts runs over midnight."""
    now = f"{moment:%H:%M}"
    for shift in calendar.shifts:
        over_midnight = shift.end <= shift.start
        inside = (now >= shift.start or now < shift.end) if over_midnight else shift.start <= now < shift.end
        if inside:
            return shift
    return None


def period(kind: PeriodKind, start_ms: int, end_ms: int, calendar: Calendar, words: Words) -> str:
    """The name of a running period.

    >>> march = dt.datetime(2026, 3, 1, tzinfo=dt.UTC).timestamp() * 1000
    >>> period("month", int(march), 0, Calendar(zone="UTC"), Words.of("en"))
    'March 2026'
    """
    start = local(start_ms, calendar.zone)
    if kind == "day":
        return words("period.day")
    if kind == "week":
        last = local(end_ms, calendar.zone) - dt.timedelta(days=1)
        return words("period.week", first=day(start, words), last=day(last, words))
    if kind == "shift":
        shift = shift_at(start, calendar)
        title = "" if shift is None else text_in(shift.title, words.language)
        end = local(end_ms, calendar.zone)
        return words("period.shift", title=title, start=f"{start:%H:%M}", end=f"{end:%H:%M}").strip()
    named = words(f"month.long.{start.month}")
    return words(f"period.{kind}", y=start.year, m=start.month, q=(start.month + 2) // 3, month=named)
