"""The hero: one number against its target, and the sum that makes it."""

from __future__ import annotations

from dash import html

from ..bindings import data, fill, freshness, glyph, hidden_without, mark, number, status, string, text
from ..lookup import View
from ..words import Words


def hero_tile(view: View, href: str, words: Words) -> html.A:
    """The scorecard's score; its composition gives way to its sources while part of them is not live."""
    length = data(size_key="hero.length", size=string(view, "hero.length"))
    return html.A(
        [
            html.Div([text(view, "hero.name", "hero-name"), _status(view)], className="hero-head"),
            html.Div(number(view, "hero.score", "hero-score"), className="hero-figure", **length),
            html.Div([html.Div(fill(view, "hero.bar"), className="track"), mark(view, "hero.target_tick", "tick")],
                     className="bar hero-bar"),
            _facts(view, words),
            _counts(view),
            _composition(view, words),
            _sources(view, words),
        ],
        href=href,
        className="hero panel",
        **status(view, "hero.status"),
        **freshness(view, "hero.freshness"),
    )  # fmt: skip


def _status(view: View) -> html.Div:
    return html.Div([glyph(), text(view, "hero.word", "word")], className="status")


def fact(label: str, children: list[html.Span], css: str = "") -> html.Div:
    """A labelled value."""
    return html.Div([html.Div(label, className="label"), html.Div(children, className="fact-value")],
                    className=f"fact {css}".strip())  # fmt: skip


def _facts(view: View, words: Words) -> html.Div:
    gap = [text(view, "hero.target", "strong"), text(view, "hero.gap", "gap")]
    return html.Div(
        [
            fact(words("hero.target"), gap, "fact-target"),
            fact(words("hero.change"), [text(view, "hero.change", "strong")], "fact-change"),
            html.Div(
                [
                    text(view, "hero.forecast_label", "label"),
                    html.Div(text(view, "hero.forecast", "strong"), className="fact-value"),
                ],
                className="fact fact-forecast",
                **hidden_without(view, "hero.forecast"),
            ),
            fact(words("hero.last"), [text(view, "hero.last", "strong")], "fact-last"),
        ],
        className="facts",
    )


def _counts(view: View) -> html.Div:
    """How many KPIs stand where."""
    counts = [
        html.Span([glyph(), text(view, key, "strong")], className="count", **data(**{"is": state}),
                  **hidden_without(view, key))
        for state in ("bad", "watch", "good", "unknown")
        for key in [f"hero.count.{state}"]
    ]  # fmt: skip
    many = data(flag="hero.many", on="1" if view.get("hero.many") else "0")
    gate = html.Span([glyph(), text(view, "hero.gate", "")], className="gate", **status(view, "hero.gate_status"),
                     **hidden_without(view, "hero.gate"))  # fmt: skip
    kpis = html.Span(text(view, "hero.kpis", "label"), **hidden_without(view, "hero.kpis"))
    return html.Div([gate, kpis, html.Div(counts, className="count-list")],
                    className="counts", **many)  # fmt: skip


def _composition(view: View, words: Words) -> html.Div:
    ids = view.get("hero.parts")
    parts = [str(part) for part in ids] if isinstance(ids, list) else []
    total = [text(view, "hero.formula", ""), html.Span(" = "), text(view, "hero.total", "strong")]
    segments = [_segment(view, part) for part in parts]
    return html.Div(
        [
            html.Div([html.Span(words("hero.composition")), html.Span(total)], className="label spread"),
            html.Div(segments, className="segments", **data(labels=string(view, "hero.labels"))),
        ],
        className="composition",
    )  # fmt: skip


def _segment(view: View, part: str) -> html.Div:
    prefix = f"part.{part}"
    return html.Div(
        [
            html.Div([text(view, f"{prefix}.title", ""), text(view, f"{prefix}.weight", "")],
                     className="segment-name"),
            html.Div(fill(view, f"{prefix}.earned"), className="track"),
            text(view, f"{prefix}.points", "segment-points"),
        ],
        className="segment",
        **status(view, f"{prefix}.status"),
        style={"flexGrow": view.get(f"{prefix}.share", 0)},
        **data(grow=f"{prefix}.share"),
    )  # fmt: skip


def _sources(view: View, words: Words) -> html.Div:
    def piece(state: str) -> html.Div:
        share = f"fresh.{state}.share"
        label = words("live") if state == "live" else words(f"status.{state}")
        return html.Div(
            [
                html.Div(className=f"track {state}"),
                html.Div([html.Span(f"{label} "), text(view, f"fresh.{state}.percent", "strong")]),
            ],
            className="source-share",
            style={"flexGrow": view.get(share, 0)},
            **data(grow=share),
            **hidden_without(view, f"fresh.{state}.percent"),
        )

    return html.Div(
        [
            html.Div([html.Span(words("hero.sources")), html.Span(words("hero.by_weight"))], className="label spread"),
            html.Div([piece(state) for state in ("live", "stale", "silent")], className="source-shares"),
        ],
        className="sources",
    )
