"""What phones may follow, with whose moves it moves, and whose kept pages are whose."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scoring.board import POINT, Board
from scoring.definitions import Model
from scoring.roles import Capability
from streams.redis_adapters.pins import MOST_PINS
from wall.people.viewer import Viewer
from wall.phone_pages import owner_of
from wall.phone_stream import KINDS, follows, moving, place, view_of
from wall.sight.look import WHOLE, Look, Sight, sight_below
from wall.sight.visible import Sights, Visible


def _seen(model: Model, board: Board, sight: Sight) -> Visible:
    return Sights().visible(model, sight, board.as_of_ms)


@pytest.mark.parametrize(
    ("kind", "name", "may"),
    [
        ("phone", "d1", True),
        ("phone", "d1:otd", True),
        ("peers", "d1", True),
        ("peers", "d1:claims", True),
        ("pins", "d1:otd,d1:claims", True),
        ("phone", "co", False),
        ("phone", "d2:otd", False),
        ("phone", "nowhere", False),
        ("phone", "d1:nothing", False),
        ("peers", "d0", False),
        ("pins", "d1:otd,d2:otd", False),
        ("pins", "d1", False),
        ("pins", "", False),
    ],
)
def test_what_is_hidden_is_followed_as_little_as_what_does_not_exist(
    model: Model, board: Board, kind: str, name: str, may: bool
) -> None:
    assert follows(kind, name, _seen(model, board, sight_below("d1"))) is may


def test_more_pins_than_an_account_may_have_are_not_followed(model: Model, board: Board) -> None:
    seen = _seen(model, board, WHOLE)
    names = [f"{unit.id}:{kpi.id}" for unit in model.units for kpi in model.kpis]
    assert follows("pins", ",".join(names), seen)
    many = model.model_copy(
        update={"units": [*model.units, *(model.units[1].model_copy(update={"id": f"e{n}"}) for n in range(9))]}
    )
    names = [f"{unit.id}:{kpi.id}" for unit in many.units for kpi in many.kpis]
    assert len(names) > MOST_PINS
    assert not follows("pins", ",".join(names), _seen(many, board, WHOLE))


def test_a_view_shows_what_it_is_named_by(model: Model, board: Board) -> None:
    assert "hero.score" in view_of("phone", "d1", model, board, "en")
    assert view_of("phone", "d1:otd", model, board, "en")["header.title"] == "On time"
    assert "peer.d2.score" in view_of("peers", "d1:otd", model, board, "en")
    assert "d1:otd.value" in view_of("pins", "d1:otd,co:claims", model, board, "en")
    assert view_of("alerts", "all", model, board, "en")["alerts.count"] == ""
    assert set(KINDS) == {"phone", "peers", "pins", "alerts"}


def test_a_page_moves_with_what_it_shows_and_not_with_every_peer(model: Model, board: Board) -> None:
    assert moving("phone", "d1", model) == ("d1",)
    assert moving("peers", "d1", model) == moving("phone", "d1:otd", model) == ("co",)
    assert moving("peers", "co", model) == ("co",)
    assert moving("pins", "d1:otd,d2:otd,d1:claims", model) == ("d1", "d2")
    before = place("phone", "d1", model, board)
    little = {"d2": replace(board.units["d2"], score=(board.units["d2"].score or 0) + POINT // 1000)}
    assert place("phone", "d1", model, replace(board, units={**board.units, **little})) == before
    best = {"d2": replace(board.units["d2"], score=200 * POINT)}
    assert place("phone", "d1", model, replace(board, units={**board.units, **best})) != before


def test_kept_pages_are_of_one_account_one_session_and_one_sight() -> None:
    def viewer(name: str, session: str, sight: Sight) -> Viewer:
        return Viewer("person", name, "", {Capability.VIEW: sight}, session=session)

    several = [
        viewer("kim", "1", WHOLE),
        viewer("lee", "1", WHOLE),
        viewer("kim", "2", WHOLE),
        viewer("kim", "1", sight_below("d1")),
        viewer("kim", "1", Sight(frozenset({Look("d1", "total")}))),
    ]
    assert len({owner_of(one) for one in several}) == len(several)
    assert owner_of(several[0]) == owner_of(viewer("kim", "1", WHOLE))
