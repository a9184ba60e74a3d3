"""Words about steps, actions and times of a stand-up, the same on the screen and in the minutes."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

from scoring.board import WEIGHT, KpiResult
from scoring.explain import points_lost

from .. import formats, moments
from ..kpi_view import amount_text, form_for
from ..lookup import Lookup
from .facts import Item, MeetingFact, Task, Tone


def minutes_text(seconds: int) -> str:
    """A length as minutes and seconds.

    >>> minutes_text(582), minutes_text(5), minutes_text(-63)
    ('9:42', '0:05', '+1:03')
    """
    whole, rest = divmod(abs(seconds), 60)
    return f"{'+' if seconds < 0 else ''}{whole}:{rest:02d}"


def length(found: Lookup, seconds: int) -> str:
    """The plan of a step: whole minutes, or half ones."""
    return found.words("standup.minutes", n=formats.plain(Fraction(round(seconds / 30), 2)))


def item_title(found: Lookup, item: Item) -> str:
    """What a step is called: its KPI, or its section."""
    return found.text(found.kpis[item.kpi].title) if item.kpi else section(found, item.section)


def section(found: Lookup, name: str) -> str:
    """A section of the agenda."""
    return found.words(f"standup.section.{name}")


def count(found: Lookup, name: str, items: list[Item]) -> str:
    """How much a section has: the greens are one line, whatever their number."""
    if name == "green":
        return found.words("standup.line")
    number = sum(len(one.actions) + len(one.cells) + bool(one.kpi) for one in items)
    return found.words("standup.items", n=number)


def due_text(found: Lookup, day: dt.date) -> str:
    """The day that something is due."""
    return found.words("standup.due", day=f"{day.month}-{day.day:02d}")


def task_state(found: Lookup, task: Task, today: dt.date) -> tuple[Tone, str]:
    """How an action stands, as a status and in words."""
    words, left = found.words, (task.due - today).days
    if task.state != "open":
        return ("good" if task.state == "done" else "unknown"), words(f"standup.task.{task.state}")
    if left < 0:
        return "bad", words("standup.task.overdue", n=-left)
    if left == 0:
        return "watch", words("standup.task.today")
    return "open", words("standup.task.left", n=left)


def turned(found: Lookup, fact: MeetingFact, result: KpiResult) -> str:
    """Since when a KPI stands as it does: "yesterday 15:10 turned red"."""
    if result.since_ms is None:
        return ""
    moment = moments.local(result.since_ms, found.zone)
    now = moments.local(fact.snapshot_ms, found.zone)
    days = (now.date() - moment.date()).days
    named = {0: f"{moment:%H:%M}", 1: found.words("standup.yesterday", time=f"{moment:%H:%M}")}
    when = named.get(days, f"{moments.day(moment, found.words)} {moment:%H:%M}")
    return found.words(f"standup.turned.{result.status}", when=when)


def lost_text(found: Lookup, result: KpiResult) -> str:
    """What a KPI costs its unit's score, in points; empty where it costs nothing."""
    beside = [one for key, one in found.board.kpis.items() if key[0] == result.unit]
    lost = points_lost(result, beside)
    return found.words("standup.lost", points=formats.fixed(lost, 1)) if lost is not None and lost > 0 else ""


def value_text(found: Lookup, result: KpiResult) -> str:
    """A value with its unit."""
    return amount_text(form_for(found, found.kpis[result.kpi], result.target), result.value)


def target_text(found: Lookup, result: KpiResult) -> str:
    """A target with its unit, and the sign of one that is not to be exceeded."""
    kpi = found.kpis[result.kpi]
    return form_for(found, kpi, result.target).target(result.target, "≤" if kpi.direction == "lower" else "")


def weight_text(result: KpiResult) -> str:
    """A weight as it is set."""
    return formats.plain(Fraction(result.weight, WEIGHT))


def clock(found: Lookup, ms: int) -> str:
    """HH:MM on the company's clock."""
    return f"{moments.local(ms, found.zone):%H:%M}"


def date_text(found: Lookup, ms: int) -> str:
    """Date and weekday on the company's clock."""
    moment = moments.local(ms, found.zone)
    weekday = found.words(f"weekday.{moment.isoweekday()}")
    return found.words("date.line", day=moments.day(moment, found.words), weekday=weekday)


def greens_line(found: Lookup, item: Item, fact: MeetingFact) -> str:
    """What is well in one line: the weightiest with its value and how long, and how many others."""
    results = [found.board.kpis[cell] for cell in item.cells if cell in found.board.kpis]
    if not results:
        return ""
    told = [f"{found.text(found.kpis[one.kpi].title)} {value_text(found, one)}" for one in results[:3]]
    comma, rest = found.words("standup.comma"), len(results) - 3
    text = comma.join(told)
    return f"{text}{comma}{found.words('standup.more', n=rest)}" if rest > 0 else text
