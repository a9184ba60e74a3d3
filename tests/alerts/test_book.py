"""The book: what stands as readers see it, through outages and restarts of the server."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from streams.redis_adapters.alerts import AlertStore, LostLease, Step
from tests.alerts.staged import NOON, Staged, staged
from tests.scoring.models import HOUR
from tests.support.servers import RedisNode, wait_until
from wall.alerts.book import AlertBook


@pytest.fixture(scope="module")
def redis() -> Iterator[RedisNode]:
    with RedisNode(appendfsync="no") as node:
        yield node


@pytest.fixture
def place(redis: RedisNode) -> Iterator[Staged]:
    with staged(redis) as made:
        yield made


def _units(place: Staged, viewer: object = None) -> list[tuple[str, int]]:
    seen = place.visible(viewer)  # type: ignore[arg-type]
    return [(one.unit, one.folded) for one in place.book.standing(seen)]


def _knows(place: Staged, *alerts: str) -> None:
    seen = place.visible()
    wait_until(lambda: set(alerts) <= {one.id for one in place.book.recent(seen, 100)}, 10, "the book knows it")


def test_the_most_severe_comes_first_and_then_the_newest(place: Staged) -> None:
    low, old = place.fire("r", "a", "k"), place.fire("score", "b1", at_ms=NOON - HOUR)
    new = place.fire("score", "a1")
    _knows(place, low, old, new)
    assert [one.id for one in place.book.standing(place.visible())] == [new, old, low]


def test_what_is_part_of_another_is_counted_there_as_far_as_it_is_seen(place: Staged) -> None:
    alerts = [place.fire("r", unit, "k") for unit in ("a", "a1", "a2", "b1")]
    _knows(place, *alerts)
    assert _units(place) == [("a", 2), ("b1", 0)]
    assert _units(place, place.person("ann", "own", unit="a")) == [("a", 0)]
    assert _units(place, place.person("bob", "reader", unit="a1")) == [("a1", 0)]


def test_an_alert_whose_number_is_hidden_does_not_exist(place: Staged) -> None:
    money, other, score = place.fire("r", "a1", "k"), place.fire("q", "a1", "q"), place.fire("score", "a1")
    _knows(place, money, other, score)
    viewer = place.person("ann", "money", unit="top")
    seen = place.visible(viewer)
    assert [one.id for one in place.book.standing(seen)] == [money]
    assert [place.book.one(seen, one) for one in (other, score)] == [None, None]
    assert [one.id for one in place.book.recent(seen, 10)] == [money]
    assert [one.id for one in place.book.between(seen, NOON - HOUR, NOON + HOUR)] == [money]
    assert list(place.book.events(seen, other)) == []


def test_a_rank_is_told_to_whoever_sees_all_that_are_ranked(place: Staged) -> None:
    alert = place.fire("rank", "a1", "k")
    _knows(place, alert)
    assert _units(place, place.person("ann", "reader", unit="a")) == [("a1", 0)]
    assert _units(place, place.person("bob", "reader", unit="a1")) == []


def test_a_silent_source_is_told_to_whoever_sees_the_top(place: Staged) -> None:
    alert = place.fire("mute", "top", "s")
    _knows(place, alert)
    assert _units(place, place.person("ann", "reader", unit="top")) == [("top", 0)]
    assert _units(place, place.person("bob", "reader", unit="a")) == []


def test_what_is_over_is_recent_and_stood_in_its_time(place: Staged) -> None:
    alert = place.fire("r", "a1", "k", NOON - 5 * HOUR)
    place.resolve(alert, NOON - 2 * HOUR)
    seen = place.visible()
    wait_until(lambda: [one.phase for one in place.book.recent(seen, 5)] == ["resolved"], 10, "the book knows its end")
    assert place.book.standing(seen) == []
    inside, outside = (NOON - 3 * HOUR, NOON), (NOON - HOUR, NOON)
    assert [len(place.book.between(seen, *span)) for span in (inside, outside)] == [1, 0]
    assert [one.kind for one in place.book.events(seen, alert)] == ["fired", "resolved"]


def test_a_server_that_starts_knows_what_stands(place: Staged) -> None:
    alert = place.fire("r", "a1", "k")
    other = AlertBook(place.site, place.follower, place.sights)
    other.start()
    wait_until(lambda: other.one(place.visible(), alert) is not None, 10, "the other book knows it")
    other.stop()


def test_whoever_listens_hears_of_every_change(place: Staged) -> None:
    heard: list[int] = []
    place.book.on_change(lambda: heard.append(place.book.stamp()))
    alert = place.fire("r", "a1", "k")
    wait_until(lambda: bool(heard) and place.book.one(place.visible(), alert) is not None, 10, "the change was told")
    before = place.book.stamp()
    place.resolve(alert, NOON)
    wait_until(lambda: place.book.stamp() > before, 10, "the end was told")


def test_a_step_without_the_lease_is_refused_whole(place: Staged) -> None:
    alert = place.fire("r", "a1", "k")
    with pytest.raises(LostLease):
        place.store.commit("another", Step({place.records[alert].alert.key: None}))
    assert [one.id for one in place.store.load().alerts] == [alert]


def test_the_oldest_records_go_and_those_of_open_cases_stay(place: Staged) -> None:
    alerts = [place.fire("r", unit, "k", NOON + at) for at, unit in enumerate(("a1", "a2", "b1", "b2"))]
    store = AlertStore(place.site.redis, place.site.settings.site)
    assert store.prune(most=2) == 2
    assert list(store.newest(10)) == alerts[:1:-1]
