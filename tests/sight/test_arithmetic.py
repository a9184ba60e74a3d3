"""No sum, mean or difference of what a sight shows tells a hidden number; and nothing is withheld without need."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st

from scoring.definitions import Model
from scoring.editions import edition
from wall.sight import opened as opened_rules
from wall.sight.look import Look, Sight
from wall.sight.opened import Opened
from wall.sight.visible import Visible, former_trees, visible

from .attacker import Attack, Key, World, granted
from .orgs import TODAY, orgs, sights

#: Not shrunk: that takes minutes, and a smaller case is rarely plainer.
MANY = settings(
    max_examples=200,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def shown(model: Model, sight: Sight) -> Visible:
    """What is seen on the day."""
    standing = edition(model, TODAY)
    return visible(standing, sight, former_trees(model, standing, TODAY))


def days(model: Model) -> Iterator[dt.date]:
    """The day, and the days before what changed."""
    yield TODAY
    yield from sorted({change.from_ - dt.timedelta(days=1) for change in model.changes})


def worlds(model: Model, date: dt.date, thorough: bool = False) -> Iterator[World]:
    """Inner units that count nothing by themselves, that all do, and that some do; `thorough`: each alone."""
    standing = edition(model, date)
    ids = [unit.id for unit in standing.units]
    for direct in ((), ids, ids[::2], ids[1::2], ids[1::3], *([one] for one in ids if thorough)):
        yield World(standing, frozenset(direct))


def told(
    model: Model, sight: Sight, kpis: frozenset[Key], scores: frozenset[str], thorough: bool = False
) -> Iterator[str]:
    """Everything hidden that these numbers tell, on any day, whoever counts, also if a month were a day."""
    known = sight.looks | sight.beside
    now_kpis, now_scores = granted(World(edition(model, TODAY)), known)
    for date in days(model):
        for world in worlds(model, date, thorough):
            then_kpis, then_scores = granted(world, known)
            theirs = frozenset(then_kpis | now_kpis) if date != TODAY else frozenset()
            theirs_scores = frozenset(then_scores | now_scores) if date != TODAY else frozenset()
            for periods in (True, False):
                attack = Attack(world, kpis, scores, model.minimum_group, theirs, theirs_scores, periods)
                yield from (f"{date}: {one}" for one in attack.told())


@MANY
@given(st.data())
def test_no_difference_tells_a_hidden_number(data: st.DataObject) -> None:
    model = data.draw(orgs(moving=False))
    sight = data.draw(sights(model))
    both = shown(model, Sight(sight.looks | sight.beside)).opened
    assert list(told(model, sight, both.kpis, both.scores)) == []
    part = shown(model, sight).opened
    assert part.kpis <= both.kpis
    assert part.scores <= both.scores


@MANY
@given(st.data())
def test_no_former_day_tells_a_hidden_number(data: st.DataObject) -> None:
    model = data.draw(orgs(moving=True))
    sight = data.draw(sights(model))
    found = shown(model, Sight(sight.looks | sight.beside)).opened
    assert list(told(model, sight, found.kpis, found.scores)) == []


@MANY
@given(st.data())
def test_nothing_is_withheld_without_need(data: st.DataObject) -> None:
    model = data.draw(orgs(moving=False))
    sight = Sight(data.draw(sights(model)).looks)
    found = shown(model, sight).opened
    kpis, _ = granted(World(edition(model, TODAY)), sight.looks)
    for key in sorted(kpis - found.kpis):
        assert any(told(model, sight, found.kpis | {key}, found.scores, thorough=True)), f"{key} tells nothing"


@MANY
@given(st.data())
def test_a_subtree_and_single_units_are_seen_as_granted(data: st.DataObject) -> None:
    model = data.draw(orgs(moving=True))
    ids = [unit.id for unit in model.units]
    parents = {unit.parent for unit in edition(model, TODAY).units} | {
        unit.parent for unit in model.units} | {
        one.parent for change in model.changes for one in change.units.values()}  # fmt: skip
    subtree = Sight(frozenset({Look(data.draw(st.sampled_from(ids)))}))
    leaves = Sight(frozenset(Look(unit, "total") for unit in ids if unit not in parents))
    for sight in (subtree, leaves, Sight(frozenset({Look("")}))):
        assert not shown(model, sight).opened.withheld


def _never(*_: object) -> bool:
    return False


RULES = opened_rules._Opening
#: Rules that forget something, by what they forget: each must be found out.
FORGETFUL = {
    "groups": lambda patch: patch.setattr(opened_rules._Hidden, "tells", _never),
    "groups of two": lambda patch: patch.setattr(
        opened_rules._Hidden, "tells", lambda self, group: self.most > 0 and self.least < 2
    ),
    "events of inner units": lambda patch: patch.setattr(opened_rules, "_PERHAPS", opened_rules._NONE),
    "sums of what is seen": lambda patch: patch.setattr(opened_rules, "_PERHAPS", opened_rules._ONE),
    "scores": lambda patch: patch.setattr(RULES, "_score_tells", _never),
    "sums of a KPI": lambda patch: patch.setattr(RULES, "_below", lambda *_: opened_rules._NONE),
    "former days": lambda patch: patch.setattr(
        "tests.sight.test_arithmetic.former_trees", lambda *_: ()
    ),
}  # fmt: skip


@pytest.mark.parametrize("forgotten", FORGETFUL)
def test_the_attacker_finds_out_a_rule_that_forgets(forgotten: str, monkeypatch: pytest.MonkeyPatch) -> None:
    FORGETFUL[forgotten](monkeypatch)

    def is_told(case: tuple[Model, Sight]) -> bool:
        model, sight = case
        found: Opened = shown(model, Sight(sight.looks | sight.beside)).opened
        return any(told(model, sight, found.kpis, found.scores))

    cases = orgs(moving=True).flatmap(lambda model: st.tuples(st.just(model), sights(model)))
    quick = settings(MANY, max_examples=2000, phases=[Phase.generate], database=None, derandomize=True)
    assert find(cases, is_told, settings=quick)
