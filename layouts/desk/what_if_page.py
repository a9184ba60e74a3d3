"""The what-if page: a unit's scorecard to be edited at the left, what that would do at the right."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from dash import dcc, html

from ..bindings import data
from ..kpi_view import form_for
from ..lookup import Lookup
from ..method_text import method_sentence
from .facts import CardFacts, CardRow, Choice, MethodForm, WhatIfFacts
from .parts import button, empty, entry, field, goes, labelled, panel
from .shell import desk_page

#: Empty rows offered below those of a curve or table.
_SPARE = 2
#: A list of more units is no longer scrolled through; deeper ones are reached by their address.
MOST_UNITS = 400
KINDS = ("ratio", "interpolate", "bands", "other")
#: The file of changes that may be given instead of the form; larger ones are refused.
MOST_BYTES = 1 << 20


def cell_id(kpi: str, name: str, row: int = 0) -> dict[str, Any]:
    """The id of an entry of the form."""
    return {"type": "wi", "kpi": kpi, "field": name, "n": row}


def what_if_page(found: Lookup, facts: WhatIfFacts) -> html.Div:
    """The page of a unit."""
    words, unit = found.words, found.units[facts.card.unit]
    left = html.Div(
        [
            panel(
                words("desk.card"),
                html.Div(card_table(found, facts.card), id="wi-card"),
                html.Div(id="wi-sum", className="sum-line"),
                note=html.Div(id="wi-card-note"),
                css="card-panel",
            ),
            panel(words("desk.try.title"), *_asked(found, facts), css="ask"),
        ],
        className="desk-side",
    )
    hint = panel(words("desk.trial.title"), empty(words("desk.trial.hint")), css="first")
    right = html.Div(
        [
            html.Div(words("desk.working"), className="working", role="status"),
            html.Div(hint, id="trial-result", className="stack"),
        ],
        className="desk-result",
        id="trial-room",
    )
    address = f"/desk/what-if/{{}}?lang={words.language}"
    pick = goes("unit", facts.units, words("desk.unit"), address)
    texts = dcc.Store(
        id="wi-texts", data={name: words.table[f"desk.sum.{name}"] for name in ("right", "over", "under", "unclear")}
    )
    body = [
        html.Div([left, right], className="two"),
        texts,
        dcc.Store(id="wi-unit", data=unit.id),
        dcc.Store(id="wi-day", data=facts.card.from_.isoformat()),
    ]
    return desk_page(
        found,
        "what-if",
        f"what-if/{quote(unit.id)}",
        words("desk.what_if.title", unit=found.text(unit.title)),
        body,
        pick,
    )


def _asked(found: Lookup, facts: WhatIfFacts) -> list[Any]:
    words = found.words
    periods = [{"label": one.title, "value": one.value} for one in facts.periods]
    look = field(
        words("desk.try.periods"), html.Div(_periods(periods), className="chips"), words("desk.try.periods.hint")
    )
    upload = dcc.Upload(
        html.Button(words("desk.try.file"), className="button", type="button"),
        id="wi-file",
        accept=".yaml,.yml",
        max_size=MOST_BYTES,
    )
    return [
        html.Div(
            [
                field(
                    words("desk.from"),
                    entry("wi-from", facts.card.from_.isoformat(), "day-entry", placeholder="2026-04-01"),
                    css="day-entry",
                ),
                field(
                    words("desk.reason"),
                    entry("wi-reason", facts.reason, placeholder=words("desk.reason.hint"), maxLength=500),
                    css="wide",
                ),
            ],
            className="row",
        ),
        look,
        html.Div(
            [
                button(words("desk.try"), "wi-try", "main"),
                html.Div(upload, **data(most=str(MOST_BYTES), most_text=words("desk.file.large", most="1 MB"))),
            ],
            className="row buttons",
        ),
    ]


def _periods(options: list[dict[str, str]]) -> dcc.Checklist:
    return dcc.Checklist(options, [], id="wi-periods", inline=True)


def card_table(found: Lookup, card: CardFacts) -> html.Div:
    """The scorecard as entries: one block per KPI, its method folded away."""
    words = found.words
    if not card.rows:
        return html.Div(empty(words("desk.card.none")))
    head = html.Div(
        [
            html.Span(words("desk.kpi")),
            html.Span(words("desk.weight"), className="num"),
            html.Span(words("desk.target"), className="num"),
            html.Span(),
        ],
        className="edit-row edit-head",
    )
    rows = [_kpi(found, row) for row in card.rows]
    if card.share is not None:
        share = labelled(words("desk.share"), entry(cell_id("", "share"), card.share, "num", inputMode="decimal"))
        rows.append(
            html.Div(
                html.Div(
                    [html.Span(words("desk.share"), className="kpi-name"), share, html.Span(), html.Span()],
                    className="edit-row",
                ),
                className="edit",
            )
        )
    return html.Div([head, *rows], className="edit-card")


def _kpi(found: Lookup, row: CardRow) -> html.Div:
    words, kpi = found.words, row.cell.rule.kpi
    title = found.text(kpi.title)
    weight = _number(kpi.id, "weight", row.weight, f"{title}: {words('desk.weight')}")
    target = _number(kpi.id, "target", row.target, f"{title}: {words('desk.target')}")
    sentence = method_sentence(found, row.cell.rule, form_for(found, kpi, row.cell.target))
    fold = html.Details(
        [
            html.Summary(
                [html.Span(words("desk.method"), className="label"), html.Span(sentence, className="sentence")]
            ),
            _method(found, kpi.id, row.form, row.places),
        ],
        className="method",
    )
    line = html.Div(
        [html.Span(title, className="kpi-name"), weight, target, html.Span(row.measure, className="measure")],
        className="edit-row",
    )
    return html.Div([line, html.Div(id={"type": "wi-fault", "kpi": kpi.id}, className="fault"), fold], className="edit")


def _method(found: Lookup, kpi: str, form: MethodForm, places: int) -> html.Div:
    words = found.words
    options = [{"label": words(f"desk.method.{kind}"), "value": kind} for kind in KINDS]
    pick = dcc.RadioItems(options, form.kind, id=cell_id(kpi, "kind"), inline=True)
    sign = " %" if form.percent else ""
    note = [html.Div(words("desk.method.everywhere", n=places), className="hint")] if places > 1 else []
    return html.Div(
        [
            html.Div(pick, className="chips"),
            _ratio(found, kpi, form),
            _interpolate(found, kpi, form, sign),
            _bands(found, kpi, form, sign),
            _other(found, kpi, form),
            *note,
        ],
        className="method-form",
    )


def _number(kpi: str, name: str, value: str, label: str, row: int = 0) -> html.Label:
    return labelled(label, entry(cell_id(kpi, name, row), value, "num", inputMode="decimal"))


def _ratio(found: Lookup, kpi: str, form: MethodForm) -> html.Div:
    words = found.words
    parts = [
        field(words("desk.method.floor"), entry(cell_id(kpi, "floor"), form.floor, "num", inputMode="decimal")),
        field(words("desk.method.cap"), entry(cell_id(kpi, "cap"), form.cap, "num", inputMode="decimal")),
    ]
    if form.inverse:
        options = [{"label": words(f"desk.method.{one}"), "value": one} for one in ("reciprocal", "symmetric")]
        parts.append(
            html.Div(dcc.RadioItems(options, form.inverse, id=cell_id(kpi, "inverse"), inline=True), className="chips")
        )
    return html.Div(parts, className="row of-ratio")


def _interpolate(found: Lookup, kpi: str, form: MethodForm, sign: str) -> html.Div:
    words = found.words
    rows = [*form.points, *[("", "")] * (_SPARE if form.points else _SPARE + 2)]
    heads = html.Div(
        [html.Span(words("desk.method.value") + sign), html.Span(words("desk.points"))], className="pair-row"
    )
    lines = [
        html.Div(
            [
                _number(kpi, "at", at, words("desk.method.value"), n),
                _number(kpi, "points", points, words("desk.points"), n),
            ],
            className="pair-row",
        )
        for n, (at, points) in enumerate(rows)
    ]
    return html.Div([heads, *lines], className="of-interpolate")


def _bands(found: Lookup, kpi: str, form: MethodForm, sign: str) -> html.Div:
    words = found.words
    rows = [*form.table, *[("", "", "")] * (_SPARE if form.table else _SPARE + 2)]
    heads = html.Div(
        [
            html.Span(words("desk.method.from") + sign),
            html.Span(words("desk.method.to") + sign),
            html.Span(words("desk.points")),
        ],
        className="triple-row",
    )
    lines = [
        html.Div(
            [
                _number(kpi, "low", low, words("desk.method.from"), n),
                _number(kpi, "high", high, words("desk.method.to"), n),
                _number(kpi, "earns", points, words("desk.points"), n),
            ],
            className="triple-row",
        )
        for n, (low, high, points) in enumerate(rows)
    ]
    return html.Div([heads, *lines], className="of-bands")


def _other(found: Lookup, kpi: str, form: MethodForm) -> html.Div:
    text = dcc.Textarea(id=cell_id(kpi, "yaml"), value=form.yaml, className="yaml", rows=8, spellCheck=False)
    return html.Div([html.Div(found.words("desk.method.yaml"), className="hint"), text], className="of-other")


def unit_choices(found: Lookup, chosen: str) -> tuple[Choice, ...]:
    """Every unit below its parent; of very many the upper levels, and the one that is chosen."""
    open_units = [(unit, 0) for unit in reversed(found.model.units) if unit.parent is None]
    listed: list[Choice] = []
    while open_units:
        unit, depth = open_units.pop()
        listed.append(Choice(unit.id, found.text(unit.title), unit.id == chosen, depth))
        open_units += [(child, depth + 1) for child in reversed(found.children(unit.id))]
    deepest = max((one.depth for one in listed), default=0)
    while deepest and sum(one.depth <= deepest for one in listed) > MOST_UNITS:
        deepest -= 1
    return tuple(one for one in listed if one.depth <= deepest or one.chosen)
