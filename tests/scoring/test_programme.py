"""Programmes of playlists, minute by minute against what each item says of itself."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.board import Board, Status
from scoring.calendar import DAY_MS, HOUR_MS, MINUTE_MS, BusinessCalendar
from scoring.definitions import Calendar
from scoring.programme import AHEAD_MS, Spans, default_playlist, playlist_of, programme, watched
from scoring.scenes import Playlist, PlaylistItem, Watch
from tests.layouts.boards import board_of, small_model

from .test_calendar import at, calendar, shift

BERLIN, SHANGHAI = "Europe/Berlin", "Asia/Shanghai"
SHIFTS = [shift("night", "22:00", "06:00"), shift("early", "06:00", "14:00"), shift("late", "14:00", "22:00")]
OFFICE = ["mon", "tue", "wed", "thu", "fri"]


def playlist(*items: dict[str, Any], **values: Any) -> Playlist:
    shown = [{"scene": "main", **item} for item in items]
    return Playlist.model_validate({"id": "hall", "title": "", "items": shown, **values})


def windows(one: BusinessCalendar, now_ms: int, **item: Any) -> Spans | None:
    return programme(playlist(item), one, now_ms).items[0].windows


def clocks(spans: Spans | None, zone: str) -> list[tuple[str, str]]:
    """Spans as a person in the zone reads them off the clock: weekday and time."""
    return [(_clock(start, zone), _clock(end, zone)) for start, end in spans or ()]


def _clock(ms: int, zone: str) -> str:
    return f"{calendar(zone).local(ms):%a %H:%M}"


def test_an_item_that_asks_for_no_time_may_always_show() -> None:
    (item,) = programme(playlist({"dwell": "45s", "stays_at_most": "2m"}), calendar(BERLIN), 0).items
    assert (item.key, item.scene, item.unit, item.windows) == (0, "main", None, None)
    assert (item.dwell_ms, item.stays_at_most_ms, item.jumps_in_for_ms, item.pinned) == (45_000, 120_000, 20_000, False)


def test_hours_past_midnight_are_one_window() -> None:
    noon = at("2026-03-18T12:00", BERLIN)
    found = windows(calendar(BERLIN), noon, hours=["22:00", "02:00"])
    assert clocks(found, BERLIN) == [("Wed 22:00", "Thu 02:00"), ("Thu 22:00", "Fri 02:00")]
    after = windows(calendar(BERLIN), noon + 13 * HOUR_MS, hours=["22:00", "02:00"])
    assert clocks(after, BERLIN)[0] == ("Wed 22:00", "Thu 02:00"), "what has begun keeps its beginning"


def test_weekdays_are_those_on_which_the_hours_begin() -> None:
    friday = at("2026-03-20T12:00", BERLIN)
    found = windows(calendar(BERLIN), friday, hours=["22:00", "02:00"], weekdays=["fri"])
    assert clocks(found, BERLIN) == [("Fri 22:00", "Sat 02:00")]
    assert windows(calendar(BERLIN), friday, hours=["22:00", "02:00"], weekdays=["tue"]) == ()


def test_the_business_day_decides_the_weekday() -> None:
    friday = at("2026-03-20T12:00", BERLIN)
    found = windows(calendar(BERLIN, day_starts="06:00"), friday, hours=["02:00", "04:00"], weekdays=["fri"])
    assert clocks(found, BERLIN) == [("Sat 02:00", "Sat 04:00")]
    whole = windows(calendar(BERLIN, day_starts="06:00"), friday, weekdays=["fri"])
    assert clocks(whole, BERLIN) == [("Fri 06:00", "Sat 06:00")]


def test_shifts_run_on_working_days_only_and_join_where_they_meet() -> None:
    friday = at("2026-03-20T12:00", SHANGHAI)
    one = calendar(SHANGHAI, shifts=SHIFTS, working_days=OFFICE)
    assert clocks(windows(one, friday, shifts=["early", "late"]), SHANGHAI) == [("Fri 06:00", "Fri 22:00")]
    assert clocks(windows(one, friday, shifts=["night"]), SHANGHAI) == [("Fri 22:00", "Sat 06:00")]


def test_working_days_heed_holidays_and_make_up_days() -> None:
    friday = at("2026-03-20T12:00", BERLIN)
    plain = calendar(BERLIN, working_days=OFFICE)
    assert clocks(windows(plain, friday, working_days_only=True), BERLIN) == [("Wed 00:00", "Sat 00:00")]
    made_up = calendar(BERLIN, working_days=OFFICE, working_dates=["2026-03-21"], holidays=["2026-03-20"])
    assert clocks(windows(made_up, friday, working_days_only=True), BERLIN) == [("Sat 00:00", "Sun 00:00")]


def test_hours_shifts_and_weekdays_all_hold_at_once() -> None:
    friday = at("2026-03-20T12:00", BERLIN)
    one = calendar(BERLIN, shifts=SHIFTS, working_days=OFFICE)
    found = windows(one, friday, hours=["20:00", "23:00"], shifts=["night"], weekdays=["fri"])
    assert clocks(found, BERLIN) == [("Fri 22:00", "Fri 23:00")]
    assert windows(one, friday, hours=["10:00", "12:00"], shifts=["night"]) == ()


@pytest.mark.parametrize(
    ("now", "hours", "lengths"),
    [
        ("2026-03-28T12:00", ["01:00", "04:00"], [2]),
        ("2026-03-28T12:00", ["02:00", "03:00"], []),
        ("2026-10-24T12:00", ["01:00", "04:00"], [4]),
        ("2026-10-24T12:00", ["22:00", "08:00"], [11, 10]),
    ],
)
def test_the_clock_of_the_wall_is_kept_when_it_changes(now: str, hours: list[str], lengths: list[int]) -> None:
    found = windows(calendar(BERLIN), at(now, BERLIN), hours=hours) or ()
    assert [(end - start) / HOUR_MS for start, end in found] == lengths


def test_nights_are_windows_with_a_share() -> None:
    noon = at("2026-03-18T12:00", BERLIN)
    night = {"hours": ["22:00", "06:00"], "dim": 60}
    found = programme(playlist({}, night=night), calendar(BERLIN), noon)
    assert clocks(found.nights, BERLIN) == [("Wed 22:00", "Thu 06:00"), ("Thu 22:00", "Fri 06:00")]
    assert float(found.dim) == 0.6


def _shows(item: PlaylistItem, one: BusinessCalendar, ms: int) -> bool:
    """Whether an item may show in the minute of a moment, asked of every day around it."""
    today = one.business_date(ms)
    days = [today - dt.timedelta(days=back) for back in (-1, 0, 1, 2)]
    meant = [day for day in days if not item.weekdays or day.strftime("%a").lower() in item.weekdays]
    meant = [day for day in meant if one.works(day) or not item.working_days_only]

    def within(day: dt.date, start: str, end: str) -> bool:
        begins, ends = one.clock_span(day, (start, end))
        return begins <= ms < ends

    def in_shift(of: list[dt.date]) -> bool:
        shifts = [shift for shift in one.definition.shifts if shift.id in item.shifts]
        return any(one.works(day) and within(day, shift.start, shift.end) for day in of for shift in shifts)

    if item.hours is None:
        return in_shift(meant) if item.shifts else today in meant
    return any(within(day, *item.hours) for day in meant) and (not item.shifts or in_shift(days))


_HOURS = st.tuples(st.integers(0, 23), st.sampled_from([0, 30])).map(lambda at: f"{at[0]:02d}:{at[1]:02d}")
_WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


@settings(max_examples=150, deadline=None)
@given(
    hours=st.none() | st.tuples(_HOURS, _HOURS).filter(lambda pair: pair[0] != pair[1]),
    weekdays=st.lists(st.sampled_from(_WEEKDAYS), unique=True, max_size=4),
    shifts=st.lists(st.sampled_from(["night", "early", "late"]), unique=True, max_size=2),
    working_days_only=st.booleans(),
    day_starts=st.sampled_from(["00:00", "06:00", "22:00"]),
    start=st.sampled_from(["2026-03-27T09:30", "2026-10-23T17:00", "2026-06-03T00:00", "2026-12-31T23:10"]),
)
def test_windows_are_what_every_minute_says(
    hours: Any, weekdays: Any, shifts: Any, working_days_only: bool, day_starts: str, start: str
) -> None:
    asked = {"hours": hours, "weekdays": weekdays, "shifts": shifts, "working_days_only": working_days_only}
    item = PlaylistItem.model_validate({"scene": "main", **asked})
    one, now_ms = calendar(BERLIN, shifts=SHIFTS, working_days=OFFICE, day_starts=day_starts), at(start, BERLIN)
    spans = windows(one, now_ms, **asked)
    assert (spans is None) == (hours is None and not weekdays and not shifts and not working_days_only)
    if spans is None:
        return
    assert all(end < begin for (_, end), (begin, _) in pairwise(spans)), "sorted and apart"
    for ms in range(now_ms, now_ms + AHEAD_MS, 10 * MINUTE_MS):
        assert any(begin <= ms < end for begin, end in spans) == _shows(item, one, ms), _clock(ms, BERLIN)


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 3 * 24))
def test_a_window_keeps_its_edges_while_time_passes(hours: int) -> None:
    one, now_ms = calendar(BERLIN, shifts=SHIFTS, working_days=OFFICE), at("2026-03-27T00:00", BERLIN)
    asked = {"hours": ["20:00", "03:00"], "shifts": ["night"]}
    early, late = windows(one, now_ms + hours * HOUR_MS, **asked), windows(one, now_ms + (hours + 1) * HOUR_MS, **asked)
    assert set((late or ())[:-1]) <= set(early or ()), "only the last may be new"


def test_a_model_without_playlists_shows_all_scenes_in_turn() -> None:
    model = small_model()
    many = model.model_copy(update={"scenes": [model.scenes[0].model_copy(update={"id": f"s{n}"}) for n in range(50)]})
    found = programme(default_playlist(many), BusinessCalendar(Calendar(zone=BERLIN)), 0)
    assert [item.scene for item in found.items] == [f"s{n}" for n in range(50)]
    assert {(item.dwell_ms, item.windows) for item in found.items} == {(30_000, None)}


def test_a_screen_whose_playlist_is_gone_shows_the_first() -> None:
    held = small_model().model_copy(update={"playlists": [playlist({}), playlist({}, id="lobby")]})
    assert [playlist_of(held, name).id for name in ("lobby", "gone", "")] == ["lobby", "hall", "hall"]


def test_a_watch_sees_the_status_of_a_kpi_or_a_score() -> None:
    board = board_of(small_model())
    assert board.kpis["co", "otd"].status is Status.BAD
    assert watched(Watch(kpi="otd"), "co", board)
    assert watched(Watch(kpi="otd", unit="d1"), "co", board)
    assert not watched(Watch(kpi="otd", status=["watch"]), "co", board)
    assert not watched(Watch(kpi="revenue", status=["watch", "bad"]), "co", board)
    assert watched(Watch(status=["watch", "bad"]), "co", board) == (board.units["co"].status is not Status.GOOD)


def test_what_is_unknown_is_not_watched_for() -> None:
    both = Watch(kpi="otd", status=["watch", "bad"])
    assert not watched(both, "nowhere", board_of(small_model()))
    unknown = board_of(small_model(), {"revenue": None, "otd": None, "claims": None})
    assert not watched(both, "co", unknown)
    assert not watched(Watch(), "co", Board(1, "1", DAY_MS))
