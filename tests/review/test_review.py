"""The review of a period: its numbers are those of the period, closed ones as frozen, and only what the reader sees."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import flask
import pytest
from openpyxl import load_workbook

from layouts.lookup import Lookup
from layouts.review.facts import ReviewFacts
from layouts.review.sheet import as_markdown
from layouts.words import Words
from scoring.calendar import BusinessCalendar
from tests.followup.staged import Stage, staged
from tests.server.teams import FEBRUARY, NOW_MS, count
from wall.definitions.apply import put_in_force
from wall.desk.desk import Desk
from wall.desk.permits import EXPORT, REVIEW, REVIEW_WRITE
from wall.desk.scorecard_form import card_facts
from wall.desk.what_if import proposed
from wall.followup.items import Anchor
from wall.followup.ledger import Ledger
from wall.people.viewer import VIEWER, Viewer
from wall.refusal import Refused
from wall.results.closing import close_period
from wall.results.explaining import Explainer
from wall.results.past import Past
from wall.results.period_names import period_named
from wall.results.timeline import Timelines
from wall.review.gather import Reviews, mark_of
from wall.review.ledger import ReviewLedger
from wall.review.room import workbook
from wall.review.steps import Conclusion, ReviewSteps

WORDS = Words.of("en")


@pytest.fixture(scope="module")
def shared() -> Iterator[Stage]:
    with staged() as stage:
        count(stage.site, FEBRUARY)
        yield stage


@pytest.fixture(scope="module")
def reviews(shared: Stage) -> Reviews:
    site = shared.site
    desk = Desk(site, shared, shared.sights)
    return Reviews(
        desk, Explainer(site, shared), Timelines(site, shared), Ledger(site.journal), ReviewLedger(site.journal)
    )


def looked(
    reviews: Reviews, who: Viewer, unit: str, name: str, *also: Any, language: str = "en"
) -> tuple[Lookup, ReviewFacts]:
    """The review as somebody sees it."""
    with flask.Flask("test").test_request_context(environ_overrides={"asgi.scope": {VIEWER: who}}):
        found = reviews.desk.lookup(language, REVIEW)
        return found, reviews.facts(unit, name, found, *also)


def where(reviews: Reviews, who: Viewer, unit: str, name: str = "2026-03") -> Conclusion:
    with flask.Flask("test").test_request_context(environ_overrides={"asgi.scope": {VIEWER: who}}):
        return Conclusion(who, WORDS, reviews.desk.visible(REVIEW_WRITE), unit, name, NOW_MS)


def test_numbers_are_those_of_the_periods_and_the_waterfall_sums_to_their_difference(
    shared: Stage, reviews: Reviews
) -> None:  # fmt: skip
    _, facts = looked(reviews, shared.viewer("eve"), "red", "2026-03")
    now, before = (Past(shared.site, shared.applied).at(end) for end in (NOW_MS, facts.start_ms))
    assert facts.state == "running"
    assert facts.score == now.units["red"].score
    assert {line.result.kpi: line.result for line in facts.lines} == {
        kpi: one for (unit, kpi), one in now.kpis.items() if unit == "red"
    }
    # February has counters only from its second day on.
    assert facts.before_in_part
    assert facts.score_before is None
    assert facts.moved is None
    _, week = looked(reviews, shared.viewer("eve"), "red", "2026-W11")
    assert week.moved is None or week.moved.end - week.moved.start == sum(one.points for one in week.moved.steps)
    assert before.units["red"].score is not None


def test_a_closed_period_is_shown_as_frozen_and_compared_with(shared: Stage, reviews: Reviews) -> None:
    calendar = BusinessCalendar(shared.applied.model.calendar)
    february = period_named("2026-02", calendar)
    frozen = close_period(shared.site, shared.applied, february, NOW_MS, "Eve", "month end")
    _, facts = looked(reviews, shared.viewer("eve"), "red", "2026-02")
    assert facts.state == "closed"
    assert facts.score == frozen.scores.units["red"].score
    _, march = looked(reviews, shared.viewer("eve"), "red", "2026-03")
    assert march.score_before == facts.score
    assert march.moved is not None
    assert march.score is not None
    assert march.moved.end - march.moved.start == sum(one.points for one in march.moved.steps)
    assert march.moved.end == march.score


def test_what_was_tried_is_of_the_unit_and_those_below_and_only_what_is_seen(shared: Stage, reviews: Reviews) -> None:
    eve = shared.viewer("eve")
    for unit, text in (("company", "top"), ("red", "mine"), ("ann", "hers"), ("blue", "theirs")):
        shared.steps.note(eve, Anchor(unit, "output"), f"secret {text}")

    def told(who: str, unit: str) -> set[str]:
        return {one.text for one in looked(reviews, shared.viewer(who), unit, "2026-03")[1].tried}

    assert told("eve", "red") == {"secret mine", "secret hers"}
    assert told("eve", "company") == {"secret top", "secret mine", "secret hers", "secret theirs"}
    assert told("rita", "red") == {"secret mine", "secret hers"}
    assert told("tom", "red") == set()


def test_who_sees_one_kpi_reviews_that_one_alone(shared: Stage, reviews: Reviews) -> None:
    _, facts = looked(reviews, shared.viewer("tom"), "red", "2026-03")
    assert [line.result.kpi for line in facts.lines] == ["quality"]
    assert (facts.score, facts.score_before, facts.moved, list(facts.course)) == (None, None, None, [])
    assert not facts.may_write


def test_lessons_and_proposals_are_kept_for_their_unit_and_period(shared: Stage, reviews: Reviews) -> None:
    steps, rita = ReviewSteps(shared.site.journal, reviews.concluded), shared.viewer("rita")
    steps.learn(where(reviews, rita, "red"), "keep", " Short mornings ")
    steps.propose(where(reviews, rita, "red"), "output", "weight", "25", "nobody looks at it")
    _, facts = looked(reviews, rita, "red", "2026-03")
    assert [(one.kind, one.text, one.mine) for one in facts.lessons] == [("keep", "Short mornings", True)]
    [proposal] = facts.proposals
    assert (proposal.kpi, proposal.field, proposal.value, proposal.applied) == ("output", "weight", "25", None)
    assert not looked(reviews, rita, "red", "2026-W11")[1].lessons
    # Its application is known by the mark in its reason.
    put_in_force(shared.site, shared.applied.model.model_copy(update={"version": "2"}), "Eve",
                 f"nobody looks at it (review {mark_of(proposal.id)})")  # fmt: skip
    [proposal] = looked(reviews, rita, "red", "2026-03")[1].proposals
    assert proposal.applied == 2
    with pytest.raises(Refused, match="only who wrote it"):
        steps.withdraw(where(reviews, shared.viewer("eve"), "red"), proposal.id)
    steps.withdraw(where(reviews, rita, "red"), proposal.id)
    assert not looked(reviews, rita, "red", "2026-03")[1].proposals


@pytest.mark.parametrize(
    ("who", "kpi", "value", "said"),
    [
        ("bert", "output", "25", "does not allow"),
        ("tom", "quality", "25", "does not allow"),
        ("max", "output", "25", "does not allow"),
        ("rita", "nothing", "25", "nothing like that"),
        ("rita", "output", "many", "many is no number"),
        ("rita", "output", "-1", "-1 is no number"),
    ],
)
def test_a_proposal_is_refused_in_words(
    shared: Stage, reviews: Reviews, who: str, kpi: str, value: str, said: str
) -> None:  # fmt: skip
    steps = ReviewSteps(shared.site.journal, reviews.concluded)
    with pytest.raises(Refused, match=said):
        steps.propose(where(reviews, shared.viewer(who), "red"), kpi, "weight", value, "why")


def test_an_address_fills_in_a_proposal_and_nothing_else(shared: Stage) -> None:
    eve = shared.viewer("eve")
    seen = shared.steps.readers.visible(eve)
    card = card_facts(shared.applied.model, "red", shared.steps.today, "en", seen)
    filled = proposed(card, {"kpi": "output", "field": "weight", "value": "25"})
    assert [row.weight for row in filled.rows] == ["25", "40"]
    for asked in ({"kpi": "x", "field": "weight", "value": "1"}, {"kpi": "output", "field": "cell", "value": "1"}, {}):
        assert proposed(card, asked) == card


def test_files_hold_what_the_page_shows_and_no_formula(shared: Stage, reviews: Reviews) -> None:
    shared.steps.note(shared.viewer("rita"), Anchor("red"), '=HYPERLINK("x") | *bold*')
    found, facts = looked(reviews, shared.viewer("eve"), "red", "2026-03", EXPORT)
    text = as_markdown(found, facts)
    assert '=HYPERLINK("x") \\| \\*bold\\*' in text
    book = load_workbook(io.BytesIO(workbook(found, facts)))
    cells = [str(cell.value) for sheet in book for row in sheet for cell in row]
    assert '\'=HYPERLINK("x") | *bold*' in cells
    assert not [one for one in cells if one.startswith("=")]
    for line in facts.lines:
        assert found.text(found.kpis[line.result.kpi].title) in cells
