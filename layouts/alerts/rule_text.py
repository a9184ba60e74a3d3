"""Alert rules in words: when one fires, and when it is over."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from scoring.alerts.rules import AlertRule, OnChange, OnPace, OnRank, OnSilence, OnStatus, OnThreshold
from scoring.scorecard import by_unit

from .. import formats, moments
from ..kpi_view import amount_text, form_for
from ..lookup import Lookup
from ..words import Words


def fires_when(found: Lookup, rule: AlertRule) -> str:
    """When a rule fires, as a sentence without its end."""
    words, on = found.words, rule.on
    match on:
        case OnThreshold():
            said = _beyond(found, rule, on, words(f"alertrules.of.{on.of}"))
        case OnPace():
            said = words("alertrules.pace", what=_beyond(found, rule, on, words(f"alertrules.of.{on.of}")),
                         after=formats.percent(Fraction(on.after) / 100, 0))  # fmt: skip
        case OnStatus():
            said = words("alertrules.status", status=words(f"status.{on.enter}"))
        case OnChange():
            said = _change(found, rule, on)
        case OnRank():
            said = words("alertrules.rank", n=on.from_, of=words(f"alertrules.of.{on.of}"))
        case OnSilence():
            said = words("alertrules.silence", span=_span(on.after, words))
    return words("alertrules.held", what=said, span=_span(rule.hold, words)) if rule.hold else said


def over_when(found: Lookup, rule: AlertRule) -> str:
    """When it is over; "" where it is over as soon as it would not fire."""
    words, on, leave = found.words, rule.on, None
    match on:
        case OnThreshold() | OnPace() if on.leave is not None:
            leave = _level(found, rule, on, on.leave)
        case OnStatus():
            leave = words(f"status.{on.leave}")
        case OnRank() if on.leave is not None:
            leave = words("alerts.place", n=on.leave)
        case OnChange() if on.leave is not None:
            leave = _amount(found, rule, on.of, on.leave, percent=on.percent)
    if leave is None:
        return words("alertrules.cleared", span=_span(rule.clear, words)) if rule.clear else ""
    if not rule.clear:
        return words("alertrules.back", level=leave)
    return words("alertrules.back_for", level=leave, span=_span(rule.clear, words))


def _beyond(found: Lookup, rule: AlertRule, on: OnThreshold | OnPace, what: str) -> str:
    key = "alertrules.below" if on.below is not None else "alertrules.above"
    return found.words(key, what=what, level=_level(found, rule, on, on.enter))


def _level(found: Lookup, rule: AlertRule, on: OnThreshold | OnPace, level: Decimal) -> str:
    return _amount(found, rule, "attainment" if isinstance(on, OnPace) else on.of, level)


def _change(found: Lookup, rule: AlertRule, on: OnChange) -> str:
    by = on.falls_by if on.falls_by is not None else on.rises_by
    assert by is not None
    return found.words(
        "alertrules.falls" if on.falls_by is not None else "alertrules.rises",
        what=found.words(f"alertrules.of.{on.of}"),
        by=_amount(found, rule, on.of, by, percent=on.percent),
        span=_span(on.over, found.words),
    )


def _amount(found: Lookup, rule: AlertRule, of: str, amount: Decimal, *, percent: bool = False) -> str:
    """A level in the form of what it is a level of; of a value in the KPI's own where the rule names one KPI."""
    exact = Fraction(amount)
    if percent:
        return formats.percent(exact / 100)
    if of == "attainment":
        return formats.percent(exact)
    if of == "score":
        return found.words("alerts.points", points=formats.plain(exact))
    kpi = found.kpis.get(rule.kpis[0]) if len(rule.kpis) == 1 else None
    targets = [by_unit(kpi.target, unit) for unit in found.units.values()] if kpi is not None else []
    target = next((one for one in targets if one is not None), None)
    if kpi is None or target is None:
        return formats.plain(exact)
    form = form_for(found, kpi, Fraction(target))
    return f"{amount_text(form, exact)}{form.unit}"


def _span(seconds: int, words: Words) -> str:
    return moments.age(seconds, words, ago=False)
