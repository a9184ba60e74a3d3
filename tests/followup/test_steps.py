"""Notes, actions and decisions: who may write them where, what is refused in words, and what the journal keeps."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

import pytest

from layouts.words import Words
from wall.followup.items import Anchor
from wall.followup.ledger import Followup, Ledger, folded
from wall.followup.seen import seen
from wall.people.viewer import Viewer, screen_viewer
from wall.refusal import Refused

from .staged import Stage, staged

RED, RED_OUTPUT, ANN = Anchor("red"), Anchor("red", "output"), Anchor("ann", "output")
BLUE = Anchor("blue", "output")
WORDS = Words.of("en")
TODAY = dt.date(2026, 3, 20)


@pytest.fixture(scope="module")
def shared() -> Iterator[Stage]:
    with staged() as stage:
        yield stage


def test_a_note_keeps_the_number_that_was_seen_and_whom_it_mentions(shared: Stage) -> None:
    note = shared.steps.note(shared.viewer("rita"), RED_OUTPUT, " Late parts,\r\n@Ann please look, @bert too, x@ann. ")
    result = shared.made.kpis["red", "output"]
    assert note.text == "Late parts,\n@Ann please look, @bert too, x@ann."
    assert (note.author, note.author_title, note.at_ms) == ("rita", "Rita Red", shared.ms)
    assert note.standing.value is not None
    assert Fraction(note.standing.value) == result.value
    assert (note.standing.score, note.standing.board) == (result.score, 1)
    # Neither Ann, who sees only herself, nor Bert, who sees the other team, see what it is about.
    assert note.mentions == ()
    about_ann = shared.steps.note(shared.viewer("rita"), ANN, "@Ann please look, @马克斯请看, @Bert Blue")
    assert about_ann.mentions == ("ann", "max")


@pytest.mark.parametrize(
    ("who", "anchor", "said"),
    [
        ("rita", BLUE, "nothing like that"),
        ("rita", Anchor("nowhere", "output"), "nothing like that"),
        ("eve", Anchor("red", "nothing"), "nothing like that"),
        ("ann", RED, "nothing like that"),
        ("tom", RED, "nothing like that"),
        ("max", RED_OUTPUT, "role does not allow"),
    ],
)
def test_a_note_is_refused_where_one_sees_nothing_or_may_not(
    shared: Stage, who: str, anchor: Anchor, said: str
) -> None:  # fmt: skip
    before = len(shared.site.journal.entries("followup."))
    with pytest.raises(Refused, match=said):
        shared.steps.note(shared.viewer(who), anchor, "x")
    assert len(shared.site.journal.entries("followup.")) == before


def test_what_is_empty_or_too_long_is_refused_with_the_bound(shared: Stage) -> None:
    rita = shared.viewer("rita")
    with pytest.raises(Refused, match="write a text"):
        shared.steps.note(rita, RED, " \n ")
    with pytest.raises(Refused, match="2001 characters; use at most 2000"):
        shared.steps.note(rita, RED, "x" * 2001)
    with pytest.raises(Refused, match="请先填写"):
        shared.steps.note(replace(rita, language="zh-CN"), RED, "")


def test_screens_and_programs_write_nothing(shared: Stage) -> None:
    token = replace(shared.viewer("eve"), kind="token")
    for who in (screen_viewer("s1", "Screen", "company"), token):
        with pytest.raises(Refused, match="only people"):
            shared.steps.note(who, RED, "x")


def test_who_may_not_assign_gives_actions_to_oneself_only(shared: Stage) -> None:
    ann = shared.viewer("ann")
    own = shared.steps.add_action(ann, ANN, "Call the supplier", "", TODAY)
    assert (own.owner, own.owner_title, own.due, own.state) == ("ann", "Ann", TODAY, "open")
    with pytest.raises(Refused, match="role does not allow"):
        shared.steps.add_action(ann, ANN, "Call the supplier", "rita", TODAY)


@pytest.mark.parametrize("owner", ["bert", "ann", "nobody", "tom"])
def test_an_owner_must_see_what_the_action_is_about_and_is_refused_like_nobody(shared: Stage, owner: str) -> None:
    with pytest.raises(Refused, match=f"nobody named {owner} can own"):
        shared.steps.add_action(shared.viewer("rita"), RED_OUTPUT, "Do", owner, TODAY)


def test_a_disabled_account_owns_nothing_new(shared: Stage) -> None:
    shared.accounts.add("gone", {"grants": ["lead"], "unit": "red"}, "test", WORDS)
    shared.accounts.disable("gone", "test", WORDS)
    with pytest.raises(Refused, match="nobody named gone"):
        shared.steps.add_action(shared.viewer("rita"), RED_OUTPUT, "Do", "gone", TODAY)


def test_a_due_day_is_neither_past_nor_a_slip_of_the_pen(shared: Stage) -> None:
    rita = shared.viewer("rita")
    with pytest.raises(Refused, match="use 2026-03-20 or later"):
        shared.steps.add_action(rita, RED_OUTPUT, "Do", "rita", dt.date(2026, 3, 19))
    with pytest.raises(Refused, match="or earlier"):
        shared.steps.add_action(rita, RED_OUTPUT, "Do", "rita", dt.date(2206, 3, 20))


def test_the_owner_ends_an_action_and_moves_it_with_a_reason_but_hands_nothing_on(shared: Stage) -> None:
    steps, max_ = shared.steps, shared.viewer("max")
    action = steps.add_action(shared.viewer("rita"), RED_OUTPUT, "Count again", "max", TODAY)
    with pytest.raises(Refused, match="write a text first"):
        steps.change_action(max_, action.id, due=dt.date(2026, 3, 25))
    moved = steps.change_action(max_, action.id, due=dt.date(2026, 3, 25), reason="parts come on Tuesday")
    assert (moved.due, moved.changes[-1].before, moved.changes[-1].reason) == (
        dt.date(2026, 3, 25), "2026-03-20", "parts come on Tuesday"
    )  # fmt: skip
    with pytest.raises(Refused, match="only its owner"):
        steps.change_action(max_, action.id, owner="rita")
    done = steps.change_action(max_, action.id, state="done", outcome="two were missing")
    assert (done.state, done.ended_ms, done.outcome) == ("done", shared.ms, "two were missing")
    again = steps.change_action(shared.viewer("rita"), action.id, state="open", owner="rita")
    assert (again.state, again.ended_ms, again.owner) == ("open", None, "rita")


def test_nobody_changes_what_they_do_not_see_nor_takes_back_what_others_wrote(shared: Stage) -> None:
    steps = shared.steps
    action = steps.add_action(shared.viewer("rita"), RED_OUTPUT, "Look", "rita", TODAY)
    for step in (lambda who: steps.change_action(who, action.id, state="done"),
                 lambda who: steps.withdraw(who, action.id)):  # fmt: skip
        with pytest.raises(Refused, match="nothing like that"):
            step(shared.viewer("bert"))
    with pytest.raises(Refused, match="only who wrote it"):
        steps.withdraw(shared.viewer("eve"), action.id)
    steps.withdraw(shared.viewer("rita"), action.id)
    assert action.id not in shared.ledger.state().actions


def test_decisions_need_the_right_to_assign(shared: Stage) -> None:
    kept = shared.steps.decide(shared.viewer("rita"), RED, "Two shifts from April", meeting="m1")
    assert (kept.meeting, kept.standing.board) == ("m1", 1)
    with pytest.raises(Refused, match="role does not allow"):
        shared.steps.decide(shared.viewer("ann"), ANN, "No")


def test_items_exist_only_for_who_sees_what_they_are_about(shared: Stage) -> None:
    steps = shared.steps
    note = steps.note(shared.viewer("eve"), RED_OUTPUT, "12345")
    score = steps.note(shared.viewer("eve"), RED, "67890")
    company = steps.note(shared.viewer("eve"), Anchor("company", "quality"), "abc")
    quality = steps.note(shared.viewer("eve"), Anchor("red", "quality"), "def")
    state = shared.ledger.state()

    def shown(who: Viewer) -> set[str]:
        return set(seen(state, steps.readers.visible(who)).notes)

    assert {note.id, score.id, company.id} <= shown(shared.viewer("eve"))
    for name in ("rita", "max"):
        assert {note.id, score.id} <= shown(shared.viewer(name))
        assert company.id not in shown(shared.viewer(name))
    # Tom sees one KPI, and neither the other nor the score.
    assert quality.id in shown(shared.viewer("tom"))
    for name in ("bert", "ann", "tom"):
        assert not {note.id, score.id, company.id} & shown(shared.viewer(name))


def test_a_second_ledger_reads_the_same_from_the_journal(shared: Stage) -> None:
    assert Ledger(shared.site.journal).state() == shared.ledger.state() != Followup()


def test_folding_step_by_step_is_folding_at_once(shared: Stage) -> None:
    entries = shared.site.journal.entries("followup.")
    state = Followup()
    for entry in entries:
        state = folded(state, [entry])
    assert state == folded(Followup(), entries) == shared.ledger.state()
