"""Writes maps.yaml: the counties around New York harbour, from the county boundaries of the US Census Bureau.

npm pack us-atlas@3.0.1 && tar xzf us-atlas-3.0.1.tgz
python -m deploy.models.airline.area_map package/counties-10m.json
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from math import cos, hypot, radians
from pathlib import Path
from typing import Any

Point = tuple[float, float]
Ring = list[Point]

#: What is drawn, in degrees: west, south, east, north.
WEST, SOUTH, EAST, NORTH = -74.40, 40.45, -73.45, 40.95
#: The drawing's width; points nearer to the line between their neighbours than this are left out; smaller islands too.
WIDTH, TOLERANCE, LEAST_AREA = 1000, 0.7, 40
COUNTIES = {
    "34027": "", "34035": "", "34023": "", "34025": "", "34031": "", "36087": "", "36119": "", "36103": "", "09001": "",
    "34003": "{en: Bergen, zh-CN: 伯根县}", "34013": "{en: Essex, zh-CN: 埃塞克斯县}",
    "34017": "{en: Hudson, zh-CN: 哈德逊县}", "34039": "{en: Union, zh-CN: 尤宁县}",
    "36059": "{en: Nassau, zh-CN: 拿骚县}", "36005": "{en: The Bronx, zh-CN: 布朗克斯}",
    "36061": "{en: Manhattan, zh-CN: 曼哈顿}", "36081": "{en: Queens, zh-CN: 皇后区}",
    "36047": "{en: Brooklyn, zh-CN: 布鲁克林}", "36085": "{en: Staten Island, zh-CN: 斯塔滕岛}",
}  # fmt: skip
AIRPORTS = {"EWR": (-74.1687, 40.6925), "JFK": (-73.7789, 40.6398), "LGA": (-73.8726, 40.7772)}
HEAD = """\
# yaml-language-server: $schema=../model.schema.json
# Written by area_map.py; y grows downwards, 1000 units are the width.
maps:
  - id: harbour
    title: {en: New York harbour, zh-CN: 纽约港}
    source: >-
      County boundaries of the US Census Bureau, 2017 (public domain), from the package us-atlas 3.0.1
      (Copyright 2013-2019 Michael Bostock, ISC licence), projected and simplified.
    shapes:
"""


def main() -> None:
    """Read the topology named on the command line, write the map beside this file."""
    topology = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    arcs = [_decoded(arc, topology["transform"]) for arc in topology["arcs"]]
    shapes = {county["id"]: county for county in topology["objects"]["counties"]["geometries"]}
    lines = [HEAD]
    for county, title in COUNTIES.items():
        rings = [ring for outline in _outlines(shapes[county], arcs) if (ring := _drawn(outline))]
        if rings:
            named = f"title: {title}, " if title else ""
            lines.append(f"      - {{{named}rings: [{', '.join(_text(ring) for ring in rings)}]}}\n")
    lines.append("    spots:\n")
    for airport, place in AIRPORTS.items():
        x, y = _projected(place)
        lines.append(f"      - {{unit: {airport}, x: {x:.0f}, y: {y:.0f}}}\n")
    Path(__file__).with_name("maps.yaml").write_text("".join(lines), "utf-8")


def _decoded(arc: Sequence[Sequence[int]], transform: Any) -> Ring:
    """TopoJSON keeps differences of quantized coordinates."""
    x = y = 0
    found = []
    for dx, dy in arc:
        x, y = x + dx, y + dy
        found.append((x * transform["scale"][0] + transform["translate"][0],
                      y * transform["scale"][1] + transform["translate"][1]))  # fmt: skip
    return found


def _outlines(shape: Any, arcs: Sequence[Ring]) -> list[Ring]:
    """The outer ring of each polygon; none of these counties has a hole."""
    polygons = shape["arcs"] if shape["type"] == "MultiPolygon" else [shape["arcs"]]
    return [
        [point for arc in polygon[0] for point in (arcs[arc] if arc >= 0 else arcs[~arc][::-1])[:-1]]
        for polygon in polygons
    ]


def _drawn(outline: Ring) -> Ring:
    """Cut to the frame, projected, simplified; empty if next to nothing is left."""
    for axis, edge, keeps in ((0, WEST, 1), (0, EAST, -1), (1, SOUTH, 1), (1, NORTH, -1)):
        outline = _clipped(outline, axis, edge, keeps)
    ring = _simplified([_projected(point) for point in outline])
    doubled = sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in zip(ring, [*ring[1:], *ring[:1]], strict=True))
    return ring if abs(doubled) / 2 >= LEAST_AREA else []


def _clipped(ring: Ring, axis: int, edge: float, keeps: int) -> Ring:
    """What lies on one side of a line along an axis (Sutherland and Hodgman)."""
    found: Ring = []
    for one, other in zip(ring, [*ring[1:], *ring[:1]], strict=True):
        inside, follows = ((point[axis] - edge) * keeps >= 0 for point in (one, other))
        if inside:
            found.append(one)
        if inside != follows:
            share = (edge - one[axis]) / (other[axis] - one[axis])
            found.append((one[0] + share * (other[0] - one[0]), one[1] + share * (other[1] - one[1])))
    return found


def _projected(point: Point) -> Point:
    """Plate carrée, true at the middle latitude: over one degree nobody sees a difference."""
    scale = WIDTH / (EAST - WEST)
    return (point[0] - WEST) * scale, (NORTH - point[1]) * scale / cos(radians((SOUTH + NORTH) / 2))


def _simplified(ring: Ring) -> Ring:
    """Without points near the line between their neighbours (Douglas and Peucker), from two far corners."""
    if len(ring) < 4:
        return ring
    far = max(range(len(ring)), key=lambda at: hypot(ring[at][0] - ring[0][0], ring[at][1] - ring[0][1]))
    return [*_kept(ring[: far + 1])[:-1], *_kept([*ring[far:], ring[0]])[:-1]]


def _kept(line: Ring) -> Ring:
    (x0, y0), (x1, y1) = line[0], line[-1]
    length = hypot(x1 - x0, y1 - y0) or 1.0
    away = [abs((x1 - x0) * (y0 - y) - (x0 - x) * (y1 - y0)) / length for x, y in line]
    worst = max(range(len(line)), key=away.__getitem__)
    if away[worst] <= TOLERANCE:
        return [line[0], line[-1]]
    return [*_kept(line[: worst + 1])[:-1], *_kept(line[worst:])]


def _text(ring: Ring) -> str:
    return f"[{', '.join(f'[{x:.0f}, {y:.0f}]' for x, y in ring)}]"


if __name__ == "__main__":
    main()
