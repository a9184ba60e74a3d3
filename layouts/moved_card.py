"""The card on what moved a unit's score: since yesterday, or since the end of a longer period that the reader picks."""

from __future__ import annotations

from dash import dcc, html

from scoring.definitions import Unit
from scoring.explain import OTHERS
from scoring.forms import PeriodKind
from scoring.waterfall import Waterfall

from .bindings import data
from .gate_text import gate_title
from .lookup import Lookup
from .moved_view import REST, Bar, Moved, moved_view

#: The ends to compare with: of the day, week, month and quarter before.
SINCE: tuple[PeriodKind, ...] = ("day", "week", "month", "quarter")
READ, LOADING = "moved-body", "moved-body loading"


def moved_card(found: Lookup, unit: Unit, since_yesterday: Waterfall | None) -> html.Section:
    """The card with its choice; other spans than the first are filled in when they are picked."""
    words = found.words
    options = [{"label": words(f"explain.pick.{kind}"), "value": kind} for kind in SINCE]
    choice = dcc.RadioItems(options, SINCE[0], id="moved-since", className="since-choice", inline=True)
    return html.Section(
        [
            html.H2(words("explain.moved"), className="card-title"),
            choice,
            html.Div(moved_body(found, SINCE[0], since_yesterday), id="moved-body", className=READ),
            dcc.Store(id="moved-of", data={"unit": unit.id, "language": words.language}),
        ],
        className="card moved",
    )


def moved_body(found: Lookup, kind: PeriodKind, waterfall: Waterfall | None) -> list[html.Div]:
    """What moved the score since the end of the period before; words where nothing did, or it was not known."""
    words = found.words
    if waterfall is None:
        return [html.Div(words("explain.moved.unknown"), className="quiet-line")]
    moved = moved_view(waterfall)
    ends = words("explain.moved.span", before=moved.before, after=moved.after)
    title = html.Span([words(f"explain.since.{kind}") + " ", html.Span(moved.change, className="number strong")])
    head = html.Div([title, html.Span(ends, className="label")], className="spread wrap")
    if not moved.parts:
        return [head, html.Div(words("explain.moved.none"), className="quiet-line")]
    return [head, *moved_bars(found, moved)]


def moved_failed(found: Lookup, why: str) -> list[html.Div]:
    """Words on why it could not be worked out now."""
    return [html.Div(found.words("explain.moved.failed", why=why), className="quiet-line")]


def moved_bars(found: Lookup, moved: Moved) -> list[html.Div]:
    """The bars by cause, and by part."""
    words = found.words
    causes = [_bar(words(f"cause.{bar.key}"), bar, moved.zero[0]) for bar in moved.causes]
    parts = [_bar(part_title(found, bar.key), bar, moved.zero[1]) for bar in moved.parts]
    groups = (("explain.moved.cause", causes), ("explain.moved.part", parts))
    return [
        html.Div([html.Div(words(title), className="label group-label"), html.Div(bars, className="deltas")])
        for title, bars in groups
        if bars
    ]


def part_title(found: Lookup, key: str) -> str:
    """What a part of a score is called."""
    if key == REST:
        return found.words("hero.other")
    kind, _, name = key.partition(":")
    if kind == "gate":
        return gate_title(found, name)
    if name == OTHERS:
        return found.words("explain.others.unit" if kind == "unit" else "explain.others.kpi")
    item = found.units.get(name) if kind == "unit" else found.kpis.get(name)
    return found.short(item) if item is not None else name


def _bar(title: str, bar: Bar, zero: float) -> html.Div:
    line = html.Div(className="delta-bar", style={"transform": f"translateX({bar.start * 100:g}%) scaleX({bar.width})"})
    axis = html.Div(className="zero", style={"transform": f"translateX({zero * 100:g}%)"})
    track = html.Div([line, axis], className="delta-track")
    amount = html.Span(bar.text, className="strong delta-value")
    return html.Div([html.Span(title, className="delta-name"), track, amount], className="delta",
                    **data(on="1" if bar.up else "0"))  # fmt: skip
