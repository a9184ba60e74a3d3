"""The landing page: every wall and every unit, with its score; and what a wrong address gets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from dash import html

from scoring.board import Board, Freshness
from scoring.definitions import Model, Unit
from scoring.scenes import Scene

from . import formats
from .bindings import data, glyph
from .links import unit_href
from .lookup import Lookup, lookup
from .ranking_view import unit_freshness
from .words import LANGUAGES

#: A list of more units is no longer read.
MOST_UNITS = 60


def index_page(model: Model, board: Board, language: str, notice: str = "", alarms: Sequence[Any] = ()) -> html.Div:
    """The list of scenes and units; `notice` stands above it when an address led nowhere, `alarms` whenever given."""
    found = lookup(model, board, language)
    words = found.words
    other = next(known for known in LANGUAGES if known != language)
    warning = [html.Div([html.Strong(notice), html.Span(words("missing.hint"))], className="notice")] if notice else []
    units = [row for unit in model.units if unit.parent is None for row in _branch(found, unit, _levels(found))]
    return html.Div(
        [
            html.Header([html.Div([html.H1(found.text(model.title)), html.Span(words("index.title"))]),
                         html.Div([html.A(words("desk.title"), href=f"/desk?lang={language}"),
                                   html.A(words("index.language"), href=f"/?lang={other}")], className="home-links")],
                        className="home-head"),
            *alarms,
            *warning,
            html.Section([_head(words("index.scenes"), words("index.scenes.note")),
                          html.Div([_scene(found, scene) for scene in model.scenes], className="scene-list")]),
            html.Section([_head(words("index.units"), words("index.units.note")),
                          html.Div(units, className="unit-list")]),
        ],
        className="home",
    )  # fmt: skip


def missing_page(model: Model, board: Board, language: str, kind: str, name: str) -> html.Div:
    """The landing page with a word on what does not exist; `kind` is scene, unit or page."""
    return index_page(model, board, language, lookup(model, board, language).words(f"missing.{kind}", id=name))


def _head(title: str, note: str) -> html.Div:
    return html.Div([html.H2(title), html.Span(note)], className="list-head")


def _score(found: Lookup, unit_id: str) -> html.Span:
    own = found.unit_score(unit_id)
    if own is None:
        return html.Span()
    fresh = unit_freshness(found, unit_id)
    shown = own.status.value if fresh is Freshness.LIVE else fresh.value
    number = html.Span(formats.score(own.score), className="number")
    return html.Span([glyph(), number], className="home-score", **data(**{"is": shown}))


def _scene(found: Lookup, scene: Scene) -> html.A:
    words = found.words
    unit = scene.unit or found.root
    about = [found.text(found.units[unit].title), words("index.kpis", n=len(scene.kpis))]
    return html.A(
        [
            html.Div([html.Span(found.text(scene.title), className="scene-title"), _score(found, unit)],
                     className="spread"),
            html.Div(" · ".join(about), className="scene-about"),
        ],
        href=f"/wall/{quote(scene.id)}?lang={words.language}",
        className="scene-link",
    )  # fmt: skip


def _levels(found: Lookup) -> int:
    """How many levels of units fit on the page; deeper ones are reached from their parent's page."""
    level = [unit for unit in found.model.units if unit.parent is None]
    count = depth = 0
    while level and count + len(level) <= MOST_UNITS:
        count += len(level)
        depth += 1
        level = [child for unit in level for child in found.children(unit.id)]
    return max(depth, 1)


def _branch(found: Lookup, unit: Unit, levels: int, depth: int = 0) -> list[html.A]:
    row = html.A(
        [html.Span(found.text(unit.title), className="unit-title"), _score(found, unit.id)],
        href=unit_href(unit.id, found.words.language),
        className="unit-link",
        style={"--depth": depth},
    )
    if depth + 1 == levels:
        return [row]
    below = found.children(unit.id)
    return [row, *(line for child in below for line in _branch(found, child, levels, depth + 1))]
