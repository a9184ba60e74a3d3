"""What people do about alerts: who may, what is refused in which words, and that it is kept."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.alerts.staged import NOON, Staged, staged
from tests.scoring.models import DAY, HOUR
from tests.support.servers import RedisNode, wait_until
from wall.alerts.handling import Handlings
from wall.people.viewer import Viewer
from wall.refusal import Refused


@pytest.fixture(scope="module")
def redis() -> Iterator[RedisNode]:
    with RedisNode(appendfsync="no") as node:
        yield node


@pytest.fixture
def place(redis: RedisNode) -> Iterator[Staged]:
    with staged(redis) as made:
        yield made


@pytest.fixture
def alert(place: Staged) -> str:
    made = place.fire("r", "a1", "k")
    wait_until(lambda: place.book.one(place.visible(), made) is not None, 10, "the book knows it")
    return made


@pytest.fixture
def head(place: Staged) -> Viewer:
    return place.person("ann", "head", unit="a")


def test_who_acknowledges_is_known_at_once_and_after_a_restart(place: Staged, alert: str, head: Viewer) -> None:
    fact = place.steps.acknowledge(head, alert)
    assert (fact.phase, fact.acknowledged_by, fact.acknowledged_ms) == ("acknowledged", "Ann", NOON)
    handled = Handlings(place.site.journal).read_on()[alert]
    assert (handled.acknowledged_by, handled.acknowledged_ms) == ("ann", NOON)
    assert [one.kind for one in place.book.events(place.visible(head), alert)] == ["fired", "acknowledged"]


def test_whoever_acknowledges_second_changes_nothing(place: Staged, alert: str, head: Viewer) -> None:
    place.steps.acknowledge(head, alert)
    assert place.steps.acknowledge(place.person("bob", "admin"), alert).acknowledged_by == "Ann"
    assert len(place.site.journal.entries("alert.")) == 1


def test_an_alert_out_of_sight_is_refused_like_one_that_there_is_not(place: Staged, alert: str) -> None:
    other = place.person("bob", "head", unit="b")
    said = []
    for name in (alert, "0123456789abcdef"):
        with pytest.raises(Refused) as refused:
            place.steps.acknowledge(other, name)
        said.append(str(refused.value))
    assert said == ["There is no such alert."] * 2
    assert place.site.journal.entries("alert.") == []


def test_a_capability_reaches_only_as_far_as_its_role(place: Staged, alert: str) -> None:
    both = place.person("bob", "reader@top", "head@b")
    with pytest.raises(Refused, match="Your role may not do this here"):
        place.steps.acknowledge(both, alert)
    with pytest.raises(Refused, match="Your role may not do this here"):
        place.steps.assign(place.person("cem", "own", unit="a1"), alert, "cem")
    assert not place.steps.assignable(both, alert)


def test_an_alert_that_is_over_is_refused(place: Staged, alert: str, head: Viewer) -> None:
    place.resolve(alert, NOON)
    wait_until(lambda: not place.book.standing(place.visible()), 10, "it is over")
    with pytest.raises(Refused, match="The alert is over"):
        place.steps.snooze(head, alert, NOON + HOUR)


def test_a_snooze_can_be_ended_early_and_has_a_longest(place: Staged, alert: str, head: Viewer) -> None:
    assert place.steps.snooze(head, alert, NOON + HOUR).snoozed_until_ms == NOON + HOUR
    assert place.steps.snooze(head, alert, NOON).snoozed_until_ms is None
    with pytest.raises(Refused, match="14 days at most"):
        place.steps.snooze(head, alert, NOON + 15 * DAY)


def test_only_who_sees_an_alert_can_be_given_it(place: Staged, alert: str, head: Viewer) -> None:
    place.person("bob", "reader", unit="b")
    place.person("cem", "reader", unit="a1")
    assert [one.id for one in place.steps.assignable(head, alert)] == ["ann", "cem"]
    said = []
    for name in ("bob", "nobody"):
        with pytest.raises(Refused) as refused:
            place.steps.assign(head, alert, name)
        said.append(str(refused.value).replace(name, "NAME"))
    assert said[0] == said[1]
    assert place.steps.assign(head, alert, "Cem").assignee == "Cem"
    assert place.steps.assign(head, alert, "").assignee == ""


def test_programs_may_read_and_do_nothing(place: Staged, alert: str, head: Viewer) -> None:
    token = Viewer("token", "t", "T", head.sights, language="en")
    with pytest.raises(Refused, match="Your role may not do this here"):
        place.steps.acknowledge(token, alert)
