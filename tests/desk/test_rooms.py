"""The desk over a real Redis: rooms on a site without data, while a next model is filled, and steps refused."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from layouts.desk.facts import Verified
from layouts.words import LANGUAGES, Words
from scoring.board import Board
from scoring.definitions import Change, Model
from tests.samples.folders import read
from tests.support.servers import RedisNode, wait_until
from wall.board_follower import LoadedBoard
from wall.definitions.apply import put_in_force
from wall.definitions.history import applications
from wall.desk.acting import Acting
from wall.desk.desk import Desk
from wall.desk.history import change_token, take_out
from wall.desk.jobs import Recount, Recounts
from wall.desk.rooms import Rooms
from wall.desk.trials import apply_kept, kept_trial, try_changes
from wall.refusal import Refused
from wall.settings import Settings
from wall.wiring import Site, open_site

from .viewers import asking

WORDS = Words.of("en")
ANN = Acting("Ann", "because")
CHANGE = Change.model_validate(
    {
        "from": "2099-01-01",
        "reason": "later",
        "kpis": {"on_time_delivery": {"weight": {"assembly": 40}}, "output_today": {"weight": {"assembly": 10}}},
    }
)


@pytest.fixture(scope="module")
def redis() -> Iterator[RedisNode]:
    with RedisNode(appendfsync="everysec") as node:
        yield node


@pytest.fixture
def site(redis: RedisNode) -> Site:
    name = f"desk{uuid.uuid4().hex[:8]}"
    site = open_site(Settings(site=name, redis=redis.url, topic=name, partitions=1))
    put_in_force(site, read("factory"), "test", "first")
    return site


def desk_of(site: Site) -> Desk:
    applied = site.store.model()
    assert applied is not None
    return Desk(site, LoadedBoard(applied, Board(0, applied.model.version, site.store.clock().now_ms())))


def counting_otherwise(model: Model) -> Model:
    return model.model_copy(update={"units": model.units[:-1]})


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("", {}),
        ("what-if", {}),
        ("what-if/east", {}),
        ("targets", {}),
        ("history", {"unit": "assembly", "kpi": "oee", "on": "2026-03-18", "a": "1", "b": "1"}),
        ("history", {"unit": "x", "kpi": "y", "on": "never", "a": "7", "b": "8"}),
        ("periods", {"period": "2026-02"}),
        ("periods", {"period": "nonsense"}),
        ("incentive", {}),
        ("incentive/none", {}),
        ("incentive/monthly_bonus/2026-02", {}),
        ("nowhere/at/all", {}),
    ],
)
def test_every_room_opens_on_a_site_without_data(site: Site, name: str, asked: dict[str, str], language: str) -> None:
    desk = desk_of(site)
    with asking():
        page = Rooms(desk.site, desk.view).page(name, asked, language)
    assert (page is None) == (name == "nowhere/at/all")
    assert page is None or "desk-head" in str(page)


def test_the_newest_period_is_offered_where_nothing_was_counted_before(site: Site) -> None:
    desk = desk_of(site)
    running = desk.calendar.period_at("month", desk.now_ms)
    before = desk.calendar.period_at("month", running.start_ms - 1)
    assert desk.newest([running, before]) == running


def test_the_airline_has_no_incentive_and_says_so(redis: RedisNode) -> None:
    name = f"air{uuid.uuid4().hex[:8]}"
    site = open_site(Settings(site=name, redis=redis.url, topic=name, partitions=1))
    put_in_force(site, read("airline"), "test", "first")
    desk = desk_of(site)
    for room in ("incentive", "what-if", "history"):
        with asking():
            assert "desk-head" in str(Rooms(site, desk.view).page(room, {}, "en"))


def tried(site: Site, *changes: Change) -> dict[str, Any]:
    with asking():
        facts, stored = try_changes(desk_of(site), changes, (), WORDS)
    assert not facts.faulty
    assert stored is not None
    return stored


def test_a_trial_is_applied_as_shown_signed_and_taken_out_again(site: Site) -> None:
    stored = tried(site, CHANGE)
    with asking():
        apply_kept(desk_of(site), stored, ANN, WORDS)
    newest = applications(site.journal)[-1]
    added = newest.model.changes[-1]
    assert (newest.author, added.author, added.reason) == ("Ann", "Ann", "because")
    assert added.kpis == CHANGE.kpis
    take_out(desk_of(site), change_token(added), ANN, WORDS)
    assert applications(site.journal)[-1].model.changes == read("factory").changes
    with pytest.raises(Refused):
        take_out(desk_of(site), change_token(added), ANN, WORDS)


def test_a_change_that_holds_already_is_not_taken_out(site: Site) -> None:
    with pytest.raises(Refused, match="2026-03-01"):
        take_out(desk_of(site), change_token(read("factory").changes[0]), ANN, WORDS)


def test_a_trial_is_refused_once_another_model_is_in_force(site: Site) -> None:
    stored = tried(site, CHANGE)
    put_in_force(site, read("factory"), "test", "meanwhile")
    with pytest.raises(Refused):
        kept_trial(desk_of(site), stored, WORDS)


def test_a_trial_that_was_tampered_with_is_refused(site: Site) -> None:
    stored = tried(site, CHANGE)
    changes = [{**stored["changes"][0], "from": "2026-03-18"}]
    with pytest.raises(Refused):
        kept_trial(desk_of(site), {**stored, "changes": changes}, WORDS)
    for nothing in (None, {}):
        with pytest.raises(Refused):
            kept_trial(desk_of(site), nothing, WORDS)


def test_a_faulty_trial_leaves_nothing_to_apply(site: Site) -> None:
    off = CHANGE.model_copy(update={"kpis": {"oee": CHANGE.kpis["on_time_delivery"]}})
    with asking():
        facts, stored = try_changes(desk_of(site), [off], (), WORDS)
    assert facts.faulty
    assert stored is None


@pytest.mark.parametrize(
    "said",
    [
        {"kpis": {"oee": {"target": {"assembly": "1e999999"}}}},
        {"kpis": {"oee": {"method": {"name": "ratio", "cap": "1e400000"}}}},
        {"kpis": {"nope": {"weight": 3}}},
        {"kpis": {"oee": {"value": "1 / 0 +"}}},
        {"units": {"assembly": {"parent": "assembly"}}},
    ],
)
def test_whatever_a_file_says_is_answered_with_faults(site: Site, said: dict[str, Any]) -> None:
    change = Change.model_validate({"from": "2026-05-01", "reason": "r", **said})
    with asking():
        facts, stored = try_changes(desk_of(site), [change], (), WORDS)
    assert facts.faulty
    assert stored is None


def test_while_a_next_model_is_filled_history_says_so_and_no_step_is_taken(site: Site) -> None:
    stored = tried(site, CHANGE)
    put_in_force(site, counting_otherwise(read("factory")), "test", "other units")
    desk = desk_of(site)
    with asking():
        page = str(Rooms(site, desk.view).page("history", {}, "en"))
    assert WORDS("desk.filling.title") in page
    assert "/desk/stream/filling" in page
    with asking(), pytest.raises(Refused):
        apply_kept(desk, stored, ANN, WORDS)
    with pytest.raises(Refused):
        take_out(desk, change_token(read("factory").changes[1]), ANN, WORDS)


def test_a_recount_that_fails_says_why_and_lets_the_next_one_run() -> None:
    recounts = Recounts()

    def fails(_: Any) -> str:
        raise ValueError("the log is gone")

    def works(progress: Callable[[int], None]) -> str:
        progress(10)
        return "b"

    assert recounts.start(Recount("a", 10, fails))
    wait_until(lambda: "the log is gone" in told(recounts, "a").trouble, 5, "the failure is told")
    assert recounts.start(Recount("b", 10, works))
    wait_until(lambda: told(recounts, "b").same is True, 5, "the recount is over")
    assert told(recounts, "b").done == 10
    assert recounts.known("c") is None


def told(recounts: Recounts, digest: str) -> Verified:
    """What is known of a recount."""
    known = recounts.known(digest)
    assert known is not None
    return known
