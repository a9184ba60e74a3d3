"""Analysis shows what the board says, groups sum to what they are groups of, and files hold what is seen."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import flask
import pytest
from dash import html
from openpyxl import load_workbook

from deploy.models.arrival import Arrival
from deploy.models.factory import plant
from deploy.models.factory.shop_floor import events
from layouts.analysis.facts import VIEWS, AnalysisFacts
from layouts.analysis.sheet import Cell, Column, Entry, Row, Sheet, sheet_data, sorted_rows
from layouts.words import LANGUAGES, Words
from scoring.board import POINT
from scoring.calendar import BusinessCalendar
from scoring.roles import Capability
from streams.redis_adapters.site import Clock
from tests.desk.counted_site import board_at, counted_site
from tests.samples import folders, recount
from tests.support.servers import RedisNode
from wall.board_follower import LoadedBoard
from wall.desk.analysis import Analysis, add_analysis, analysis_room
from wall.desk.analysis_export import Header, as_csv, as_workbook
from wall.desk.analysis_scope import Scope, scope_of
from wall.desk.desk import Desk
from wall.desk.permits import ANALYSIS, EXPORT
from wall.journal import Entry as Noted
from wall.people.audit import PREFIX, Act
from wall.people.viewer import Viewer
from wall.results.courses import courses
from wall.results.dimensions import Dimensions
from wall.results.kpi_reading import KpiReader
from wall.results.timeline import Timelines
from wall.sight.look import Look
from wall.wiring import Site

from .viewers import ADMIN, able, asking, sight_of
from .viewers import scope_of as environ_of

BEGIN = dt.datetime(2026, 2, 20, tzinfo=plant.ZONE)
NOW = dt.datetime(2026, 3, 18, 14, 24, tzinfo=plant.ZONE)
NOW_MS = int(NOW.timestamp() * 1000)
MANAGER = able(Capability.VIEW, Capability.EXPORT, sight=sight_of("assembly"))
#: Sees one line of two that make a sum: neither the sum nor a group of it may tell the other.
NARROW = able(Capability.VIEW, Capability.EXPORT, sight=sight_of(Look("assembly", "total"), "asm-1", "asm-2"))


@dataclass
class Factory:
    site: Site
    view: LoadedBoard
    arrivals: list[Arrival]

    @property
    def analysis(self) -> Analysis:
        timelines, reader = Timelines(self.site, self.view), KpiReader(self.site, self.view)
        return Analysis(Desk(self.site, self.view), timelines, reader)

    def facts(self, view: str, viewer: Viewer = ADMIN, language: str = "en", **asked: str) -> AnalysisFacts:
        with asking(viewer):
            analysis = self.analysis
            return analysis.facts(view, scope_of(analysis.desk, language, ANALYSIS), asked)

    def page(self, view: str, viewer: Viewer, **asked: str) -> str:
        with asking(viewer):
            found = analysis_room(self.analysis, view, asked, "en")
            assert isinstance(found, html.Div)
            return json.dumps(found.to_plotly_json(), default=lambda one: one.to_plotly_json(), ensure_ascii=False)

    def file(self, name: str, viewer: Viewer = ADMIN) -> Any:
        server = flask.Flask("test")
        server.add_url_rule("/<path:path>", "/<path:path>", lambda path: (f"no page {path}", 404))
        add_analysis(server, self.analysis)
        return server.test_client().get(f"/desk/analysis/{name}", environ_overrides=environ_of(viewer))


@pytest.fixture(scope="module")
def factory() -> Iterator[Factory]:
    with RedisNode(appendfsync="everysec") as node:
        arrivals = list(events(int(BEGIN.timestamp() * 1000), NOW_MS))
        site = counted_site(node.url, folders.read("factory"), arrivals)
        site.store.set_clock(Clock(NOW_MS, time.time_ns() // 1_000_000, 1.0))
        yield Factory(site, board_at(site, NOW_MS), arrivals)


def matrix(facts: AnalysisFacts) -> dict[tuple[str, str], Cell]:
    sheet = facts.sheets[0]
    return {
        (row.cells[0].entry(0).text, column.key): cell
        for row in sheet.rows
        for column, cell in zip(sheet.columns, row.cells, strict=True)
    }


def test_every_cell_of_the_matrix_is_the_boards(factory: Factory) -> None:
    model, board = folders.read("factory"), factory.view.board()
    titles = {unit.id: str(unit.title["en"]) for unit in model.units if isinstance(unit.title, dict)}
    shown = matrix(factory.facts("matrix"))
    numbers = {key: [entry.number for entry in cell.entries] for key, cell in shown.items() if cell.entry(0).text}
    expected: dict[tuple[str, str], list[Fraction | None]] = {
        (titles[unit], kpi): [one.value, one.attainment, None if one.score is None else Fraction(one.score, POINT)]
        for (unit, kpi), one in board.kpis.items()
    }
    kpis = {kpi.id for kpi in model.kpis}
    assert {key: found for key, found in numbers.items() if key[1] in kpis} == expected
    for unit, scored in board.units.items():
        assert shown[titles[unit], "points"].entry(0).number == (
            None if scored.score is None else Fraction(scored.score, POINT)
        )


def test_the_reds_stand_first_and_any_column_sorts(factory: Factory) -> None:
    reds = [
        sum(cell.status == "bad" for cell in row.cells[2:]) for row in sorted_rows(factory.facts("matrix").sheets[0])
    ]
    assert reds == sorted(reds, reverse=True)
    assert reds[0] > reds[-1]
    for way in ("", "down"):
        sheet = factory.facts("matrix", sort="oee", dir=way, mode="score").sheets[0]
        at = [column.key for column in sheet.columns].index("oee")
        known = [one for row in sorted_rows(sheet) if (one := row.cells[at].entry(2).number) is not None]
        assert known == sorted(known, reverse=bool(way))
        assert len(known) > 3


def test_the_browser_is_told_the_order_that_files_have(factory: Factory) -> None:
    for asked in ({"sort": "oee"}, {"sort": "unit", "dir": "down"}, {"sort": "points", "mode": "attained"}, {}):
        sheet = factory.facts("matrix", **asked).sheets[0]
        data = sheet_data(sheet)
        places = list(range(len(sheet.rows)))
        if data["sort"] == "reds":
            places.sort(key=lambda place: data["reds"][place])
        else:
            at = [column[0] for column in data["columns"]].index(data["sort"])
            ranks = data["ranks"][data["mode"]][at]
            known = sorted((one for one in places if ranks[one] is not None), key=lambda one: ranks[one],
                           reverse=bool(data["down"]))  # fmt: skip
            places = known + [one for one in places if ranks[one] is None]
        assert [sheet.rows[place] for place in places] == sorted_rows(sheet)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("view", VIEWS)
def test_what_is_hidden_is_nowhere_on_a_page_or_in_a_file(factory: Factory, view: str, language: str) -> None:
    model = folders.read("factory")
    inside = {"assembly", "asm-1", "asm-2", "asm-3"}
    names = {str(text) for unit in model.units if unit.id not in inside
             for text in (unit.title.values() if isinstance(unit.title, dict) else [unit.title])}  # fmt: skip
    ids = {f'"{unit.id}"' for unit in model.units if unit.id not in inside}
    asked = {"unit": "marketing", "units": "marketing,east,asm-1", "kpis": "revenue,oee", "kpi": "revenue"}
    page = factory.page(view, MANAGER, **asked)
    company = {str(text) for text in (model.title.values() if isinstance(model.title, dict) else [model.title])}
    assert [one for one in (names | ids) - company if one in page] == []
    query = "&".join(f"{key}={value}" for key, value in asked.items())
    answer = factory.file(f"{view}.csv?lang={language}&{query}", MANAGER)
    assert answer.status_code == 200
    rows = [cell for row in csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))) for cell in row]
    assert [one for one in names - company if one in rows] == []


def test_a_hidden_unit_and_one_that_does_not_exist_look_alike(factory: Factory) -> None:
    for view in VIEWS:
        hidden = factory.facts(view, MANAGER, unit="marketing", units="marketing", kpi="revenue")
        nowhere = factory.facts(view, MANAGER, unit="nowhere", units="nowhere", kpi="nothing")
        assert hidden == nowhere


def test_groups_are_kept_from_who_does_not_see_all_below(factory: Factory) -> None:
    words = Words.of("en")
    seen = factory.facts("groups", MANAGER, unit="assembly", kpi="first_pass_yield")
    assert seen.sheets
    for viewer in (NARROW, able(Capability.VIEW, sight=sight_of(Look("assembly", "children"), "asm-1"))):
        facts = factory.facts("groups", viewer, unit="assembly", kpi="first_pass_yield")
        if viewer is NARROW:
            assert not facts.sheets
            assert facts.empty in (words("analysis.groups.hidden"), words("analysis.groups.none"))


@pytest.mark.parametrize(
    ("unit", "kpi", "by", "adds"),
    [
        ("group", "first_pass_yield", "product", False),
        ("assembly", "first_pass_yield", "product", False),
        ("asm-2", "output", "product", True),
        ("east", "new_orders", "customer", True),
        ("group", "complaints_ppm", "fault", True),
        ("casting", "downtime", "reason", True),
    ],
)
def test_groups_sum_exactly_to_the_kpis_own_numbers(factory: Factory, unit: str, kpi: str, by: str, adds: bool) -> None:
    model = folders.read("factory")
    calendar = BusinessCalendar(model.calendar)
    reader = KpiReader(factory.site, factory.view)
    period = calendar.period_at("month", NOW_MS)
    found = Dimensions(reader).of(unit, kpi, by, period, NOW_MS)
    assert found is not None
    assert found.adds == adds
    board = factory.view.board().kpis[unit, kpi]
    assert (found.result.value, found.result.metrics) == (board.value, board.metrics)
    for metric in found.metrics:
        assert sum(one.amounts[metric.id] for one in found.groups) == found.whole[metric.id]
        assert {one.value: one.amounts[metric.id] for one in found.groups if one.amounts[metric.id]} == counted_by(
            factory, metric.id, unit, by
        )
    if adds:
        assert sum((one.result or Fraction(0)) for one in found.groups) == board.value


def counted_by(factory: Factory, metric: str, unit: str, by: str) -> dict[str, Fraction]:
    """Brute force over the events of March: what each value of a field adds to a metric at and below a unit."""
    model = folders.read("factory")
    declared = next(one for one in model.metrics if one.id == metric)
    alone = model.model_copy(update={"metrics": [declared]})
    above = {one.id: one.parent for one in model.units}
    groups: dict[str, list[Arrival]] = defaultdict(list)
    for arrival in factory.arrivals:
        event = arrival.event
        if isinstance(event, bytes) or event["type"].removesuffix(".corrected") != declared.event:
            continue
        if event["type"].endswith(".corrected"):
            sides = {event["data"][side][by] for side in ("before", "after") if event["data"][side] is not None}
            assert len(sides) == 1, "the samples never correct a field that is a dimension"
            groups[sides.pop()].append(arrival)
        else:
            groups[event["data"][by]].append(arrival)
    found = {}
    for value, arrivals in groups.items():
        sums = recount.metric_sums(alone, arrivals)
        total = sum((amount for (_, at, day), amount in sums.items()
                     if day.month == 3 and within(at, unit, above)), Fraction(0))  # fmt: skip
        if total:
            found[value] = total
    return found


def within(at: str | None, unit: str, above: dict[str, str | None]) -> bool:
    while at is not None and at != unit:
        at = above[at]
    return at == unit


def test_a_course_ends_at_the_boards_value_and_an_earlier_one_at_its_own(factory: Factory) -> None:
    calendar = BusinessCalendar(folders.read("factory").calendar)
    running = calendar.period_at("month", NOW_MS)
    before = calendar.period_at("month", running.start_ms - 1)
    reader = KpiReader(factory.site, factory.view)
    earlier, now = courses(reader, calendar, "group", "revenue", [before, running], NOW_MS)
    board = factory.view.board().kpis["group", "revenue"]
    assert now.steps[-1].value == board.value
    assert now.running
    assert earlier.steps[-1].value == earlier.result.value
    sums = recount.metric_sums(folders.read("factory"), factory.arrivals)
    for course, month in ((earlier, 2), (now, 3)):
        days: dict[dt.date, Fraction] = defaultdict(Fraction)
        for (metric, _, day), amount in sums.items():
            if metric == "revenue" and day.month == month:
                days[day] += amount
        for step in course.steps:
            last = (dt.datetime.fromtimestamp(step.end_ms / 1000, plant.ZONE) - dt.timedelta(seconds=1)).date()
            assert (step.value or 0) == sum(amount for day, amount in days.items() if day <= last)
    shares = [step.share for step in now.steps]
    assert shares == sorted(shares)
    at = earlier.at(now.steps[-1].share)
    passed = [step for step in earlier.steps if step.share <= now.steps[-1].share]
    assert at == passed[-1].value


def test_ranks_and_differences_are_of_what_is_shown_only(factory: Factory) -> None:
    facts = factory.facts("compare", units="asm-2,asm-1,asm-3", kpis="oee,-score")
    sheet, board = facts.sheets[0], factory.view.board()
    rows = [row for row in sheet.rows if not row.group.startswith("Score")]
    values = [board.kpis[unit, "oee"] for unit in ("asm-2", "asm-1", "asm-3")]
    assert [row.cells[1].entry(0).number for row in rows] == [one.value for one in values]
    assert [row.cells[5].entry(0).number for row in rows[1:]] == [
        (one.value or 0) - (values[0].value or 0) for one in values[1:]
    ]
    attained = [one.attainment or Fraction(0) for one in values]
    ranks = [f"{1 + sum(other > one for other in attained)}/3" for one in attained]
    assert [row.cells[7].entry(0).text for row in rows] == ranks
    narrowed = factory.facts("compare", MANAGER, units="asm-2,east,asm-1", kpis="oee")
    assert [row.cells[7].entry(0).text.split("/")[1] for row in narrowed.sheets[0].rows] == ["2", "2"]


def test_a_file_needs_the_capability_and_is_noted_before_it_leaves(factory: Factory) -> None:
    before = noted(factory)
    assert factory.file("matrix.csv", able(Capability.VIEW, sight=sight_of("assembly"))).status_code == 404
    assert factory.file("nothing.csv").status_code == 404
    assert factory.file("matrix.pdf").status_code == 404
    assert noted(factory) == before
    assert factory.file("matrix.csv").status_code == 200
    newest = noted(factory)[-1]
    assert len(noted(factory)) == len(before) + 1
    assert newest.body["what"] == "analysis/matrix.csv"
    assert (newest.body["rows"], newest.body["who"]) == (len(factory.facts("matrix").sheets[0].rows), ADMIN.name)


def noted(factory: Factory) -> list[Noted]:
    return factory.site.trail.entries(PREFIX + Act.EXPORTED)


def test_a_file_reaches_no_further_than_the_roles_that_may_export(factory: Factory) -> None:
    viewer = Viewer("person", "bob", "Bob",
                    {Capability.VIEW: sight_of("assembly"), Capability.EXPORT: sight_of("asm-1")})  # fmt: skip
    page = {row.cells[0].entry(0).text for row in factory.facts("matrix", viewer).sheets[0].rows}
    rows = list(csv.reader(io.StringIO(factory.file("matrix.csv?lang=en", viewer).data.decode("utf-8-sig"))))
    at = next(at for at, row in enumerate(rows) if row and row[0] == "Unit" and len(row) > 2)
    assert [row[0] for row in rows[at + 1 :]] == ["Assembly line 1"]
    assert "Final assembly" in page


def test_a_workbook_has_typed_numbers_and_says_what_it_is(factory: Factory) -> None:
    answer = factory.file("matrix.xlsx?lang=en&unit=assembly&mode=attained")
    book = load_workbook(io.BytesIO(answer.data))
    about = {row[0].value: row[1].value for row in book.worksheets[0].iter_rows() if row[0].value}
    assert about["Taken by"] == "Ann"
    assert about["Units below"] == "Final assembly"
    assert about["Model version"] == folders.read("factory").version
    assert about["As of"].startswith("2026-03-18 14:24:00")
    sheet = book.worksheets[1]
    heads = [cell.value for cell in sheet[1]]
    at = next(at for at, head in enumerate(heads) if str(head).startswith("OEE"))
    numbers = [row[at] for row in sheet.iter_rows(min_row=2) if row[at].value is not None and row[at].value != ""]
    assert numbers
    board = factory.view.board()
    expected = sorted(float(one.attainment or 0) for (unit, kpi), one in board.kpis.items()
                      if kpi == "oee" and unit in {"assembly", "asm-1", "asm-2", "asm-3"})  # fmt: skip
    assert sorted(cell.value for cell in numbers) == pytest.approx(expected, rel=1e-14)
    assert {cell.number_format for cell in numbers} == {"0.0%"}


def hostile(text: str) -> AnalysisFacts:
    rows = (Row((Cell((Entry(text),)), Cell((Entry("−5", Fraction(-5)),)))),)
    sheet = Sheet(text, (Column("a", text, is_text=True), Column("b", text)), rows)
    return AnalysisFacts("matrix", {}, (), (sheet,))


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1+cmd|' /C calc'!A0", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_text_of_a_file_is_taken_for_a_formula_and_numbers_stay_numbers(text: str) -> None:
    words, header = Words.of("en"), Header(((text, text),))
    rows = list(csv.reader(io.StringIO(as_csv(words, header, hostile(text)).decode("utf-8-sig"), newline="")))
    cells = [cell for row in rows for cell in row]
    assert all(not cell.startswith(("=", "+", "@", "\t", "\r")) for cell in cells)
    assert [cell for cell in cells if cell.startswith("-")] == ["-5"]
    book = load_workbook(io.BytesIO(as_workbook(words, header, hostile(text))))
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            assert all(cell.data_type != "f" for cell in row)
    assert book.worksheets[1].cell(2, 2).value == -5


def test_scope_names_no_unit_twice_and_none_that_is_hidden(factory: Factory) -> None:
    with asking(MANAGER):
        scope: Scope = scope_of(factory.analysis.desk, "en", ANALYSIS, EXPORT)
        assert [unit.id for unit, _ in scope.below("")] == ["assembly", "asm-1", "asm-2", "asm-3"]


def test_a_period_counted_in_part_is_told_and_compared_with_nothing(factory: Factory) -> None:
    words = Words.of("en")
    facts = factory.facts("timeline", units="group", kpis="revenue", kind="month")
    notes = [column.note for column in facts.sheets[0].columns[1:-1]]
    assert notes == [words("analysis.partly"), words("analysis.running")]
    assert not facts.sheets[0].rows[0].cells[-1].entry(0).text
    assert len(facts.sheets) == 1
    assert not facts.charts


def test_a_running_day_is_set_against_earlier_ones_when_as_much_of_them_had_passed(factory: Factory) -> None:
    facts = factory.facts("timeline", units="assembly", kpis="output_today", kind="day")
    rows = facts.sheets[1].rows
    now = factory.view.board().kpis["assembly", "output_today"].value
    assert rows[0].marked
    assert rows[0].cells[1].entry(0).number == now
    for row in rows[1:]:
        then, apart, end = (row.cells[at].entry(0).number for at in (1, 2, 3))
        assert then is not None
        assert end is not None
        assert then < end
        assert now is not None
        assert apart == now - then
    assert len(rows) == 4


def test_without_the_first_unit_the_next_one_that_has_the_kpi_is_compared_with(factory: Factory) -> None:
    rows = factory.facts("compare", units="marketing,hydraulics,assembly", kpis="on_time_delivery").sheets[0].rows
    board = factory.view.board()
    assert [row.marked for row in rows] == [True, False]
    apart = (board.kpis["assembly", "on_time_delivery"].value or 0) - (
        board.kpis["hydraulics", "on_time_delivery"].value or 0
    )
    assert rows[1].cells[5].entry(0).number == apart
