"""Which numbers are withheld: a sum must not tell the one part of it that is hidden."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction

import pytest

from scoring.board import Board, Status, UnitScore
from scoring.definitions import Model
from scoring.editions import edition
from scoring.roles import Capability, Role
from tests.server.teams import change, teams
from wall.sight.look import WHOLE, Grant, Look, Sight, sights_of
from wall.sight.visible import Visible, former_trees, visible


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


def test_alert_rules_are_seen_as_far_as_what_they_name() -> None:
    rules = [
        {"id": "all", "title": "All", "when": {"kind": "threshold", "below": 80}, "inhibited_by": ["blue_only"]},
        {"id": "both", "title": "Both", "when": {"kind": "status"}, "units": ["red", "blue"], "notify": ["channel:x"]},
        {"id": "blue_only", "title": "Blue", "when": {"kind": "status"}, "units": ["blue"]},
        {"id": "other_kpi", "title": "Other", "when": {"kind": "status"}, "kpis": ["nothing_*"]},
        {"id": "source", "title": "Source", "when": {"kind": "silence", "after": "1h", "source": "gone"}},
    ]
    model = Model.model_validate({**teams().model_dump(by_alias=True), "alerts": rules})
    found = {rule.id: rule for rule in seen(Look("red"), model=model).model.alerts}
    assert set(found) == {"all", "both"}
    assert (found["both"].units, found["both"].notify, found["all"].inhibited_by) == (["red"], [], [])


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


def _shown(model: Model, *looks: Look, beside: frozenset[Look] = frozenset()) -> Visible:
    """What is seen on a day on which every change of the model is long in force."""
    standing, today = edition(model, dt.date(2026, 12, 1)), dt.date(2026, 12, 1)
    return visible(standing, Sight(frozenset(looks), beside), former_trees(model, standing, today))


def _tagged(model: Model, **tags: str) -> Model:
    kpis = [kpi.model_copy(update={"tags": [tags[kpi.id]]}) if kpi.id in tags else kpi for kpi in model.kpis]
    return model.model_copy(update={"kpis": kpis})


def test_a_kpi_that_shares_a_metric_with_another_is_no_cover_for_it() -> None:
    # Output is done, quality is good ÷ done: red less ann is bob's output, whatever is hidden of their quality.
    found = _shown(_tagged(teams(), output="count"), Look("red", "total", ("count",)), Look("ann", "total", ("count",)))
    assert found.opened.kpis == {("ann", "output")}


def test_what_another_capability_shows_is_known_too() -> None:
    looker = frozenset({Look("company", "total")})
    assert _shown(teams(), *looker).sees_score("company")
    people = frozenset({Look("ann", "total"), Look("bob", "total")})
    assert _shown(teams(), *looker, beside=people).withholds("company")
    roles = [
        Role(id="exporter", title="", scope="list", units=["company"], capabilities=["export"]),
        Role(id="worker", title="", scope="list", units=["ann", "bob"]),
    ]
    sights = sights_of(roles, [Grant("exporter"), Grant("worker")], "", "")
    assert visible(teams(), sights[Capability.EXPORT]).withholds("company")


def test_a_team_that_may_have_events_of_its_own_is_not_told_by_its_people() -> None:
    # If red itself counts nothing, the company tells cat; if it does, the company tells what.
    people = [Look(name, "total") for name in ("ann", "bob", "cat")]
    found = _shown(teams(), Look("company", "total"), *people)
    assert found.withholds("company")


def test_a_sum_is_withheld_that_told_a_hidden_part_before_somebody_came() -> None:
    # Cat joins red: bob and she are two, but until then red less ann was bob, and red's month has those days.
    joined = change("2026-03-10", units={"cat": {"parent": "red"}})
    model = teams().model_copy(update={"changes": [joined]})
    looks = Look("red", "total"), Look("ann", "total")
    assert _shown(model, *looks).withholds("red")
    assert not visible(edition(model, dt.date(2026, 3, 10)), Sight(frozenset(looks))).withholds("red")
    # Whoever sees all of red may know what bob did while he was there.
    left = teams(change("2026-03-10", units={"bob": {"parent": "blue"}}))
    assert not _shown(left, Look("red")).opened.withheld


def test_single_events_and_rows_need_everything_of_their_unit() -> None:
    model = _tagged(teams(), output="count")
    assert not _shown(model, Look("company", "everything", ("count",))).opened.events
    assert not _shown(model, Look("company", "everything", ("count",))).sees_events("ann")
    assert _shown(model, Look("red")).opened.events == {"red", "ann", "bob"}
    assert not _shown(model, Look("red", "total"), Look("ann", "total")).sees_events("red")


def test_coverage_does_not_tell_which_of_two_hidden_teams_is_known() -> None:
    score = UnitScore("company", 5, Status.GOOD, Fraction(1, 2))
    board = Board(1, "1", 0, units={"company": score})
    found = _shown(teams(), Look("company", "total"))
    assert found.board(board).units["company"].coverage == 1
    assert _shown(teams(), Look("company")).board(board).units["company"].coverage == Fraction(1, 2)


def test_reasons_and_targets_of_what_is_hidden_are_gone() -> None:
    model = teams(
        change("2026-03-01", "for cat alone", kpis={"output": {"target": {"cat": 77}}}),
        change("2026-03-02", "for ann", kpis={"output": {"target": {"ann": 88}}}),
    )
    told = _shown(model, Look("ann", "total")).model.model_dump_json()
    assert "for ann" in told
    assert "for cat" not in told
    assert "77" not in told


def test_targets_are_those_of_kpis_that_are_granted_there() -> None:
    model = _tagged(teams(change("2026-03-01", kpis={"quality": {"target": {"red": "0.777"}}})), output="count")
    told = _shown(model, Look("red", "total", ("count",)), Look("ann", "total")).model.model_dump_json()
    assert "0.777" not in told


def test_a_mean_of_scores_has_parts_of_its_own() -> None:
    # Three people do output; only ann and bob are judged by quality, which red takes the mean of.
    model = teams()
    kpis = [
        kpi.model_copy(update={"rollup": "scores", "applies_to": ["red", "ann", "bob"], "target": Decimal(1)})
        if kpi.id == "quality"
        else kpi
        for kpi in model.kpis
    ]
    units = [unit.model_copy(update={"parent": "red"}) if unit.id == "cat" else unit for unit in model.units]
    found = _shown(model.model_copy(update={"kpis": kpis, "units": units}), Look("red", "total"), Look("ann", "total"))
    assert not found.sees_kpi("red", "quality")
    assert found.sees_kpi("red", "output")
