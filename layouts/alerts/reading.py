"""What an alert reads and the level it was entered at: in the KPI's form, in percent, in points or in words."""

from __future__ import annotations

from fractions import Fraction

from scoring.alerts.levels import STATUS_RANK, levels_of
from scoring.alerts.rules import AlertRule, OnChange

from .. import formats, moments
from ..kpi_view import amount_text, form_for
from ..lookup import Lookup
from .facts import AlertFact


def rule_of(found: Lookup, fact: AlertFact) -> AlertRule | None:
    """The rule that made an alert; None where the model has it no longer, or not for this reader."""
    return next((rule for rule in found.model.alerts if rule.id == fact.rule), None)


def reading_text(found: Lookup, fact: AlertFact) -> str:
    """What is read now, with its unit; "–" where nothing is known."""
    return _amount(found, fact, fact.reading)


def level_text(found: Lookup, fact: AlertFact) -> str:
    """The level at which the alert fires, such as "< 90%"; "" where it has none."""
    if fact.level is None:
        return ""
    if fact.of in ("status", "rank", "silence"):
        return _amount(found, fact, fact.level)
    # As it was declared: a reading that rounds to it must not look like it.
    level = f"{formats.plain(fact.level * 100)}%" if fact.of == "attainment" else _amount(found, fact, fact.level)
    return f"{'<' if _falls(found, fact) else '>'}\N{NO-BREAK SPACE}{level}"


def split_reading(shown: str) -> tuple[str, str]:
    """A number, shown large, and what it counts; of words no number.

    >>> split_reading("84.2%"), split_reading("2.51 亿元"), split_reading("Off target")
    (('84.2', '%'), ('2.51', '亿元'), ('', 'Off target'))
    """
    end = next((at for at, char in enumerate(shown) if not (char.isdigit() or char in "−+.,–")), len(shown))
    return shown[:end], shown[end:].strip()


def against(found: Lookup, fact: AlertFact) -> str:
    """The reading against the level on one line; of a silence how long it must have been."""
    reading, level = reading_text(found, fact), level_text(found, fact)
    if fact.of == "silence":
        return found.words("alerts.silent", span=level) if level else found.words("alerts.silent.plain")
    if fact.of == "status" or not level:
        return reading
    return found.words("alerts.against", reading=reading, level=level)


def _falls(found: Lookup, fact: AlertFact) -> bool:
    """Whether it fires below its level: by its rule, else by the side that is bad for the KPI."""
    rule = rule_of(found, fact)
    if rule is not None:
        return levels_of(rule.on).falling
    kpi = found.kpis.get(fact.kpi)
    return kpi is None or fact.of in ("attainment", "score") or kpi.direction == "higher"


def _amount(found: Lookup, fact: AlertFact, amount: Fraction | None) -> str:
    if amount is None:
        return formats.UNKNOWN
    match fact.of:
        case "attainment":
            return f"{formats.percent(amount)}"
        case "score":
            return found.words("alerts.points", points=formats.fixed(amount, 1))
        case "status":
            return found.words(f"status.{_status(amount)}")
        case "rank":
            return found.words("alerts.place", n=int(amount))
        case "silence":
            return moments.age(int(amount), found.words, ago=False)
        case "change":
            return _change(found, fact, amount)
    return _value(found, fact, amount)


def _status(rank: Fraction) -> str:
    return next((status.value for status, known in STATUS_RANK.items() if known == rank), "unknown")


def _change(found: Lookup, fact: AlertFact, amount: Fraction) -> str:
    """A move with its sign: in percent of what it was, in points, or in the KPI's unit."""
    rule = rule_of(found, fact)
    on = rule.on if rule is not None and isinstance(rule.on, OnChange) else None
    if on is not None and on.percent:
        return f"{formats.signed_digits(formats.rounded(amount, 1), 1)}%"
    if not fact.kpi or (on is not None and on.of == "score"):
        return found.words("alerts.points", points=formats.signed_digits(formats.rounded(amount, 1), 1))
    if on is not None and on.of == "attainment":
        return f"{formats.signed_digits(formats.rounded(amount * 100, 1), 1)} {found.words('phone.pp')}"
    form = _form(found, fact)
    unit = "" if form is None else found.words("phone.pp") if form.percent else form.unit
    signed = formats.signed_digits(formats.rounded(amount, 1), 1) if form is None else form.signed(amount)
    return f"{signed} {unit}".rstrip()


def _value(found: Lookup, fact: AlertFact, amount: Fraction) -> str:
    form = _form(found, fact)
    return formats.fixed(amount, 1) if form is None else amount_text(form, amount)


def _form(found: Lookup, fact: AlertFact) -> formats.Form | None:
    kpi, result = found.kpis.get(fact.kpi), found.board.kpis.get((fact.unit, fact.kpi))
    if kpi is None:
        return None
    return form_for(found, kpi, fact.level or Fraction(0) if result is None else result.target)
