"""The pages of analysis: pickers, what is to be known first, charts, and tables that the browser draws."""

from __future__ import annotations

import json
from typing import Any

from dash import html

from ..bindings import Attributes, data, glyph
from ..desk.parts import empty, picker
from ..desk.shell import desk_page
from ..lookup import Lookup
from ..words import Words
from .address import analysis_href, analysis_name, export_href, query_of
from .facts import VIEWS, AnalysisFacts, Chart, Picker
from .sheet import Sheet, sheet_data

#: Names of what is picked that stand in a folded picker.
_NAMED = 8


def analysis_page(found: Lookup, facts: AnalysisFacts) -> html.Div:
    """The page of a view."""
    words = found.words
    content: list[Any] = [_tabs(words, facts), _pickers(words, facts)]
    content += [html.Div([glyph(), html.Span(text)], className="an-note", role="status", **data(**{"is": kind}))
                for kind, text in facts.notes]  # fmt: skip
    content += [_chart(one) for one in facts.charts]
    if facts.empty:
        content.append(html.Section(empty(facts.empty), className="sheet"))
    content += [_panel(words, facts, at, sheet) for at, sheet in enumerate(facts.sheets)]
    return desk_page(
        found,
        "analysis",
        analysis_name(facts.view),
        words("desk.room.analysis"),
        [html.Div(content, className="analysis", **data(view=facts.view))],
        words(f"analysis.{facts.view}.about"),
        query=query_of(facts.state),
    )


def _tabs(words: Words, facts: AnalysisFacts) -> html.Nav:
    kept = {"unit": facts.state.get("unit", "")}

    def tab(view: str) -> html.A:
        marks: Attributes = {"aria-current": "page"} if view == facts.view else {}
        href = analysis_href(view, words.language, kept)
        return html.A(words(f"analysis.{view}"), href=href, className="an-tab", **marks)

    return html.Nav([tab(view) for view in VIEWS], className="an-tabs",
                    **_aria(label=words("desk.room.analysis")))  # fmt: skip


def _pickers(words: Words, facts: AnalysisFacts) -> html.Div:
    """The address that they lead to is put together by the browser."""
    single = [html.Div(picker(one.key, one.choices, one.label), className="an-pick") for one in facts.pickers
              if not one.many]  # fmt: skip
    several = [_several(words, one, bool(facts.empty)) for one in facts.pickers if one.many]
    show = [html.Button(words("analysis.show"), className="button main an-show", type="button")] if several else []
    address = analysis_href(facts.view, words.language, {})
    kept = {key: value for key, value in facts.state.items() if key not in {one.key for one in facts.pickers}}
    return html.Div(
        [html.Div(single, className="an-picks"), html.Div([*several, *show], className="an-severals")],
        className="an-form sheet",
        role="search",
        **data(address=address, kept=query_of(kept)),
    )


def _several(words: Words, one: Picker, opened: bool) -> html.Details:
    """Folded up while there is something to see below."""
    chosen = [choice.title for choice in one.choices if choice.chosen]
    named = words("list.comma").join(chosen[:_NAMED]) + (" …" if len(chosen) > _NAMED else "")
    buttons = [
        html.Button(
            choice.title,
            type="button",
            className="an-chip",
            **data(value=choice.value),
            **_aria(pressed="true" if choice.chosen else "false"),
        )
        for choice in one.choices
    ]
    said = [html.Span(one.note, className="quiet")] if one.note else []
    label = html.Span([one.label, words("analysis.chosen", n=len(chosen))], className="label")
    return html.Details(
        [html.Summary([label, html.Span(named, className="an-named")]), html.Div(buttons, className="an-chips"), *said],
        className="an-several",
        open=opened,
        **data(key=one.key),
    )


def _chart(one: Chart) -> html.Section:
    drawn = html.Div(className="an-chart", role="img", title=one.caption,
                     **data(lines=json.dumps(one.data, ensure_ascii=False)))  # fmt: skip
    head = html.Div([html.H2(one.title), html.Div(one.caption, className="sheet-note")], className="sheet-head")
    return html.Section([head, drawn], className="sheet an-drawn")


def _panel(words: Words, facts: AnalysisFacts, at: int, sheet: Sheet) -> html.Section:
    modes = [
        html.Button(words(f"analysis.mode.{mode}"), type="button", className="an-mode",
                    **data(mode=str(place), name=mode), **_aria(pressed="true" if place == sheet.mode else "false"))
        for place, mode in enumerate(sheet.modes)
    ]  # fmt: skip
    switch = [html.Div(modes, className="an-modes", role="toolbar", **_aria(label=words("analysis.mode")))]
    summary = [html.Span([glyph(), text], className="an-count", **data(**{"is": kind})) for kind, text in facts.summary]
    head = html.Div(
        [
            html.Div([html.H2(sheet.title), html.Div(summary if at == 0 else [], className="an-summary")]),
            html.Div([*(switch if modes else []), *(_exports(words, facts) if at == 0 else [])], className="an-tools"),
        ],
        className="sheet-head",
    )
    shown = data(
        sheet=json.dumps(sheet_data(sheet), ensure_ascii=False, separators=(",", ":")),
        sortable=int(sheet.sortable),
        sort_text=words("analysis.sort", column="{column}"),
        reds_text=words("analysis.reds"),
        blank=words("analysis.blank"),
    )
    return html.Section([head, html.Div(className="an-sheet", tabIndex=-1, **shown)], className="sheet an-panel")


def _exports(words: Words, facts: AnalysisFacts) -> list[Any]:
    if not facts.export:
        return []
    return [
        html.A(
            words(f"analysis.export.{suffix}"),
            href=export_href(facts.view, suffix, words.language, facts.state),
            className="button an-export",
            download="",
        )
        for suffix in ("csv", "xlsx")
    ]


def _aria(**values: str) -> Attributes:
    return {f"aria-{name}": value for name, value in values.items()}
