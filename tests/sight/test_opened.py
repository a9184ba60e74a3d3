"""Which numbers are withheld: a sum must not tell the one part of it that is hidden."""

from __future__ import annotations

import datetime as dt

import pytest

from scoring.board import Board
from scoring.definitions import Model
from scoring.editions import edition
from scoring.roles import Capability, Role
from tests.server.teams import change, teams
from wall.sight.look import WHOLE, Grant, Look, Sight, sights_of
from wall.sight.visible import Visible, visible


def seen(*looks: Look, model: Model | None = None) -> Visible:
    """What looks show of the small company: red has ann and bob, blue has cat."""
    return visible(model or teams(), Sight(frozenset(looks)))


def test_a_whole_sight_is_the_model_and_the_board_themselves() -> None:
    model, board = teams(), Board(1, "1", 0)
    found = visible(model, WHOLE)
    assert found.model is model
    assert found.board(board) is board
    assert found.sees_all_below("company")


def test_nothing_is_seen_without_a_look() -> None:
    found = seen()
    assert found.model.units == []
    assert found.model.kpis == []
    assert not found.has_unit("company")


def test_a_person_sees_the_own_unit_only() -> None:
    found = seen(Look("ann", "total"))
    assert [unit.id for unit in found.model.units] == ["ann"]
    assert found.model.units[0].parent is None
    assert found.sees_score("ann")
    assert not found.withholds("ann")
    assert "red" not in found.model.model_dump_json()


@pytest.mark.parametrize(
    ("looks", "shown", "withheld"),
    [
        # Two hidden people stand together; one alone would be told by the team's sum.
        ([Look("red", "total")], {"red"}, set()),
        ([Look("blue", "total")], set(), {"blue"}),
        ([Look("red", "total"), Look("ann", "total")], {"ann"}, {"red"}),
        ([Look("red", "total"), Look("ann", "total"), Look("bob", "total")], {"red", "ann", "bob"}, set()),
        # Cat is told by the company's sum, less ann and bob, though no team is seen.
        ([Look("company", "total"), Look("ann", "total"), Look("bob", "total")], {"ann", "bob"}, {"company"}),
        # Blue is withheld as it is cat; then the company may not be seen beside red either.
        ([Look("company", "children")], {"red"}, {"company", "blue"}),
        ([Look("company", "total"), Look("ann", "total")], {"company", "ann"}, set()),
        ([Look("company")], {"company", "red", "blue", "ann", "bob", "cat"}, set()),
    ],
)
def test_what_is_withheld(looks: list[Look], shown: set[str], withheld: set[str]) -> None:
    found = seen(*looks)
    assert found.opened.scores == shown
    assert {unit for unit, _ in found.opened.kpis} == shown
    assert found.opened.withheld == withheld


def test_a_larger_group_may_be_asked_for() -> None:
    assert seen(Look("red", "total"), model=teams(minimum_group=3)).withholds("red")


def test_tags_show_kpis_and_no_score() -> None:
    model = teams()
    tagged = [kpi.model_copy(update={"tags": ["count"]}) if kpi.id == "output" else kpi for kpi in model.kpis]
    found = seen(Look("company", "everything", ("count",)), model=model.model_copy(update={"kpis": tagged}))
    assert [kpi.id for kpi in found.model.kpis] == ["output"]
    assert found.opened.scores == frozenset()
    assert len(found.opened.units) == 6


def test_a_move_moves_the_sight() -> None:
    model = teams(change("2026-03-10", units={"bob": {"parent": "blue"}}))
    before, after = (seen(Look("red"), model=edition(model, dt.date(2026, 3, day))) for day in (9, 10))
    assert before.has_unit("bob")
    assert not after.has_unit("bob")


def test_capabilities_reach_as_far_as_the_role_that_has_them() -> None:
    roles = [
        Role(id="looker", title="", scope="list", units=["company"], depth="everything"),
        Role(id="worker", title="", scope="own_person", capabilities=["view", "explain", "fly"]),
    ]
    found = sights_of(roles, [Grant("looker"), Grant("worker"), Grant("gone")], "red", "ann")
    assert found[Capability.VIEW].looks == {Look("company"), Look("ann", "total")}
    assert found[Capability.EXPLAIN].looks == {Look("ann", "total")}
    assert Capability.EXPORT not in found
