"""The outbox: in order, once, within its limits, and never lost; time is a parameter."""

from __future__ import annotations

import pytest

from streams.redis_adapters.outbox import KNOWN_MS, LEASE_MS, Lane, Limits, Nothing, Outbox
from tests.messages.made import T0, message
from wall.messages.message import Message, message_of
from wall.wiring import Site

ANY = Limits()


def _put(outbox: Outbox, *messages: Message) -> int:
    return outbox.put([one.parcel for one in messages])


def _taken(outbox: Outbox, now_ms: int, limits: Limits = ANY, holder: str = "me", channel: str = "hook") -> Lane:
    lane = outbox.take(channel, now_ms, holder, limits)
    assert isinstance(lane, Lane), lane
    return lane


def _names(lane: Lane) -> list[str]:
    return [message_of(one).title.rpartition(" ")[2] for one in lane.contents]


def test_messages_leave_in_the_order_they_came_one_recipient_apart_from_others(outbox: Outbox) -> None:
    _put(outbox, message("a1", recipient="ann"), message("b1", recipient="bob"), message("a2", recipient="ann"))
    first, second = _taken(outbox, T0), _taken(outbox, T0)
    assert [_names(first), _names(second)] == [["a1"], ["b1"]]
    assert isinstance(outbox.take("hook", T0, "me", ANY), Nothing), "a2 waits for a1"
    assert outbox.end(first, T0, "sent", [])
    assert _names(_taken(outbox, T0)) == ["a2"]


def test_the_same_message_is_added_once_even_after_it_was_sent(outbox: Outbox) -> None:
    one = message("a")
    assert [_put(outbox, one), _put(outbox, one, one)] == [1, 0]
    outbox.end(_taken(outbox, T0), T0, "sent", [])
    assert _put(outbox, one) == 0
    assert outbox.waiting() == {}
    later = message("b", made_ms=T0 + KNOWN_MS + 1)
    assert _put(outbox, later) == 1
    assert _put(outbox, one) == 1, "ids are forgotten in the end"


def test_messages_added_in_somebody_elses_transaction_come_with_it_or_not_at_all(outbox: Outbox, site: Site) -> None:
    key = f"{site.settings.site}:outbox-test"
    pipe = site.redis.pipeline(transaction=True)
    pipe.set(key, "x")
    outbox.add_to(pipe, [message("a").parcel])
    pipe.reset()
    assert outbox.waiting() == {}
    pipe.set(key, "x")
    outbox.add_to(pipe, [message("a").parcel, message("b").parcel])
    pipe.execute()
    assert site.redis.get(key) == b"x"
    assert outbox.waiting() == {"hook": 2}


def test_what_a_dead_sender_took_comes_back_and_the_dead_can_change_nothing(outbox: Outbox) -> None:
    _put(outbox, message("a"))
    dead = _taken(outbox, T0, holder="dead")
    assert outbox.take("hook", T0 + LEASE_MS - 1, "next", ANY) == Nothing(1)
    alive = _taken(outbox, T0 + LEASE_MS, holder="next")
    assert _names(alive) == ["a"]
    assert not outbox.end(dead, T0 + LEASE_MS, "sent", [{"id": "x"}])
    assert not outbox.again(dead, T0, "again", [{"id": "x"}])
    assert not outbox.extend(dead, T0)
    assert list(outbox.log(10)) == []
    assert outbox.end(alive, T0 + LEASE_MS, "sent", [])
    assert outbox.waiting() == {}


def test_a_slow_sender_keeps_its_lane_by_extending_it(outbox: Outbox) -> None:
    _put(outbox, message("a"))
    lane = _taken(outbox, T0)
    assert outbox.extend(lane, T0 + 50_000)
    assert outbox.take("hook", T0 + LEASE_MS, "next", ANY) == Nothing(50_000)


def test_what_is_tried_again_waits_with_its_tries_and_its_first_moment(outbox: Outbox) -> None:
    _put(outbox, message("a"))
    outbox.again(_taken(outbox, T0), T0 + 5000, "again", [])
    assert outbox.take("hook", T0 + 4999, "me", ANY) == Nothing(1)
    lane = _taken(outbox, T0 + 5000)
    assert (lane.tries, lane.first_ms) == (1, T0)
    outbox.end(lane, T0 + 5000, "sent", [])
    _put(outbox, message("b"))
    assert _taken(outbox, T0 + 6000).tries == 0


def test_a_receiver_that_wants_to_be_left_alone_is_for_all_recipients_of_the_channel(outbox: Outbox) -> None:
    _put(outbox, message("a", recipient="ann"), message("b", recipient="bob"), message("c", "other"))
    outbox.again(_taken(outbox, T0), T0 + 9000, "again", [], pause_ms=T0 + 9000)
    assert outbox.take("hook", T0 + 8999, "me", ANY) == Nothing(1)
    assert _names(_taken(outbox, T0, channel="other")) == ["c"]
    assert _names(_taken(outbox, T0 + 9000)) == ["b"], "bob has waited longest"


@pytest.mark.parametrize("rate", [1, 3, 20])
def test_no_minute_has_more_than_the_limit_and_no_message_waits_longer_than_it_must(outbox: Outbox, rate: int) -> None:
    for number in range(2 * rate + 1):
        _put(outbox, message(f"m{number}", recipient=f"r{number}"))
    sent: list[int] = []
    now_ms = T0
    while len(sent) <= 2 * rate:
        lane = outbox.take("hook", now_ms, "me", Limits(per_minute=rate))
        if isinstance(lane, Lane):
            sent.append(now_ms)
            outbox.end(lane, now_ms, "sent", [])
            now_ms += 700
        else:
            assert lane.limited
            assert lane.for_ms is not None
            now_ms += lane.for_ms
    for at, moment in enumerate(sent):
        assert sum(moment - 60_000 < one <= moment for one in sent[: at + 1]) <= rate
    assert sent[rate] == T0 + 60_000
    assert outbox.waiting() == {}


def test_the_limit_survives_a_restart(outbox: Outbox, site: Site) -> None:
    _put(outbox, message("a", recipient="ann"), message("b", recipient="bob"))
    _taken(outbox, T0, Limits(per_minute=1))
    restarted = Outbox(site.redis, site.settings.site)
    assert restarted.take("hook", T0 + 1000, "new", Limits(per_minute=1)) == Nothing(59_000, limited=True)


def test_many_waiting_messages_of_one_recipient_are_taken_together_and_stay_together(outbox: Outbox) -> None:
    fold = Limits(fold_from=3, most=4)
    _put(outbox, message("a"), message("b"))
    lane = _taken(outbox, T0, fold)
    assert _names(lane) == ["a"]
    outbox.again(lane, T0, "again", [])
    _put(outbox, *(message(name) for name in "cdef"))
    assert _names(_taken(outbox, T0, fold, "x")) == ["a"], "a retry sends what was sent before, and no more"
    outbox.end(Lane("hook", lane.name, "x", 1, T0, lane.contents), T0, "sent", [])
    several = _taken(outbox, T0, fold)
    assert _names(several) == ["b", "c", "d", "e"]
    outbox.end(several, T0, "sent", [])
    assert _names(_taken(outbox, T0, fold)) == ["f"]
    assert outbox.counts() == {("hook", "again"): 1, ("hook", "sent"): 5}


def test_the_log_is_read_from_its_end_in_pages(outbox: Outbox) -> None:
    for number in range(1203):
        outbox.note({"id": str(number)})
    assert [line["id"] for _, line in outbox.log(3)] == ["1202", "1201", "1200"]
    read = list(outbox.log(5000))
    assert len(read) == 1203
    assert read[-1][1] == {"id": "0"}
