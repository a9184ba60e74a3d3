"""A trial on the page: what it changes, what the check says of it, and before and after for every unit it moves."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from urllib.parse import quote

from dash import dcc, html

from scoring.board import POINT

from .. import formats
from ..bindings import data, glyph
from ..lookup import Lookup
from .facts import MovedUnit, PeriodEffect, TrialFacts
from .parts import act, empty, notice, panel, sayings, table

#: The store that holds the trial shown; applying takes it from there.
TRIAL = "trial"


def trial_view(
    found: Lookup, facts: TrialFacts, stored: dict[str, Any] | None, period_titles: dict[str, str]
) -> list[Any]:
    """The whole answer to Try."""
    words = found.words
    told: list[Any] = [_differences(found, facts)]
    if facts.said:
        title = words("desk.trial.faults") if facts.faulty else words("desk.trial.doubts")
        told.append(panel(title, sayings(facts.said), css="findings"))
    told += [_effect(found, one, period_titles) for one in facts.effects]
    if not facts.faulty and stored is not None:
        note = html.Span(stored["digest"][:12], className="digest", title=stored["digest"])
        about = html.Div(words("desk.trial.apply.note"), className="quiet")
        step = act(words, TRIAL, words("desk.trial.apply"), facts.reason)
        told.append(panel(words("desk.trial.apply.title"), about, step, note=note, css="apply"))
    if not facts.faulty and not facts.may_apply:
        told.append(notice("unknown", words("desk.trial.not_yours")))
    return [*told, dcc.Store(id=TRIAL, data=stored)]


def _differences(found: Lookup, facts: TrialFacts) -> html.Section:
    words = found.words
    lines = [html.Li(line) for line in facts.differences]
    file = f"/desk/what-if/changes.yaml?trial={quote(facts.token)}"
    save = html.A(words("desk.trial.save"), href=file, className="text-link", download="") if facts.token else ""
    content = html.Ul(lines, className="moves") if lines else empty(words("desk.trial.nothing"))
    return panel(words("desk.trial.changes", n=len(lines)), content, note=save)


def _effect(found: Lookup, effect: PeriodEffect, titles: dict[str, str]) -> html.Section:
    words = found.words
    title = titles.get(effect.period, effect.period) if effect.period else words("desk.trial.running")
    if not effect.units:
        return panel(title, notice("unknown", words("desk.trial.still")))
    heads = [
        (words("desk.unit"), "grow"),
        (words("desk.before"), "num"),
        (words("desk.after"), "num"),
        (words("desk.change"), "num"),
        ("", "delta-column"),
        (words("desk.rank"), "num"),
        (words("desk.grade"), "num"),
    ]
    pays = list(dict.fromkeys(title for one in effect.units for title, _, _ in one.pay))
    heads += [(one, "num pay") for one in pays]
    most = max((abs(one.change) for one in effect.units if one.change is not None), default=0)
    rows = [_row(found, one, pays, most) for one in effect.units]
    parts = [words("desk.trial.count", n=len(effect.units) + effect.more)]
    parts += [words("desk.trial.pay", title=name, amount=signed_amount(change)) for name, change in effect.pay]
    rest = [html.Div(words("desk.more", n=effect.more), className="quiet")] if effect.more else []
    return panel(title, table(heads, rows, "effects"), *rest, note=" · ".join(parts))


def _row(found: Lookup, one: MovedUnit, pays: Sequence[str], most: int) -> list[Any]:
    unit = found.units.get(one.unit)
    title = found.text(unit.title) if unit else one.unit
    decimals = _decimals(one)
    ranks = _pair(*(str(rank) if rank else formats.UNKNOWN for rank in one.ranks))
    grades = _pair(*(grade or formats.UNKNOWN for grade in one.grades))
    amounts = {name: (before, after) for name, before, after in one.pay}
    return [
        title,
        html.Span(formats.fixed(formats.points(one.before), decimals), className="was"),
        html.Span(
            formats.fixed(formats.points(one.after), decimals), className="strong" if one.before != one.after else "was"
        ),
        formats.UNKNOWN
        if one.change is None
        else formats.signed_digits(formats.rounded(formats.points(one.change) or 0, decimals), decimals),
        _bar(one.change, most),
        ranks,
        grades,
        *(_amounts(*amounts[name]) if name in amounts else "" for name in pays),
    ]


def _decimals(one: MovedUnit) -> int:
    """Two, unless a change would not be seen with so few."""
    small = one.change is not None and 0 < abs(one.change) < POINT // 200
    return 4 if small else 2


def _pair(before: str, after: str) -> Any:
    if before == after:
        return html.Span(before, className="was")
    return html.Span(
        [html.Span(before, className="was"), html.I(className="arrow"), html.Span(after, className="strong")],
        className="pair",
    )


def amount(value: Decimal | None) -> str:
    """Money as it is written: thousands, no more decimals than it has."""
    if value is None:
        return formats.UNKNOWN
    exponent = value.as_tuple().exponent
    decimals = max(0, -exponent) if isinstance(exponent, int) else 0
    return formats.digits(int(value.scaleb(decimals)), decimals)


def signed_amount(value: Decimal) -> str:
    """A change of money with its sign."""
    return ("+" if value > 0 else "") + amount(value)


def _amounts(before: Decimal | None, after: Decimal | None) -> Any:
    return _pair(amount(before), amount(after))


def _bar(change: int | None, most: int) -> html.Div:
    """A bar from the middle: to the right what a unit wins, to the left what it loses."""
    share = 0.0 if not change or not most else abs(change) / most * 50
    style = {"left": f"{50 if (change or 0) > 0 else 50 - share:.2f}%", "width": f"{share:.2f}%"}
    return html.Div(html.Div(style=style), className="delta-mini", **data(down="1" if (change or 0) < 0 else "0"))


def trial_refused(found: Lookup, message: str) -> list[Any]:
    """A trial that could not be made at all."""
    return [html.Div([glyph(), html.Div(message)], className="notice-line", role="alert", **data(**{"is": "bad"}))]
