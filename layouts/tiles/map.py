"""The map: shapes as SVG, labels as text above them, and a list beside or below."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from dash import html

from scoring.scenes import Map, Shape

from ..bindings import age, data, freshness, glyph, hidden_without, link, number, status, text
from ..links import explain_href
from ..lookup import Lookup, View
from ..map_labels import MapLabels
from ..map_layout import Canvas, Placed
from ..map_view import MapRoom, map_units
from ..markup import Element, svg
from ..room import Slots, seen
from .chart_parts import hatching

WALLS = ("landscape", "portrait")
Looks = tuple[tuple[MapRoom, MapLabels], tuple[MapRoom, MapLabels]]


def map_tile(found: Lookup, view: View, drawn: Map, looks: Looks) -> html.Section:
    """Head, drawing with labels, and list."""
    newest = html.Span(age(view, "map.event_ms", "note age"), **hidden_without(view, "map.event_ms"))
    note = html.Div([text(view, "map.note", "note"), newest], className="heat-note")
    canvas: list[Any] = [_drawing(view, drawn, looks), *_spots(view, drawn, looks[0][0].canvas),
                         *_labels(found, view, drawn, looks)]  # fmt: skip
    slots = Slots(*(room.rows for room, _ in looks))
    rows = [_row(view, f"row.{place}", slots.only(place)) for place in range(slots.most)]
    lists = data(list=looks[0][0].list, upright_list=looks[1][0].list)
    return html.Section(
        [
            html.Div([html.H2(text(view, "map.title", "")), note], className="panel-head"),
            html.Div([html.Div(canvas, className="map-canvas"), html.Div(rows, className="map-list")],
                     className="map-body", **lists),
        ],
        className="map chart-panel panel",
        style=_sizes(drawn, looks),
        **freshness(view, "map.freshness"),
    )  # fmt: skip


def _sizes(drawn: Map, looks: Looks) -> dict[str, str]:
    found = {"--hatch": f"url(#hatch-{drawn.id})"}
    for wall, (room, _) in zip(("", "upright-"), looks, strict=True):
        found[f"--{wall}w"] = _rem(room.canvas.width)
        found[f"--{wall}h"] = _rem(room.canvas.height)
    return found


def _rem(u: float) -> str:
    return f"{u / 10:.2f}rem"


def _drawing(view: View, drawn: Map, looks: Looks) -> Element:
    room = looks[0][0].canvas
    box = f"{room.left:g} {room.top:g} {room.width / room.scale:.3f} {room.height / room.scale:.3f}"
    lines = [
        svg("g", *_leaders(labels, look.canvas), className=f"map-leaders only-{wall}")
        for wall, (look, labels) in zip(WALLS, looks, strict=True)
    ]
    hatch = hatching(f"hatch-{drawn.id}", round(8 / room.scale, 3))
    shapes = (_shape(view, shape) for shape in drawn.shapes)
    return svg("svg", hatch, *shapes, *lines, viewBox=box, **{"aria-hidden": "true"})


def _shape(view: View, shape: Shape) -> Element:
    path = "".join(f"M{'L'.join(f'{x:g} {y:g}' for x, y in ring)}Z" for ring in shape.rings)
    if shape.unit is None:
        return svg("path", d=path, className="map-land")
    return svg("path", d=path, className="map-area", **status(view, f"unit.{shape.unit}.status"))


def _leaders(labels: MapLabels, room: Canvas) -> Iterator[Element]:
    """Lines, in units of the map, from the nearest point of a label that was pushed aside to what it tells of."""
    for one in labels.units.values():
        if one.led:
            x, y = one.label.at
            near = (min(max(x, one.box.left), one.box.right), min(max(y, one.box.top), one.box.bottom))
            (x0, y0), (x1, y1) = _unscaled(near, room), _unscaled((x, y), room)
            yield svg("path", d=f"M{x0:.2f} {y0:.2f}L{x1:.2f} {y1:.2f}")


def _unscaled(point: tuple[float, float], room: Canvas) -> tuple[float, float]:
    return point[0] / room.scale + room.left, point[1] / room.scale + room.top


def _spots(view: View, drawn: Map, room: Canvas) -> list[html.Div]:
    found = []
    for spot in drawn.spots:
        x, y = room.at((spot.x, spot.y))
        place = {"left": f"{x / room.width * 100:.3f}%", "top": f"{y / room.height * 100:.3f}%"}
        found.append(html.Div(glyph(), className="map-spot", style=place, **status(view, f"unit.{spot.unit}.status")))
    return found


def _labels(found: Lookup, view: View, drawn: Map, looks: Looks) -> Iterator[Any]:
    """Labels of units lead to what explains them; the name of what is no unit is only text."""
    on_spots = {spot.unit for spot in drawn.spots}
    for unit in map_units(found, drawn):
        places = [labels.units.get(unit.id) for _, labels in looks]
        key = f"unit.{unit.id}"
        marks: list[Any] = [] if unit.id in on_spots else [glyph()]
        yield html.A(
            [html.Span(found.short(unit), className="map-name"),
             html.Span([*marks, number(view, f"{key}.number", "map-number")], className="map-value")],
            href=explain_href(unit.id, found.words.language),
            className=f"map-label {_types(places)} {_seen(places)}",
            style=_place(places),
            **status(view, f"{key}.status"),
        )  # fmt: skip
    for at, shape in enumerate(drawn.shapes):
        places = [labels.plain.get(at) for _, labels in looks]
        if any(places):
            yield html.Span(found.text(shape.title), className=f"map-plain {_seen(places)}", style=_place(places))


def _types(places: Sequence[Placed | None]) -> str:
    """Classes for the form and the side of a label on either wall, such as `landscape-small landscape-start`."""
    pairs = zip(WALLS, places, strict=True)
    return " ".join(f"{wall}-{one.form.name} {wall}-{one.side}" for wall, one in pairs if one is not None)


def _seen(places: Sequence[Placed | None]) -> str:
    return f"only-{seen(places[0] is not None, places[1] is not None)}"


def _place(places: Sequence[Placed | None]) -> dict[str, str]:
    """Where a label's middle is, on either wall."""
    found: dict[str, str] = {}
    for wall, one in zip(("", "upright-"), places, strict=True):
        if one is not None:
            found |= {f"--{wall}x": _rem(one.centre[0]), f"--{wall}y": _rem(one.centre[1])}
    return found


def _row(view: View, prefix: str, only: str) -> html.A:
    return html.A(
        [glyph(), text(view, f"{prefix}.name", "map-row-name"), number(view, f"{prefix}.number", "map-row-number")],
        className=f"map-row only-{only}",
        **status(view, f"{prefix}.status"),
        **link(view, f"{prefix}.link"),
    )
