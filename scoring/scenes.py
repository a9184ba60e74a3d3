"""What walls show: scenes of tiles, playlists that rotate them, the shapes of maps and the colours of the brand.

A tile takes whole cells of a grid: 16 columns by 12 rows on a landscape wall, 8 by 22 on a portrait one.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from .alerts.rules import Severity
from .forms import ClockTime, Definition, DurationS, NameId, Text, UnitId, Weekday

#: Cells of the grid that tiles are placed on; a cell is about 100 u wide and 65 u high on either.
COLUMNS, ROWS = 16, 12
PORTRAIT_COLUMNS, PORTRAIT_ROWS = 8, 22

#: The fewest columns and rows that a kind of tile can be read in on a landscape wall.
SMALLEST: Mapping[str, tuple[int, int]] = {
    "hero": (4, 5),
    "kpi": (3, 3),
    "ranking": (4, 4),
    "trend": (4, 4),
    "gauge": (3, 3),
    "bars": (4, 3),
    "heat": (5, 4),
    "map": (4, 5),
    "lines": (8, 4),
    "list": (3, 4),
    "exceptions": (4, 3),
    "changes": (8, 1),
    "text": (3, 2),
    "announcements": (4, 2),
    "celebration": (3, 3),
}


def smallest_portrait(kind: str) -> tuple[int, int]:
    """The fewest columns and rows on a portrait wall, whose columns are as wide: the widest tiles make do with less.

    >>> smallest_portrait("hero"), smallest_portrait("lines")
    ((4, 5), (6, 4))
    """
    columns, rows = SMALLEST[kind]
    return min(columns, 6), rows


class Place(Definition):
    """Where a tile stands: its first column and row, counted from 1, and how many of each it takes."""

    column: int = Field(ge=1, le=COLUMNS)
    row: int = Field(ge=1, le=PORTRAIT_ROWS)
    columns: int = Field(ge=1, le=COLUMNS)
    rows: int = Field(ge=1, le=PORTRAIT_ROWS)


class BaseTile(Definition):
    """What all tiles have: a place, and a unit of their own where it is not the scene's."""

    at: Place
    portrait: Place | None = Field(None, description="place on a portrait wall; none of any tile: packed in order")
    unit: UnitId | None = Field(None, description="whose numbers; none: the scene's unit")


class HeroTile(BaseTile):
    """The unit's score against its target, and the sum that makes it; with `kpi`, that KPI as the hero."""

    tile: Literal["hero"]
    kpi: NameId | None = None


class KpiTile(BaseTile):
    """One KPI: value, status, sparkline, bar, target, weight, score and age."""

    tile: Literal["kpi"]
    kpi: NameId


class RankingTile(BaseTile):
    """The units of a kind below the unit, best first: by score, or by what they attain of a KPI."""

    tile: Literal["ranking"]
    of: str = Field("", description="unit kind to rank; empty: the unit's children")
    kpi: NameId | None = None
    title: Text = ""


class TrendTile(BaseTile):
    """A KPI over the buckets of its period, with its target and the range it will end in."""

    tile: Literal["trend"]
    kpi: NameId


class GaugeTile(BaseTile):
    """What a KPI attains, on an arc with its status bands and its target."""

    tile: Literal["gauge"]
    kpi: NameId


class BarsTile(BaseTile):
    """A KPI as bars: per bucket against the plan of each, or per unit against its target."""

    tile: Literal["bars"]
    kpi: NameId
    by: Literal["bucket", "unit"] = "bucket"
    of: str = Field("", description="by unit: the unit kind; empty: the unit's children")
    title: Text = ""


class HeatTile(BaseTile):
    """Units by KPIs: what each attains, as a coloured cell with its shape."""

    tile: Literal["heat"]
    kpis: list[NameId] = Field(min_length=1, max_length=8)
    of: str = Field("", description="unit kind; empty: the unit's children")
    title: Text = ""


class MapTile(BaseTile):
    """Units on a map of the model's own shapes, by score or by a KPI."""

    tile: Literal["map"]
    map: NameId
    kpi: NameId | None = None
    title: Text = ""


class LinesTile(BaseTile):
    """Andon: the state of each line from a table, since when and why, with its output and other KPIs beside it.

    `states` says which value of the field `state` means what.
    """

    tile: Literal["lines"]
    table: NameId
    state: NameId = Field(description="the field that holds the state")
    states: dict[str, Literal["running", "stopped", "slow", "planned"]]
    about: list[NameId] = Field([], max_length=3, description="fields told of a line, the first most prominently")
    reason: NameId | None = Field(None, description="the field that says why a line is not running")
    kpis: list[NameId] = Field([], max_length=3, description="KPIs of the line; the first as large number")
    of: str = Field("", description="unit kind of the lines; empty: the unit's children")
    title: Text = ""


class ListTile(BaseTile):
    """Rows of a table, such as late orders: the first field as title, a number at the right, the rest below."""

    tile: Literal["list"]
    table: NameId
    title: Text
    name: NameId = Field(description="the field that names a row")
    number: NameId | None = Field(None, description="the field shown large; rows are sorted by it, largest first")
    number_title: Text = Field("", description="what the number counts, such as days late")
    about: list[NameId] = Field([], max_length=3, description="fields told below the name")
    bad: bool = Field(True, description="rows are faults: their count is red above none")


class ExceptionsTile(BaseTile):
    """Quiet sources and KPIs off target, by what they cost."""

    tile: Literal["exceptions"]


class ChangesTile(BaseTile):
    """What changed its status last, on one line."""

    tile: Literal["changes"]


class TextTile(BaseTile):
    """A text of the model: a rule, a slogan, a contact."""

    tile: Literal["text"]
    title: Text = ""
    text: Text


class AnnouncementsTile(BaseTile):
    """What was announced on the desk for the unit or one above it, until it ends."""

    tile: Literal["announcements"]


class CelebrationTile(BaseTile):
    """Targets reached in the running period; a new one is celebrated once, for at most six seconds."""

    tile: Literal["celebration"]
    kpis: list[NameId] = Field([], description="none: all of the unit's KPIs that accrue")
    of: str = Field("", description="unit kind whose targets count too")
    quiet: bool = Field(False, description="no celebration over the whole wall; for shop floors")


Tile = Annotated[
    HeroTile
    | KpiTile
    | RankingTile
    | TrendTile
    | GaugeTile
    | BarsTile
    | HeatTile
    | MapTile
    | LinesTile
    | ListTile
    | ExceptionsTile
    | ChangesTile
    | TextTile
    | AnnouncementsTile
    | CelebrationTile,
    Field(discriminator="tile"),
]


class Scene(Definition):
    """What one wall shows: either KPIs, which are then arranged by themselves, or tiles in places of their own.

    A scene without a unit shows the unit of the screen.
    """

    id: NameId
    title: Text
    unit: UnitId | None = None
    kpis: list[NameId] = Field([], max_length=12)
    ranking: str = Field("", description="unit kind to rank; empty: the unit's children")
    ranking_title: Text = ""
    trend: NameId | None = None
    tiles: list[Tile] = Field([], max_length=24)


class Watch(Definition):
    """Something that a playlist reacts to: a unit's score or KPI, while it has one of these statuses; or alerts."""

    unit: UnitId | None = Field(None, description="none: the unit that the scene shows")
    kpi: NameId | None = Field(None, description="none: the unit's score")
    status: list[Literal["watch", "bad"]] = ["bad"]
    alert: Severity | None = Field(
        None, description="instead of a status: an alert at least as severe stands at the unit or below it"
    )


class PlaylistItem(Definition):
    """A scene in a playlist: how long, when, and what makes it stay or jump in."""

    scene: NameId
    unit: UnitId | None = Field(None, description="for a scene without a unit; none: the screen's")
    dwell: DurationS = Field(30, gt=0)
    hours: tuple[ClockTime, ClockTime] | None = Field(None, description="business clock; none: all day")
    weekdays: list[Weekday] = []
    shifts: list[NameId] = []
    working_days_only: bool = False
    pinned: bool = Field(False, description="while its time has come, nothing else is shown; for the stand-up")
    stays_while: Watch | None = None
    stays_at_most: DurationS = Field(300, gt=0)
    jumps_in_when: Watch | None = None
    jumps_in_for: DurationS = Field(20, gt=0)
    only_jumps: bool = Field(False, description="has no turn of its own: it is shown when it jumps in")


class Night(Definition):
    """Hours in which a screen is dimmed: a black layer of this opacity, in percent."""

    hours: tuple[ClockTime, ClockTime]
    dim: Decimal = Field(Decimal(50), ge=10, le=90)


class Playlist(Definition):
    """Scenes that a screen shows in turn."""

    id: NameId
    title: Text
    items: list[PlaylistItem] = Field(min_length=1, max_length=40)
    theme: Literal["dark", "light", "brand"] = "dark"
    night: Night | None = None


Colour = Annotated[str, Field(pattern=r"^#[0-9A-Fa-f]{6}$")]


class Brand(Definition):
    """The company's colours for the theme `brand`; status colours stay, so that they mean the same everywhere."""

    dark: bool = True
    ground: Colour
    surface: Colour
    accent: Colour


class Shape(Definition):
    """An area of a map, as closed rings of (x, y); with a unit it takes the unit's status."""

    unit: UnitId | None = None
    title: Text = ""
    rings: list[list[tuple[float, float]]] = Field(min_length=1)


class Spot(Definition):
    """A point of a map that stands for a unit."""

    unit: UnitId
    x: float
    y: float


class Map(Definition):
    """A drawing that units are shown on: a coast, a site, a floor; y grows downwards, units are its own."""

    id: NameId
    title: Text = ""
    shapes: list[Shape] = []
    spots: list[Spot] = []
    source: str = Field("", description="where the shapes come from, and under which licence")
