"""Words of a review that its page and its files share."""

from __future__ import annotations

from fractions import Fraction

from .. import formats, moments
from ..followup.texts import place_text
from ..lookup import Lookup
from .facts import Proposal, Tried


def change_text(score: int | None, before: int | None) -> str:
    """By how much a score is another, as shown: what stands on both sides of it adds up.

    >>> change_text(92_440_000_000_000, 90_000_000_000_000), change_text(None, 1)
    ('+2.4', '–')
    """
    now, then = formats.points(score), formats.points(before)
    if now is None or then is None:
        return formats.UNKNOWN
    return formats.signed_digits(formats.rounded(now, 1) - formats.rounded(then, 1), 1)


def moment_text(found: Lookup, ms: int) -> str:
    """Day and time: who reads a review reads it on another day."""
    moment = moments.local(ms, found.zone)
    return f"{moments.day(moment, found.words)} {moment:%H:%M}"


def lost_text(lost: Fraction | None) -> str:
    """Points that a KPI cost its unit, or brought beyond full marks.

    >>> lost_text(Fraction(5)), lost_text(Fraction(-1, 25)), lost_text(None)
    ('−5.00', '+0.04', '–')
    """
    return formats.UNKNOWN if lost is None else formats.signed_digits(formats.rounded(-lost, 2), 2)


def tried_place(found: Lookup, unit: str, one: Tried) -> str:
    """Where something was tried: only the KPI at the unit itself, else the unit below, too."""
    if one.unit == unit:
        return found.text(found.kpis[one.kpi].title) if one.kpi in found.kpis else ""
    return place_text(found.model, one.unit, one.kpi, found.words.language)


def proposal_text(found: Lookup, one: Proposal) -> str:
    """What is proposed in a line."""
    title = found.text(found.kpis[one.kpi].title) if one.kpi in found.kpis else one.kpi
    percent = "%" if one.field == "target" and one.kpi in found.kpis and found.kpis[one.kpi].display.percent else ""
    field = found.words(f"desk.{one.field}")
    return found.words("review.proposal", kpi=title, field=field, value=one.value + percent)
