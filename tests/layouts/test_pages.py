"""Pages: every bound key exists, nothing leaves the host, and every address leads somewhere."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

import flask
import pytest

from layouts.alerts.facts import AlertFact
from layouts.arrangement import arrange
from layouts.index_page import index_page
from layouts.lookup import Announcement
from layouts.stories import EventPage, KpiStory, UnitStory
from layouts.wall_page import wall_stage
from layouts.wall_view import wall_view
from layouts.words import LANGUAGES, Words
from scoring.board import Board
from scoring.definitions import Model
from scoring.forms import PeriodKind
from scoring.waterfall import Waterfall
from wall.dash_app import Address, address_of, content_security_policy, create_dash, page_of
from wall.wall_pages import add_wall_pages

BOUND = (
    "text",
    "status",
    "fresh",
    "fill",
    "at",
    "has",
    "grow",
    "slot",
    "sort",
    "flag",
    "size_key",
    "red_key",
    "age",
    "chart",
)
ASSETS = Path(str(files("layouts").joinpath("assets")))


class Site:
    """A site with one board."""

    version = "1"
    software = "1"

    def __init__(self, model: Model, board: Board) -> None:
        self.model = model
        self._board = board

    def board(self) -> Board:
        """The board."""
        return self._board

    def now_ms(self) -> int:
        """The board's own time."""
        return self._board.as_of_ms

    def announced(self, made: Sequence[Announcement]) -> list[Announcement]:
        """Everything: nothing is hidden here."""
        return list(made)

    def alerts(self) -> list[AlertFact]:
        """None stand."""
        return []


class NoStories:
    """A site before its first board: nothing to explain yet."""

    def explain_unit(self, unit: str) -> UnitStory | None:
        """None."""
        return None

    def explain_kpi(self, unit: str, kpi: str) -> KpiStory | None:
        """None."""
        return None

    def shows_events(self, unit: str, kpi: str) -> bool:
        """Nobody."""
        return False

    def moved_since(self, unit: str, kind: PeriodKind) -> Waterfall | None:
        """Unknown."""
        return None

    def events_behind(self, unit: str, kpi: str, cursor: str | None, language: str) -> EventPage:
        """No events."""
        return EventPage((), None, 0, True)


class NoScreens:
    """A site without screens."""

    def screen_of(self, presented: str) -> None:
        """None."""

    def frame(self, screen_id: str) -> dict[str, Any]:
        """There is none."""
        raise KeyError(screen_id)

    def announcements(self) -> tuple[Announcement, ...]:
        """None."""
        return ()


def elements(page: Any) -> Iterator[dict[str, Any]]:
    """The properties of every element of a page."""
    plain: Any = page
    tree = json.loads(json.dumps(plain.to_plotly_json(), default=lambda part: part.to_plotly_json()))
    waiting = [tree]
    while waiting:
        part = waiting.pop()
        if isinstance(part, list):
            waiting.extend(part)
        elif isinstance(part, dict):
            yield part.get("props", {})
            waiting.append(part.get("props", {}).get("children"))


def bound_keys(page: Any) -> set[str]:
    """The view keys that a page's elements name."""
    names = [f"data-{name.replace('_', '-')}" for name in BOUND]
    return {props[name] for props in elements(page) for name in names if name in props}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_key_a_page_binds_is_in_its_view(model: Model, board: Board, language: str) -> None:
    wall = bound_keys(wall_stage(model, board, "main", language, "1"))
    assert wall <= set(wall_view(model, board, "main", language))


def test_pages_are_complete_before_the_first_board(model: Model) -> None:
    empty = Board(0, "1", 0)
    assert list(elements(wall_stage(model, empty, "main", "en", "1")))
    assert list(elements(index_page(model, empty, "en")))


def test_all_languages_have_the_same_words_with_the_same_blanks() -> None:
    tables = [Words.of(language).table for language in LANGUAGES]
    assert tables[0].keys() == tables[1].keys()
    allowed_to_differ = {"date.day", "since", "period.month", "period.quarter"}
    for key in tables[0].keys() - allowed_to_differ:
        blanks = [sorted(set(re.findall(r"\{(\w+)\}", table[key]))) for table in tables]
        assert blanks[0] == blanks[1], key


def test_assets_name_no_other_host() -> None:
    for path in [*ASSETS.rglob("*.css"), *ASSETS.rglob("*.js")]:
        hosts = set(re.findall(r"https?://[^/\"')]+", path.read_text("utf-8")))
        assert hosts <= {"http://www.w3.org"}, path.name


def test_every_arrangement_of_one_to_twelve_tiles_fills_its_rows() -> None:
    for count in range(1, 13):
        for objectives in range(1, 6):
            shape = arrange([(f"k{n}", f"o{n % objectives}") for n in range(count)])
            assert sum(len(group.kpis) for group in shape.groups) == count
            assert shape.rows <= 3
            assert shape.columns <= 4
            for group in shape.groups:
                assert sum(group.spans) % 12 == 0


@pytest.mark.parametrize(
    ("path", "query", "address"),
    [
        ("/", "", Address("home", "", "zh-CN")),
        ("/wall/main", "?lang=en", Address("wall", "main", "en")),
        ("/wall/main", "?lang=xx", Address("wall", "main", "zh-CN")),
        ("/a/b/c", "", Address("missing", "/a/b/c", "zh-CN")),
        ("/explain/d0", "", Address("explain", "d0", "zh-CN")),
        ("/explain/d0/otd", "?lang=en", Address("explain", "d0", "en", "otd")),
    ],
)
def test_addresses(model: Model, path: str, query: str, address: Address) -> None:
    assert address_of(path, query, model) == address


@pytest.mark.parametrize("path", ["/wall/nope", "/nope/x/y", "/explain/nope", "/explain/co/nope", "/explain/co/otd"])
def test_a_wrong_address_gets_a_notice_and_links(model: Model, board: Board, path: str) -> None:
    page = list(elements(page_of(address_of(path, "", model), Site(model, board), NoStories())))
    assert any(props.get("className") == "notice" for props in page)
    assert any(str(props.get("href", "")).startswith("/wall/main") for props in page)


def test_the_index_names_language_page_and_title_and_the_policy_forbids_inline_scripts(
    model: Model, board: Board
) -> None:
    server = flask.Flask("test")
    site = Site(model, board)
    add_wall_pages(server, site, NoScreens())
    app = create_dash(server, site, NoStories())
    html = server.test_client().get("/wall/main?lang=en").get_data(as_text=True)
    assert '<html lang="en" data-page="wall" data-theme="dark" data-ink="light">' in html
    assert "<title>Main</title>" in html
    assert not re.findall(r"(?:src|href)=\"https?://", html)
    policy = content_security_policy(app)
    assert "script-src 'self' 'sha256-" in policy
    assert "'unsafe-eval'" not in policy


def test_every_word_is_used() -> None:
    rooms = [Path(str(files(room))) for room in ("layouts", "wall")]
    code = "".join(path.read_text("utf-8") for room in rooms for path in room.rglob("*.py"))
    spelled = set(re.findall(r"[\"']([a-z]+(?:\.[a-z_]+)*)[\"']", code))
    stems = set(re.findall(r"f\"([a-z.]+\.)\{", code)) | {"ago.", "span."}
    unused = {key for key in Words.of("en").table if key not in spelled and not key.startswith(tuple(stems))}
    assert not unused
