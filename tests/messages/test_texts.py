"""The texts of messages: in the reader's language, with the walls' numbers, and only of what the reader sees."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

import pytest

from layouts.alerts.facts import AlertFact
from scoring.board import Board
from tests.messages.made import message
from tests.server.teams import MARCH, NOW_MS, company, count, teams
from wall.board_follower import load_board
from wall.messages.texts import alert_message, digest, sees_alert
from wall.scorer import Scorer
from wall.sight.look import WHOLE, Look, Sight, sight_below
from wall.sight.visible import Visible, visible

RULES = [
    {"id": "low", "title": {"en": "Quality is low", "zh-CN": "合格率偏低"}, "severity": "critical",
     "advice": {"en": "Check the line.", "zh-CN": "检查产线。"}, "kpis": ["quality"],
     "on": {"kind": "threshold", "of": "value", "below": "0.9"}},
]  # fmt: skip
HOUR = 3_600_000


@pytest.fixture(scope="module")
def board() -> Iterator[Board]:
    with company(teams(alerts=RULES)) as site:
        count(site, MARCH)
        applied = site.store.model()
        assert applied is not None
        Scorer(site.store, site.counters, site.boards, applied, site.log.partitions(), site.log,
               lambda: site.boards.load() is not None).run()  # fmt: skip
        found = load_board(site)
        assert found is not None
        yield found.board()


def _seen(sight: Sight) -> Visible:
    return visible(teams(alerts=RULES), sight)


def _fact(unit: str = "company", board: Board | None = None, **more: object) -> AlertFact:
    held = None if board is None else board.kpis[unit, "quality"].value
    told = {
        "id": f"a-{unit}", "rule": "low", "title": RULES[0]["title"], "advice": RULES[0]["advice"],
        "severity": "critical", "phase": "firing", "unit": unit, "kpi": "quality", "of": "value", "reading": held,
        "level": Fraction(9, 10), "since_ms": NOW_MS - 95 * 60_000, "fired_ms": NOW_MS - HOUR, **more,
    }  # fmt: skip
    return AlertFact(**told)  # type: ignore[arg-type]


def _lines(draft: object) -> list[str]:
    return draft.text.splitlines()  # type: ignore[attr-defined, no-any-return]


def test_one_alert_is_told_with_value_target_since_contributors_and_advice_in_either_language(board: Board) -> None:
    fact = _fact(board=board)
    draft = alert_message("fired", [fact], _seen(WHOLE), board, "en", NOW_MS, "https://kpi.example.com/")
    assert draft is not None
    assert draft.title == "Critical · Company · Quality 81.4% (target 90%)"
    assert draft.link == "https://kpi.example.com/phone/-/alerts/a-company"
    assert _lines(draft) == [
        "Quality is low", "Alert level <\N{NO-BREAK SPACE}90.0%", "Since 10:25 (1 h 35 min)",
        "Likely contributors: Blue 76.9%, Red 84.8%", "What to do: Check the line.",
    ]  # fmt: skip
    chinese = alert_message("fired", [fact], _seen(WHOLE), board, "zh-CN", NOW_MS)
    assert chinese is not None
    assert chinese.title == "严重 · Company · Quality 81.4%（目标 90%）"
    assert "处理建议：检查产线。" in chinese.text
    assert "始于 10:25（已 1 小时 35 分钟）" in chinese.text


def test_the_end_is_told_with_how_long_it_lasted_and_without_what_to_do(board: Board) -> None:
    over = _fact(board=board, phase="resolved", resolved_ms=NOW_MS, acknowledged_by="Ann Lee")
    draft = alert_message("recovered", [over], _seen(WHOLE), board, "en", NOW_MS)
    assert draft is not None
    assert draft.title.startswith("Resolved · Company · Quality")
    assert "Lasted 1 h 35 min (10:25 to 12:00)" in draft.text
    assert "Acknowledged by Ann Lee" in draft.text
    assert "What to do" not in draft.text
    assert "contributors" not in draft.text


def test_a_group_tells_the_worst_five_and_counts_the_rest(board: Board) -> None:
    facts = [_fact("red", board, id=f"a{number}", severity="warning", fired_ms=NOW_MS - number) for number in range(7)]
    facts.append(_fact("blue", board, id="worst"))
    draft = alert_message("fired", facts, _seen(WHOLE), board, "en", NOW_MS)
    assert draft is not None
    assert draft.title == "Critical · 8 alerts · Company"
    assert _lines(draft)[0] == "Blue · Quality 76.9% (target 90%) · 10:25"
    assert len(_lines(draft)) == 6
    assert _lines(draft)[-1] == "3 more"
    assert draft.link == "/phone/-/alerts"


def test_nothing_that_the_reader_does_not_see_is_told_or_counted(board: Board) -> None:
    facts = [_fact(unit, board) for unit in ("company", "red", "blue", "ann", "bob", "cat")]
    red = _seen(sight_below("red"))
    draft = alert_message("fired", facts, red, board, "en", NOW_MS)
    assert draft is not None
    assert set(draft.alerts) == {"a-red", "a-ann", "a-bob"}
    assert draft.title == "Critical · 3 alerts · Red"
    assert not re.search("Blue|Cat|Company|76", draft.title + draft.text)
    alone = alert_message(
        "fired", [_fact("red", board)], _seen(Sight(frozenset({Look("red", "total")}))), board, "en", NOW_MS
    )
    assert alone is not None
    assert "contributors" not in alone.text, "the people below are hidden"
    assert alert_message("fired", [_fact("blue", board)], red, board, "en", NOW_MS) is None


def test_an_alert_is_seen_with_the_number_it_is_about() -> None:
    red = _seen(sight_below("red"))
    assert sees_alert(red, _fact("red"))
    assert sees_alert(red, _fact("red", kpi="", of="score"))
    assert not sees_alert(red, _fact("blue", kpi="", of="score"))
    assert not sees_alert(red, _fact("company", kpi="desk", of="silence"))
    assert sees_alert(_seen(WHOLE), _fact("company", kpi="desk", of="silence"))


def test_a_silent_source_and_a_score_are_told_by_their_names(board: Board) -> None:
    silent = _fact(kpi="desk", of="silence", reading=Fraction(3600), level=Fraction(1800))
    draft = alert_message("fired", [silent], _seen(WHOLE), board, "en", NOW_MS)
    assert draft is not None
    assert draft.title == "Critical · Company · Desk: no data"
    score = _fact(kpi="", of="score", reading=Fraction(612, 10), level=Fraction(80))
    draft = alert_message("escalated", [score], _seen(WHOLE), board, "en", NOW_MS)
    assert draft is not None
    assert draft.title == "Escalated · Critical · Company · Score: 61.2 pts"
    assert "Likely contributors: " in draft.text


def test_a_digest_of_one_is_that_one() -> None:

    one = message("a")
    assert digest([one]) == (one.title, one.text)
    title, text = digest([replace(message(name), language="en") for name in "abc"])
    assert title == "3 messages"
    assert [line[-1] for line in text.splitlines()] == ["c", "b", "a"]
