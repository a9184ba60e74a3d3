"""What people are told of actions and notes: once each, in business time, on working days, and only what they see."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import msgspec
import pytest

from layouts.words import Words
from wall.followup.items import Anchor
from wall.messages.message import Message

from .staged import Stage, staged

RED_OUTPUT = Anchor("red", "output")
_WORDS = Words.of("en")


@pytest.fixture
def stage() -> Iterator[Stage]:
    with staged() as made:
        yield made


def told(stage: Stage) -> list[tuple[str, str]]:
    """Kind and recipient of every message there is, in no order."""
    return sorted((one.kind, one.recipient) for one in _messages(stage))


def _messages(stage: Stage) -> list[Message]:
    return [msgspec.json.decode(one, type=Message) for one in stage.outbox.contents()]


def at(day: int, hour: int, month: int = 3) -> int:
    """A moment of 2026."""
    return int(dt.datetime(2026, month, day, hour, tzinfo=dt.UTC).timestamp() * 1000)


def go(stage: Stage, ms: int) -> None:
    """Let a service that has just begun, and one that runs, see a moment twice each."""
    stage.ms = ms
    for _ in range(2):
        reminders = stage.reminders()
        reminders.run_once(ms)
        reminders.run_once(ms)


def test_an_action_is_told_when_given_before_it_is_due_on_its_day_and_when_it_is_late(stage: Stage) -> None:
    # Friday noon; it is due on Tuesday, 24 March.
    stage.steps.add_action(stage.viewer("rita"), RED_OUTPUT, "Count again", "max", dt.date(2026, 3, 24))
    go(stage, at(20, 12))
    assert told(stage) == [("assigned", "max")]
    for moment in (at(20, 23), at(21, 12), at(22, 12), at(23, 7)):
        go(stage, moment)
        assert told(stage) == [("assigned", "max")]
    go(stage, at(23, 8))
    assert told(stage) == [("assigned", "max"), ("due", "max")]
    go(stage, at(24, 9))
    assert told(stage) == [("assigned", "max"), ("due", "max"), ("due", "max")]
    for moment in (at(25, 9), at(26, 9), at(30, 9)):
        go(stage, moment)
        assert told(stage) == [("assigned", "max"), ("due", "max"), ("due", "max"), ("overdue", "max")]


def test_nobody_is_reminded_on_days_when_nobody_works(stage: Stage) -> None:
    # Due on Saturday: the reminder comes on Friday, that it is late on Monday.
    stage.steps.add_action(stage.viewer("rita"), RED_OUTPUT, "Clean", "rita", dt.date(2026, 3, 28))
    for day in (23, 24, 25, 26):
        go(stage, at(day, 12))
    assert told(stage) == []
    go(stage, at(27, 12))
    go(stage, at(28, 12))
    go(stage, at(29, 12))
    assert told(stage) == [("due", "rita")]
    go(stage, at(30, 12))
    assert told(stage) == [("due", "rita"), ("overdue", "rita")]


def test_a_moved_day_reminds_anew_and_what_is_done_never_again(stage: Stage) -> None:
    rita = stage.viewer("rita")
    action = stage.steps.add_action(rita, RED_OUTPUT, "Clean", "rita", dt.date(2026, 3, 23))
    go(stage, at(23, 9))
    assert told(stage) == [("due", "rita")]
    stage.steps.change_action(rita, action.id, due=dt.date(2026, 3, 26))
    go(stage, at(24, 9))
    assert told(stage) == [("due", "rita")]
    go(stage, at(25, 9))
    assert told(stage) == [("due", "rita"), ("due", "rita")]
    stage.steps.change_action(rita, action.id, state="done")
    for day in (26, 27, 30):
        go(stage, at(day, 9))
    assert told(stage) == [("due", "rita"), ("due", "rita")]


def test_a_mention_is_told_once_with_its_text_to_who_sees_it(stage: Stage) -> None:
    stage.steps.note(stage.viewer("rita"), RED_OUTPUT, "@max 42 missing; @bert @rita")
    go(stage, at(20, 12))
    go(stage, at(20, 13))
    [message] = _messages(stage)
    assert (message.kind, message.recipient) == ("mentioned", "max")
    assert "42 missing" in message.text
    assert message.title == "Rita Red mentioned you · Red · Output"
    assert message.link == "/phone/red/kpi/output#followup"


def test_who_lost_sight_of_what_an_action_is_about_is_not_reminded(stage: Stage) -> None:
    stage.steps.add_action(stage.viewer("rita"), RED_OUTPUT, "Secret 4711", "max", dt.date(2026, 3, 24))
    stage.accounts.change("max", {"unit": "blue"}, "test", _WORDS)
    for day in (20, 23, 24, 25):
        go(stage, at(day, 12))
    assert told(stage) == []


def test_a_crash_between_message_and_mark_repeats_nothing(stage: Stage) -> None:
    stage.steps.note(stage.viewer("rita"), RED_OUTPUT, "@max look")
    go(stage, at(20, 12))
    before = _messages(stage)
    assert len(before) == 1
    [marks] = list(stage.site.redis.scan_iter("*followup:told"))
    stage.site.redis.delete(marks)
    go(stage, at(20, 12))
    assert _messages(stage) == before
