"""What a message says of alerts: a title that can be read on a locked phone, and lines below it.

Everything is taken from what the reader sees: the lookup has no other units, KPIs and numbers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from scoring.board import KpiResult, Status
from scoring.explain import points_lost

from .. import moments
from ..kpi_view import form_for, value_text
from ..lookup import Lookup
from ..words import Words
from .facts import AlertFact
from .reading import level_text, reading_text
from .standing import urgency

#: Alerts of a group that are told one by one; the rest is counted.
MOST_TOLD = 5
#: Parts that are named as likely contributors.
MOST_CONTRIBUTORS = 3
_MINUTE_MS, _HOUR_MS = 60_000, 3_600_000


def alert_title(found: Lookup, kind: str, alerts: Sequence[AlertFact]) -> str:
    """ "严重 · 总装一线 · 准时交付率 84.2%（目标 98%）"; of several alerts how many there are, and where."""
    told = sorted(alerts, key=urgency)
    first = told[0]
    head = found.words(f"message.kind.{kind}", severity=found.words(f"alerts.severity.{first.severity}"))
    if len(told) > 1:
        count = found.words("message.alerts", n=len(told))
        return " · ".join([head, count, _common(found, told)])
    return " · ".join([head, _place(found, first.unit), _reading(found, first)])


def alert_lines(found: Lookup, kind: str, alerts: Sequence[AlertFact], now_ms: int) -> list[str]:
    """The lines below the title: of one alert all that is known of it, of several the worst."""
    told = sorted(alerts, key=urgency)
    if len(told) == 1:
        return list(_about(found, told[0], now_ms))
    lines = [_line(found, one, now_ms) for one in told[:MOST_TOLD]]
    if len(told) > MOST_TOLD:
        lines.append(found.words("message.more", n=len(told) - MOST_TOLD))
    return lines


def lasting(ms: int, words: Words) -> str:
    """A length of time, to the minute below a day.

    >>> lasting(95 * 60_000, Words.of("en")), lasting(30_000, Words.of("en")), lasting(26 * 3_600_000, Words.of("en"))
    ('1 h 35 min', '30 s', '1 d 2 h')
    """
    hours, minutes = divmod(ms // _MINUTE_MS, 60)
    parts = [("d", hours // 24), ("h", hours % 24)] if hours >= 24 else [("h", hours), ("m", minutes)]
    texts = [words(f"span.{unit}", n=n) for unit, n in parts if n]
    return " ".join(texts) or words("span.s", n=ms // 1000)


def _about(found: Lookup, alert: AlertFact, now_ms: int) -> Iterator[str]:
    words = found.words
    yield found.text(alert.title)
    if level := level_text(found, alert):
        yield words("message.level", level=level)
    yield _since(found, alert, now_ms)
    if alert.folded:
        yield words("message.folded", n=alert.folded)
    if alert.phase != "resolved" and (parts := contributors(found, alert)):
        yield words("message.contributors", parts=words("message.comma").join(parts))
    if alert.phase != "resolved" and alert.advice:
        yield words("message.advice", advice=found.text(alert.advice))
    if alert.acknowledged_by:
        yield words("message.acknowledged", by=alert.acknowledged_by)
    if alert.assignee:
        yield words("message.assigned", to=alert.assignee)


def _since(found: Lookup, alert: AlertFact, now_ms: int) -> str:
    """Since when it has been so; of what is over, how long it lasted."""
    words, since_ms = found.words, alert.since_ms
    ended_ms = alert.resolved_ms
    clock = moments.clock(since_ms, found.zone, now_ms, words)
    if ended_ms is None:
        return words("message.since", time=clock, span=lasting(max(0, now_ms - since_ms), words))
    until = moments.clock(ended_ms, found.zone, now_ms, words)
    return words("message.lasted", since=clock, until=until, span=lasting(max(0, ended_ms - since_ms), words))


def _line(found: Lookup, alert: AlertFact, now_ms: int) -> str:
    """One alert of several, on a line."""
    parts = [_place(found, alert.unit), _reading(found, alert)]
    since_ms = alert.since_ms if alert.resolved_ms is None else alert.resolved_ms
    return " · ".join([*parts, moments.clock(since_ms, found.zone, now_ms, found.words)])


def _place(found: Lookup, unit: str) -> str:
    return found.text(found.units[unit].title)


def _reading(found: Lookup, alert: AlertFact) -> str:
    """What it is about with the reading, and the target where a KPI's value is read."""
    words, text = found.words, reading_text(found, alert)
    name = _name(found, alert)
    if alert.of == "silence":
        return words("message.silent", name=name)
    if alert.of in ("change", "rank", "score", "attainment"):
        return words(f"message.{alert.of}", name=name, reading=text)
    kpi, result = found.kpis.get(alert.kpi), found.board.kpis.get((alert.unit, alert.kpi))
    if alert.of == "value" and kpi is not None and result is not None:
        sign = "≤" if kpi.direction == "lower" else ""
        target = form_for(found, kpi, result.target).target(result.target, sign)
        return words("message.against", name=name, reading=text, target=target)
    return f"{name} {text}"


def _name(found: Lookup, alert: AlertFact) -> str:
    """The KPI, the source, or the unit's score."""
    if alert.kpi in found.kpis:
        return found.text(found.kpis[alert.kpi].title)
    source = next((one for one in found.model.sources if one.id == alert.kpi), None)
    if source is not None:
        return found.text(source.title)
    return found.words("message.score.name")


def _common(found: Lookup, alerts: Sequence[AlertFact]) -> str:
    """The nearest unit that all of them are at or below, as far as the reader sees it; else the company."""
    lines = [found.line_up(one.unit) for one in alerts]
    shared = next((unit for unit in lines[0] if all(unit in line for line in lines)), None)
    return found.text(found.model.title) if shared is None else _place(found, shared)


def contributors(found: Lookup, alert: AlertFact) -> list[str]:
    """What most likely lies behind it, worst first: of a KPI the units below, of a score its KPIs."""
    if alert.of == "silence":
        return []
    if alert.kpi:
        below = [found.board.kpis.get((unit.id, alert.kpi)) for unit in found.children(alert.unit)]
        missed = sorted((one for one in below if one is not None and _is_short(one)), key=_shortness)
        return [f"{found.short(found.units[one.unit])} {_value(found, one)}" for one in missed[:MOST_CONTRIBUTORS]]
    results = found.results(alert.unit)
    lost = [(points_lost(one, results) or Fraction(0), one) for one in results]
    worst = sorted((one for one in lost if one[0] > 0), key=lambda one: -one[0])
    return [f"{found.short(found.kpis[one.kpi])} {_value(found, one)}" for _, one in worst[:MOST_CONTRIBUTORS]]


def _value(found: Lookup, result: KpiResult) -> str:
    return value_text(form_for(found, found.kpis[result.kpi], result.target), result)


def _is_short(result: KpiResult) -> bool:
    return result.status in (Status.BAD, Status.WATCH) and result.attainment is not None


def _shortness(result: KpiResult) -> Fraction:
    return result.attainment if result.attainment is not None else Fraction(1)
