"""The landing page: every wall and unit that whoever reads may see, with its score; and what a wrong address gets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from dash import html

from scoring.board import Board, Freshness
from scoring.definitions import Model, Unit
from scoring.scenes import Scene

from . import formats
from .account_menu import account_menu
from .alerts.facts import AlertFact
from .alerts.live import standing
from .alerts.standing import counts
from .bindings import data, glyph
from .links import alerts_href, unit_href
from .lookup import Lookup, lookup
from .ranking_view import unit_freshness
from .reader import NO_READER, Reader
from .withheld import is_withheld
from .words import LANGUAGES

#: A list of more units is no longer read.
MOST_UNITS = 60


def index_page(
    model: Model,
    board: Board,
    language: str,
    notice: str = "",
    alarms: Sequence[Any] = (),
    reader: Reader = NO_READER,
    alerts: Sequence[AlertFact] = (),
) -> html.Div:
    """The list of scenes and units; `notice` stands above it when an address led nowhere, `alarms` whenever given."""
    found = lookup(model, board, language, reader=reader, alerts=alerts)
    words = found.words
    hint = [html.Span(words("missing.hint"))] if model.units else []
    warning = [html.Div([html.Strong(notice), *hint], className="notice")] if notice else []
    body = [*_alerts(found), *_own(found), *_scenes(found), *_units(found)] if model.units else [_nothing(found)]
    return html.Div([_top(found), *alarms, *warning, *body], className="home")


def missing_page(
    model: Model, board: Board, language: str, kind: str, name: str, reader: Reader = NO_READER
) -> html.Div:
    """The landing page with a word on what does not exist; `kind` is scene, unit, kpi or page."""
    notice = lookup(model, board, language).words(f"missing.{kind}", id=name)
    return index_page(model, board, language, notice, reader=reader)


def _top(found: Lookup) -> html.Header:
    words = found.words
    other = next(known for known in LANGUAGES if known != words.language)
    desk = [html.A(words("desk.title"), href=f"/desk?lang={words.language}")] if found.reader.rooms else []
    standups = [html.A(words("standup.plain"), href=f"/standup?lang={words.language}")] if found.model.units else []
    links = [
        *standups,
        *desk,
        html.A(words("index.language"), href=f"/?lang={other}"),
        *account_menu(words, found.reader),
    ]
    title = html.Div([html.H1(found.text(found.model.title)), html.Span(words("index.title"))])
    return html.Header([title, html.Div(links, className="home-links")], className="home-head")


def _nothing(found: Lookup) -> html.Section:
    """What stands there for somebody who has no role yet."""
    lines = [html.H2(found.words("index.nothing")), html.P(found.words("index.nothing.how"), className="prose")]
    return html.Section(lines, className="home-empty")


def _alerts(found: Lookup) -> list[html.A]:
    """How many alerts stand, by severity, and the way to them; nothing while there are none."""
    standing_now = counts(standing(found))
    if not any(standing_now.values()):
        return []
    marks = [
        html.Span([glyph(), html.Span(str(n), className="number"),
                   html.Span(found.words(f"alerts.severity.{severity}"))],
                  className="home-alert", **data(**{"is": severity}))
        for severity, n in standing_now.items() if n
    ]  # fmt: skip
    title = html.Span(found.words("index.alerts"), className="scene-title")
    return [html.A([title, html.Span(marks, className="home-alerts")], href=alerts_href(found.words.language),
                   className="scene-link spread")]  # fmt: skip


def _own(found: Lookup) -> list[html.Section]:
    """The reader's own unit first."""
    unit = found.units.get(found.reader.unit)
    if unit is None:
        return []
    row = html.A(
        [html.Span(found.text(unit.title), className="scene-title"), _score(found, unit.id)],
        href=unit_href(unit.id, found.words.language),
        className="scene-link own-unit spread",
    )
    return [html.Section([_head(found.words("index.own"), ""), row])]


def _scenes(found: Lookup) -> list[html.Section]:
    if not found.model.scenes:
        return []
    head = _head(found.words("index.scenes"), found.words("index.scenes.note"))
    return [html.Section([head, html.Div([_scene(found, scene) for scene in found.model.scenes],
                                         className="scene-list")])]  # fmt: skip


def _units(found: Lookup) -> list[html.Section]:
    levels, tops = _levels(found), [unit for unit in found.model.units if unit.parent is None]
    rows = [row for unit in tops for row in _branch(found, unit, levels)]
    head = _head(found.words("index.units"), found.words("index.units.note"))
    held = any(is_withheld(found, unit.id) for unit in found.model.units)
    why = [html.P(found.words("withheld.why"), className="home-note")] if held else []
    return [html.Section([head, html.Div(rows, className="unit-list"), *why])]


def _head(title: str, note: str) -> html.Div:
    return html.Div([html.H2(title), html.Span(note)], className="list-head")


def _score(found: Lookup, unit_id: str) -> html.Span:
    own = found.unit_score(unit_id)
    if is_withheld(found, unit_id):
        return html.Span(found.words("withheld.short"), className="home-withheld")
    if own is None:
        return html.Span()
    fresh = unit_freshness(found, unit_id)
    shown = own.status.value if fresh is Freshness.LIVE else fresh.value
    number = html.Span(formats.score(own.score), className="number")
    return html.Span([glyph(), number], className="home-score", **data(**{"is": shown}))


def _scene(found: Lookup, scene: Scene) -> html.A:
    words = found.words
    unit = scene.unit or found.root
    kpis = [words("index.kpis", n=len(scene.kpis))] if scene.kpis else []
    about = [found.text(found.units[unit].title), *kpis]
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
