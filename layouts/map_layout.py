"""Where a map's labels stand: inside their shapes or beside their spots, none on another, or not at all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import hypot

from scoring.scenes import Map

Point = tuple[float, float]
Ring = Sequence[Point]

#: Steps of the search for the point that lies deepest in a shape, each finer than the one before.
GRID, REFINEMENTS = 14, 4
#: Of points that lie about as deep the one nearest to the middle is taken: a step away is worth this much depth.
TO_THE_MIDDLE = 0.05
#: A label keeps this distance from others and from the edge; it may reach this far out of its shape; and it stands this
#: far from the spot it tells of, in u.
CLEAR, BEYOND, BESIDE = 4, 2, 18
#: Directions and distances (in heights of the label) tried for a label of a spot that has no room beside it.
AROUND = ((0, -1), (0, 1), (1, 0), (-1, 0), (1, -1), (-1, -1), (1, 1), (-1, 1))
DISTANCES = (1.0, 1.5, 2.2)


@dataclass(frozen=True, slots=True)
class Canvas:
    """A map drawn at a size: u per unit of the map, and the map's corner that is at 0, 0."""

    width: float
    height: float
    scale: float
    left: float
    top: float

    def at(self, point: Point) -> Point:
        """A point of the map in u."""
        return (point[0] - self.left) * self.scale, (point[1] - self.top) * self.scale


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in u."""

    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Form:
    """One way to write a label, and its size in u."""

    name: str
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Label:
    """What belongs to a point of the map (u), in the forms it may take, best first.

    With a `room` it stands at its point, in the first form that lies in the room; without, beside its point.
    """

    key: str
    at: Point
    forms: tuple[Form, ...]
    room: Box | None = None


@dataclass(frozen=True, slots=True)
class Placed:
    """A label in a form with its box, and whether a line must tell what it belongs to."""

    label: Label
    form: Form
    box: Box
    led: bool = False

    @property
    def centre(self) -> Point:
        """Its middle."""
        return (self.box.left + self.box.right) / 2, (self.box.top + self.box.bottom) / 2

    @property
    def side(self) -> str:
        """On which side of its point it stands: start (its left end is near), end or middle."""
        if self.box.left > self.label.at[0]:
            return "start"
        return "end" if self.box.right < self.label.at[0] else "middle"


def canvas(drawn: Map, width: float, height: float) -> Canvas:
    """The map as large as it fits in a room, with a margin for strokes and glyphs at its edges."""
    points = [point for shape in drawn.shapes for ring in shape.rings for point in ring]
    points += [(spot.x, spot.y) for spot in drawn.spots]
    xs, ys = [x for x, _ in points], [y for _, y in points]
    margin = max(max(xs) - min(xs), max(ys) - min(ys), 1e-6) * 0.01
    wide, high = max(xs) - min(xs) + 2 * margin, max(ys) - min(ys) + 2 * margin
    scale = min(width / wide, height / high)
    return Canvas(wide * scale, high * scale, scale, min(xs) - margin, min(ys) - margin)


def pole(rings: Sequence[Ring], stretch: float = 1.0) -> Point:
    """The middle of the place where a label of this width per height lies deepest in the largest ring.

    The pole of inaccessibility of the ring pressed together by `stretch`, by a grid that is refined.

    >>> pole([[(0, 0), (10, 0), (10, 4), (4, 4), (4, 10), (0, 10)]])
    (2.3, 2.3)
    >>> pole([[(0, 0), (30, 0), (30, 10), (0, 10)]], 3.0)
    (15.0, 5.0)
    """
    ring = max(rings, key=_area)
    pressed = [[(x / stretch, y) for x, y in one] for one in rings]
    xs, ys = [x / stretch for x, _ in ring], [y for _, y in ring]
    left, top, right, bottom = min(xs), min(ys), max(xs), max(ys)
    middle = best = ((left + right) / 2, (top + bottom) / 2)

    def worth(point: Point) -> float:
        return _depth(point, pressed) - TO_THE_MIDDLE * hypot(point[0] - middle[0], point[1] - middle[1])

    for _ in range(REFINEMENTS):
        best = max([best, *_grid(left, top, right, bottom)], key=worth)
        wide, high = (right - left) / GRID, (bottom - top) / GRID
        left, right, top, bottom = best[0] - wide, best[0] + wide, best[1] - high, best[1] + high
    return round(best[0] * stretch, 1), round(best[1], 1)


def _area(ring: Ring) -> float:
    turned = zip(ring, [*ring[1:], *ring[:1]], strict=True)
    return abs(sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in turned)) / 2


def _grid(left: float, top: float, right: float, bottom: float) -> Iterator[Point]:
    for row in range(GRID):
        for column in range(GRID):
            yield left + (right - left) * (column + 0.5) / GRID, top + (bottom - top) * (row + 0.5) / GRID


def _depth(point: Point, rings: Sequence[Ring]) -> float:
    """The distance to the nearest edge; negative outside."""
    edges = [(one, other) for ring in rings for one, other in zip(ring, [*ring[1:], *ring[:1]], strict=True)]
    away = min(_distance(point, one, other) for one, other in edges)
    crossed = sum(_crosses(point, one, other) for one, other in edges)
    return away if crossed % 2 else -away


def _distance(point: Point, one: Point, other: Point) -> float:
    (x, y), (x0, y0), (dx, dy) = point, one, (other[0] - one[0], other[1] - one[1])
    length = dx * dx + dy * dy
    along = 0.0 if not length else max(0.0, min(1.0, ((x - x0) * dx + (y - y0) * dy) / length))
    return hypot(x - x0 - along * dx, y - y0 - along * dy)


def _crosses(point: Point, one: Point, other: Point) -> bool:
    """Whether a ray to the right crosses the edge."""
    if (one[1] > point[1]) == (other[1] > point[1]):
        return False
    return point[0] < one[0] + (point[1] - one[1]) * (other[0] - one[0]) / (other[1] - one[1])


def placed(labels: Sequence[Label], room: Canvas) -> list[Placed]:
    """The labels that find a place, earlier ones first, each in the first of its forms that does."""
    kept: list[Placed] = []
    spots = [label.at for label in labels if label.room is None]
    for label in labels:
        tried = (one for form in label.forms for one in _candidates(label, form))
        found = next((one for one in tried if _fits(one, room, kept, spots)), None)
        if found is not None:
            kept.append(found)
    return kept


def _candidates(label: Label, form: Form) -> Iterator[Placed]:
    (x, y), wide, high = label.at, form.width / 2, form.height / 2
    if label.room is not None:
        yield Placed(label, form, _around((x, y), form))
        return
    for middle in ((x + BESIDE + wide, y), (x - BESIDE - wide, y), (x, y - BESIDE - high), (x, y + BESIDE + high)):
        yield Placed(label, form, _around(middle, form))
    for distance in DISTANCES:
        for across, down in AROUND:
            middle = (x + across * (wide + distance * form.height), y + down * distance * form.height)
            yield Placed(label, form, _around(middle, form), led=True)


def _around(middle: Point, form: Form) -> Box:
    (x, y), wide, high = middle, form.width / 2, form.height / 2
    return Box(x - wide, y - high, x + wide, y + high)


def _fits(one: Placed, room: Canvas, kept: Sequence[Placed], spots: Sequence[Point]) -> bool:
    if not _within(one.box, Box(0, 0, room.width, room.height), -CLEAR):
        return False
    if one.label.room is not None and not _within(one.box, one.label.room, BEYOND):
        return False
    reach = BESIDE - CLEAR - 1
    near = Box(one.box.left - reach, one.box.top - reach, one.box.right + reach, one.box.bottom + reach)
    if any(near.left < x < near.right and near.top < y < near.bottom for x, y in spots):
        return False
    return not any(_overlap(one.box, other.box) for other in kept)


def _within(box: Box, room: Box, beyond: float) -> bool:
    across = box.left >= room.left - beyond and box.right <= room.right + beyond
    return across and box.top >= room.top - beyond and box.bottom <= room.bottom + beyond


def _overlap(one: Box, other: Box) -> bool:
    across = min(one.right, other.right) - max(one.left, other.left)
    return across > -CLEAR and min(one.bottom, other.bottom) - max(one.top, other.top) > -CLEAR
