"""Phone pages: worst first, nothing bound that no stream brings, words where numbers are missing, nothing hidden."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from html.parser import HTMLParser
from typing import Any

import pytest

from layouts.lookup import lookup
from layouts.markup import markup
from layouts.phone.document import Document, manifest, phone_document
from layouts.phone.frame import PhoneReader
from layouts.phone.kpi_page import kpi_page
from layouts.phone.kpi_views import kpi_page_view, pinned_view
from layouts.phone.notes import missing_unit_page, nothing_page, offline_page
from layouts.phone.peers_page import peers_page
from layouts.phone.peers_view import peers_view
from layouts.phone.pinned_page import pinned_page
from layouts.phone.trend_page import Seen, trend_lines, trend_page
from layouts.phone.unit_page import unit_page
from layouts.phone.unit_view import phone_view
from layouts.phone.way import Step, kpi_way, unit_way
from layouts.words import LANGUAGES, Words
from scoring.board import Board, Freshness, KpiResult, UnitScore
from scoring.definitions import Model
from tests.layouts.boards import ATTAINED, DAY_MS, NOON_MS, board_of
from wall.results.timeline import PeriodPoint
from wall.wall_pages import asset

BOUND = ("text", "status", "fill", "at", "has", "sort", "flag", "size-key", "age", "span")
READER = PhoneReader("1", "co", (("co", "otd"), ("d1", "claims")), can_pin=True)


class _Elements(HTMLParser):
    """The attributes of every element, and all text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[dict[str, str]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.found.append({"tag": tag, **{name: value or "" for name, value in attrs}})

    def handle_data(self, data: str) -> None:
        self.text += data

    @property
    def hrefs(self) -> list[str]:
        """Where the page leads."""
        return [one["href"] for one in self.found if "href" in one]

    def bound(self) -> set[str]:
        """The keys that elements name; an age may be the browser's own."""
        return {one[f"data-{name}"] for one in self.found for name in BOUND if one.get(f"data-{name}")}


def _parsed(page: Any) -> _Elements:
    return _Elements(markup(page))


PAGES: dict[str, tuple[Callable[..., Any], Callable[..., Any]]] = {
    "unit": (
        lambda model, board, language: unit_page(model, board, "co", language, READER),
        lambda model, board, language: phone_view(model, board, "co", language),
    ),
    "unit below": (
        lambda model, board, language: unit_page(model, board, "d1", language, READER),
        lambda model, board, language: phone_view(model, board, "d1", language),
    ),
    "KPI": (
        lambda model, board, language: kpi_page(model, board, "d1", "otd", language, READER),
        lambda model, board, language: kpi_page_view(model, board, "d1", "otd", language),
    ),
    "peers by score": (
        lambda model, board, language: peers_page(model, board, "d1", "", language, READER),
        lambda model, board, language: peers_view(model, board, "d1", "", language),
    ),
    "peers by KPI": (
        lambda model, board, language: peers_page(model, board, "d1", "claims", language, READER),
        lambda model, board, language: peers_view(model, board, "d1", "claims", language),
    ),
    "pins": (
        lambda model, board, language: pinned_page(model, board, language, READER, "co"),
        lambda model, board, language: pinned_view(model, board, READER.pins, language),
    ),
    "trend": (
        lambda model, board, language: trend_page(model, board, "d1", "week", language, READER),
        lambda model, board, language: phone_view(model, board, "d1", language),
    ),
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", PAGES)
def test_every_key_a_page_binds_is_in_the_view_that_it_follows(
    model: Model, board: Board, name: str, language: str
) -> None:
    make, view = PAGES[name]
    page = _parsed(make(model, board, language))
    assert len(page.bound()) > 3
    assert page.bound() <= set(view(model, board, language))


@pytest.mark.parametrize("name", PAGES)
def test_a_page_stands_before_the_first_board(model: Model, name: str) -> None:
    assert _parsed(PAGES[name][0](model, Board(0, "1", 0), "en")).found


@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_one_title_and_every_button_has_words(model: Model, board: Board, name: str) -> None:
    html = markup(PAGES[name][0](model, board, "en"))
    assert html.count("<h1") == 1
    for button in html.split("<button")[1:]:
        inner = _Elements("<button" + button.split("</button>")[0])
        hidden = inner.found[0].get("data-off") == "1"
        assert hidden or inner.text.strip() or inner.found[0].get("aria-label"), button[:80]


def test_the_worst_kpi_is_first_and_what_is_good_is_folded_to_one_line(model: Model, board: Board) -> None:
    view = phone_view(model, board, "d0", "zh-CN")
    assert [view[f"kpi.{kpi}.sort"] for kpi in ("otd", "claims", "revenue")] == [0, 1, 1002]
    assert [view[f"kpi.{kpi}.good"] for kpi in ("otd", "claims", "revenue")] == [False, False, True]
    assert (view["fold.kpis"], view["fold.kpis.names"]) == ("达标 1 项", "营业收入")
    cards = [href for href in _parsed(unit_page(model, board, "d0", "en", READER)).hrefs if "/kpi/" in href]
    assert cards == [f"/phone/d0/kpi/{kpi}?lang=en" for kpi in ("otd", "claims", "revenue")]


def test_a_kpi_whose_source_is_silent_is_never_folded_as_good(model: Model) -> None:
    board = board_of(model, {**ATTAINED, "claims": Fraction(2)}, {"qms": Freshness.SILENT})
    view = phone_view(model, board, "d0", "en")
    assert view["kpi.claims.status"] == "silent"
    assert view["kpi.claims.good"] is False


def test_the_changes_as_shown_add_up_to_the_change_as_shown(model: Model, board: Board) -> None:
    view = phone_view(model, board, "d0", "en")
    shown = [str(view[f"delta.{kpi}.text"]) for kpi in ("revenue", "otd", "claims", "units", "rest") if
             view.get(f"delta.{kpi}.text")]  # fmt: skip
    total = sum(Fraction(one.replace("−", "-")) for one in shown)
    assert total == Fraction(str(view["delta.total"]).replace("−", "-")) != 0


def test_a_place_counts_only_those_who_are_seen(model: Model, board: Board) -> None:
    assert phone_view(model, board, "d0", "en")["phone.rank"] == "1 / 3"
    seen = model.model_copy(update={"units": [unit for unit in model.units if unit.id != "d2"]})
    assert phone_view(seen, board, "d0", "en")["phone.rank"] == "1 / 2"
    alone = model.model_copy(update={"units": [unit for unit in model.units if unit.id in ("co", "d0")]})
    assert phone_view(alone, board, "d0", "en")["phone.rank"] == ""
    page = _parsed(peers_page(alone, board, "d0", "", "en", READER))
    assert "Nobody to compare with" in page.text
    assert "D1" not in page.text


def test_peers_stand_by_rank_and_one_s_own_row_says_so(model: Model, board: Board) -> None:
    view = peers_view(model, board, "d1", "otd", "en")
    assert [view[f"peer.d{n}.place"] for n in range(3)] == ["1", "2", "3"]
    own = [one for one in _parsed(peers_page(model, board, "d1", "otd", "en", READER)).found if "own" in
           one.get("class", "").split() and one["tag"] == "a"]  # fmt: skip
    assert [one["href"] for one in own] == ["/phone/d1/kpi/otd?lang=en"]


def test_a_withheld_unit_says_why_in_words(model: Model, board: Board) -> None:
    hidden = replace(board, units={}, kpis={key: one for key, one in board.kpis.items() if key[0] != "d0"})
    reader = replace(READER, withheld=lambda unit: unit == "d0", shows=lambda unit, _: unit != "d0")
    own = _parsed(unit_page(model, hidden, "d0", "zh-CN", reader))
    assert "样本太少" in own.text
    assert "准时交付率" not in own.text, "a KPI that is not shown has no name here"
    above = _parsed(unit_page(model, hidden, "co", "zh-CN", reader))
    assert above.text.count("数值不予显示") == 1


def test_what_is_not_explained_has_no_way_to_why(model: Model, board: Board) -> None:
    mute = replace(READER, explained=lambda _: False)
    for page in (unit_page(model, board, "co", "en", mute), kpi_page(model, board, "co", "otd", "en", mute)):
        assert not [href for href in _parsed(page).hrefs if href.startswith("/explain")]
    assert "/explain/co/otd?lang=en" in _parsed(kpi_page(model, board, "co", "otd", "en", READER)).hrefs


def test_swipes_lead_to_peers_and_to_what_stands_above(model: Model, board: Board) -> None:
    found = lookup(model, board, "en")
    way = unit_way(found, found.units["d1"])
    assert [step.href for step in (way.up, way.before, way.after) if step] == [
        "/phone/co?lang=en", "/phone/d0?lang=en", "/phone/d2?lang=en",
    ]  # fmt: skip
    way = kpi_way(found, found.units["d1"], "revenue")
    assert way.before is None
    assert way.after is not None
    assert way.after.href == "/phone/d1/kpi/otd?lang=en"
    tab = unit_way(found, found.units["d1"], "peers", {"by": "otd"})
    assert tab.after is not None
    assert tab.after.href == "/phone/d2/peers?lang=en&by=otd"


def test_pins_keep_their_order_and_without_any_say_how(model: Model, board: Board) -> None:
    page = _parsed(pinned_page(model, board, "en", READER, "co"))
    assert [one["data-name"] for one in page.found if "data-name" in one] == ["co/otd", "d1/claims"]
    assert [one["data-push"] for one in page.found if "data-push" in one] == [
        "/push/pins/co%3Aotd%2Cd1%3Aclaims?lang=en"
    ]
    none = _parsed(pinned_page(model, board, "en", replace(READER, pins=()), "co"))
    assert "tap “Pin”" in none.text
    cannot = _parsed(pinned_page(model, board, "en", replace(READER, pins=(), can_pin=False), "co"))
    assert "Sign in" in cannot.text


def _points(board: Board) -> list[PeriodPoint]:
    """Three months: nothing is known of the first."""
    month = 30 * DAY_MS
    starts = [NOON_MS - 15 * DAY_MS - n * month for n in (2, 1, 0)]
    kpis: dict[str, KpiResult] = {kpi: one for (unit, kpi), one in board.kpis.items() if unit == "co"}
    score: UnitScore = board.units["co"]
    return [PeriodPoint(start, start + month, n == 2, score if n else None, kpis if n else {})
            for n, start in enumerate(starts)]  # fmt: skip


def test_a_trend_has_a_line_for_what_is_seen_only(model: Model, board: Board) -> None:
    found = lookup(model, board, "en")
    unit = found.units["co"]
    all_seen = _parsed(trend_lines(found, unit, "month", _points(board), Seen(True, frozenset({"otd", "claims"}))))
    assert [one["aria-label"].split(":")[0] for one in all_seen.found if one.get("role") == "img"] == [
        "Weighted score", "On time", "Claims",
    ]  # fmt: skip
    told = next(one["aria-label"] for one in all_seen.found if one.get("aria-label", "").startswith("On time"))
    assert told == "On time: 2026 –; Feb 74.0%; Mar 74.0%"
    less = _parsed(trend_lines(found, unit, "month", _points(board), Seen(False, frozenset({"claims"}))))
    assert "Revenue" not in less.text
    assert "Weighted score" not in less.text
    assert "Claims" in less.text
    nothing = _parsed(trend_lines(found, unit, "month", [], Seen(False, frozenset())))
    assert "No past yet" in nothing.text


def test_a_gap_in_the_past_is_a_gap_in_the_line(model: Model, board: Board) -> None:
    found = lookup(model, board, "en")
    points = _points(board)
    points = [points[1], points[0], points[2]]
    page = _parsed(trend_lines(found, found.units["co"], "month", points, Seen(True, frozenset())))
    assert [one for one in page.found if one["tag"] == "polyline"] == []
    assert len([one for one in page.found if "trend-dot" in one.get("class", "")]) == 2


def test_pages_without_numbers_say_what_to_do(model: Model, board: Board) -> None:
    assert "does not exist, or it is not shown" in _parsed(missing_unit_page(model, board, "en", READER)).text
    assert "Nobody has given you a role" in _parsed(nothing_page(model, board, "en", PhoneReader("1"))).text
    assert _parsed(offline_page(Words.of("zh-CN"))).text.startswith("没有连接")


def test_the_document_leads_to_no_other_host_and_runs_no_script_of_its_own(model: Model, board: Board) -> None:
    about = Document(Words.of("en"), "1", "abc", "Kim <Lee>", ())
    html = phone_document(about, "A & B", unit_page(model, board, "co", "en", READER), asset)
    page = _Elements(html)
    assert all(one.get("src") for one in page.found if one["tag"] == "script")
    assert all(not one.get("src", "/").startswith("http") for one in page.found)
    assert all(href.startswith(("/", "#")) for href in page.hrefs)
    assert "Kim &lt;Lee&gt;" in html
    assert "<title>A &amp; B</title>" in html


def test_somebody_with_several_roots_may_begin_at_each(model: Model, board: Board) -> None:
    entries = (Step("/phone/d0?lang=en", "D0"), Step("/phone/d2?lang=en", "D2"))
    page = unit_page(model, board, "d0", "en", READER)
    for shown in (entries, entries[:1]):
        found = _Elements(phone_document(Document(Words.of("en"), "1", "o", "Kim", shown), "D0", page, asset))
        lines = [
            one["href"] for one in found.found if one.get("class") == "sheet-line" and "/phone/" in one.get("href", "")
        ]
        assert lines == ([step.href for step in shown] if len(shown) > 1 else [])


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_manifest_installs_the_own_page_in_the_reader_s_language(language: str) -> None:
    found = manifest(Words.of(language), asset)
    assert (found["start_url"], found["scope"]) == ("/phone", "/")
    assert found["name"] == {"zh-CN": "经营看板", "en": "KPI wall"}[language]
    assert {one["sizes"] for one in found["icons"]} == {"192x192", "512x512"}
    assert {one["purpose"] for one in found["icons"]} == {"any", "maskable"}


def test_ages_stand_before_any_script_runs(model: Model, board: Board) -> None:
    page = markup(unit_page(model, board, "co", "en", READER))
    assert page.count("4 s ago") == 1 + len(model.kpis)
    stale = board_of(model, freshness={"erp": Freshness.STALE})
    assert "12:00" not in page
    assert "11:59 · 4 s" in markup(unit_page(model, stale, "co", "en", READER))
