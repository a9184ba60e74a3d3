"""Business time against the clock on the wall, minute by minute."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.board import Freshness
from scoring.calendar import BusinessCalendar
from scoring.definitions import Calendar, Source
from scoring.freshness import expected_ms, source_state

MINUTE = 60_000
HOUR = 60 * MINUTE
NEW_YORK = "America/New_York"


def calendar(zone: str = NEW_YORK, **settings: Any) -> BusinessCalendar:
    return BusinessCalendar(Calendar.model_validate({"zone": zone, **settings}))


def shift(name: str, start: str, end: str) -> dict[str, str]:
    return {"id": name, "title": name, "start": start, "end": end}


def at(text: str, zone: str = NEW_YORK, fold: int = 0) -> int:
    moment = dt.datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold)
    return int(moment.timestamp() * 1000)


@pytest.mark.parametrize(("date", "hours"), [("2026-03-08", 23), ("2026-11-01", 25), ("2026-06-01", 24)])
def test_a_day_is_as_long_as_the_clock_makes_it(date: str, hours: int) -> None:
    one = calendar()
    period = one.period_at("day", at(f"{date}T12:00"))
    assert period.end_ms - period.start_ms == hours * HOUR
    assert one.working_ms(period.start_ms, period.end_ms) == hours * HOUR
    buckets = {one.slot(ms).hour for ms in range(period.start_ms, period.end_ms, MINUTE)}
    assert len(buckets) == hours
    assert {one.slot(ms).day for ms in buckets} == {date.replace("-", "")}


def test_the_hour_that_comes_twice_is_two_buckets() -> None:
    first, second = at("2026-11-01T01:30"), at("2026-11-01T01:30", fold=1)
    one = calendar()
    assert (one.slot(first).hour, one.slot(second).hour) == (first - 30 * MINUTE, second - 30 * MINUTE)


def test_a_business_day_may_begin_in_the_morning() -> None:
    one = calendar(day_starts="06:00")
    assert one.slot(at("2026-06-02T05:59")).day == "20260601"
    assert one.slot(at("2026-06-02T06:00")).day == "20260602"
    assert one.period_at("month", at("2026-06-01T05:59")).end_ms == at("2026-06-01T06:00")


def test_an_hour_in_which_the_day_changes_is_two_buckets() -> None:
    one = calendar(day_starts="06:30")
    assert one.slot(at("2026-06-02T06:29")).bucket_ms("hour") == at("2026-06-02T06:00")
    assert one.slot(at("2026-06-02T06:45")).bucket_ms("hour") == at("2026-06-02T06:30")
    assert one.slot(at("2026-06-02T07:10")).bucket_ms("hour") == at("2026-06-02T07:00")


ZONES = [NEW_YORK, "Asia/Shanghai", "Asia/Kolkata", "Africa/Casablanca", "America/St_Johns", "Pacific/Auckland", "UTC"]
STARTS = ["00:00", "02:30", "06:30", "08:00", "23:00", "24:00"]
MOMENTS = st.integers(at("2025-01-01T00:00") // MINUTE, at("2028-01-01T00:00") // MINUTE).map(lambda m: m * MINUTE)


@given(MOMENTS, st.sampled_from(ZONES), st.sampled_from(STARTS))
def test_a_bucket_is_in_the_day_and_bucket_that_it_begins(ms: int, zone: str, day_starts: str) -> None:
    one = calendar(zone, day_starts=day_starts)
    slot = one.slot(ms)
    for kind in ("minute", "hour", "day"):
        start = slot.bucket_ms(kind)  # type: ignore[arg-type]
        assert slot.day_start <= start <= ms
        assert one.slot(start).bucket_ms(kind) == start  # type: ignore[arg-type]
        assert one.slot(start).day == slot.day


@given(MOMENTS, st.sampled_from(ZONES), st.sampled_from(STARTS), st.sampled_from(["day", "week", "month", "year"]))
def test_periods_hold_their_moments_and_follow_each_other(ms: int, zone: str, day_starts: str, kind: Any) -> None:
    one = calendar(zone, day_starts=day_starts)
    period = one.period_at(kind, ms)
    assert period.start_ms <= ms < period.end_ms
    assert one.period_at(kind, period.start_ms) == one.period_at(kind, period.end_ms - 1) == period
    assert one.period_at(kind, period.end_ms).start_ms == period.end_ms
    assert one.stands_until_ms(period, ms) == period.end_ms


@pytest.mark.parametrize(
    ("kind", "moment", "start", "end"),
    [
        ("week", "2026-01-01T12:00", "2025-12-29T00:00", "2026-01-05T00:00"),
        ("week", "2026-03-08T23:59", "2026-03-02T00:00", "2026-03-09T00:00"),
        ("month", "2026-12-31T23:59", "2026-12-01T00:00", "2027-01-01T00:00"),
        ("month", "2028-02-29T12:00", "2028-02-01T00:00", "2028-03-01T00:00"),
        ("quarter", "2026-03-31T23:59", "2026-01-01T00:00", "2026-04-01T00:00"),
        ("quarter", "2026-11-01T00:00", "2026-10-01T00:00", "2027-01-01T00:00"),
        ("year", "2028-12-31T23:59", "2028-01-01T00:00", "2029-01-01T00:00"),
    ],
)
def test_periods_begin_and_end_with_the_calendar(kind: Any, moment: str, start: str, end: str) -> None:
    period = calendar().period_at(kind, at(moment))
    assert (period.start_ms, period.end_ms) == (at(start), at(end))


def test_a_week_may_begin_on_sunday() -> None:
    period = calendar(week_starts="sun").period_at("week", at("2026-06-06T12:00"))
    assert (period.start_ms, period.end_ms) == (at("2026-05-31T00:00"), at("2026-06-07T00:00"))


def test_holidays_rest_and_make_up_days_work() -> None:
    one = calendar(working_days=["mon", "tue", "wed", "thu", "fri"], holidays=["2026-06-03"],
                   working_dates=["2026-06-06"])  # fmt: skip
    worked = [one.works(dt.date(2026, 6, day)) for day in range(1, 8)]
    assert worked == [True, True, False, True, True, True, False]
    assert one.working_ms(at("2026-06-01T00:00"), at("2026-06-08T00:00")) == 5 * 24 * HOUR


NIGHT = [shift("late", "14:00", "22:00"), shift("night", "22:00", "06:00")]


def test_a_night_shift_that_runs_into_the_day_works_in_it() -> None:
    one = calendar(shifts=NIGHT)
    assert one.working_ms(at("2026-06-02T00:00"), at("2026-06-03T00:00")) == 16 * HOUR
    assert one.working_ms(at("2026-06-02T01:00"), at("2026-06-02T02:00")) == HOUR


def test_a_night_shift_belongs_to_the_day_it_began_on() -> None:
    one = calendar(shifts=NIGHT, holidays=["2026-06-02"])
    found = one.shift_at(at("2026-06-02T03:00"))
    assert found is not None
    assert (found[0].id, found[1], found[2]) == ("night", at("2026-06-01T22:00"), at("2026-06-02T06:00"))
    assert one.shift_at(at("2026-06-03T03:00")) is None


def test_between_shifts_the_last_one_stands_until_the_next_begins() -> None:
    one = calendar(shifts=[shift("early", "06:00", "14:00"), shift("late", "16:00", "22:00")])
    period = one.period_at("shift", at("2026-06-02T15:00"))
    assert (period.start_ms, period.end_ms) == (at("2026-06-02T06:00"), at("2026-06-02T14:00"))
    assert one.stands_until_ms(period, at("2026-06-02T15:00")) == at("2026-06-02T16:00")
    assert one.stands_until_ms(period, at("2026-06-02T22:30")) == at("2026-06-03T00:00")


#: Without 02:30, which the clock does not show on the day it goes forward.
HALVES = st.integers(0, 47).filter(lambda half: half != 5)
CLOCKS = st.tuples(HALVES, HALVES).map(
    lambda halves: tuple(f"{half // 2:02d}:{30 * (half % 2):02d}" for half in halves)
)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(CLOCKS, max_size=3),
    st.sampled_from(["00:00", "06:00", "06:30", "20:00"]),
    st.sets(st.sampled_from(["mon", "wed", "thu", "sun"])),
    st.sets(st.integers(5, 12)),
    st.tuples(st.integers(0, 7 * 48), st.integers(0, 7 * 48)).map(sorted),
)
def test_working_time_is_what_a_count_of_half_hours_gives(
    clocks: list[tuple[str, str]], day_starts: str, weekdays: set[str], make_up: set[int], span: list[int]
) -> None:
    """Around the change of clocks on Sunday, 8 March 2026."""
    shifts = [shift(f"s{number}", *clock) for number, clock in enumerate(clocks)]
    one = calendar(day_starts=day_starts, working_days=sorted(weekdays), shifts=shifts,
                   working_dates=[f"2026-03-{day:02d}" for day in sorted(make_up)])  # fmt: skip
    begin = at("2026-03-05T00:00")
    start, end = (begin + half * 30 * MINUTE for half in span)
    counted = sum(works(ms, clocks, day_starts, weekdays, make_up) for ms in range(start, end, 30 * MINUTE))
    assert one.working_ms(start, end) == counted * 30 * MINUTE


def works(ms: int, clocks: list[tuple[str, str]], day_starts: str, weekdays: set[str], make_up: set[int]) -> bool:
    """Whether the half hour that begins at a moment is worked, by looking at the clock on the wall."""
    local = dt.datetime.fromtimestamp(ms / 1000, ZoneInfo(NEW_YORK))
    shown = f"{local:%H:%M}"
    for start, end in clocks or [(day_starts, day_starts)]:
        overnight = end <= start
        if not (start <= shown < end or (overnight and (shown >= start or shown < end))):
            continue
        date = local.date() - dt.timedelta(days=overnight and shown < end)
        date -= dt.timedelta(days=start < day_starts)
        if f"{date:%a}".lower() in weekdays or (date.month == 3 and date.day in make_up):
            return True
    return False


def source(**settings: Any) -> Source:
    return Source.model_validate({"id": "s", "title": "", "stale_after": "10m", "silent_after": "1h", **settings})


@pytest.mark.parametrize(
    ("minutes", "freshness"),
    [(0, Freshness.LIVE), (10, Freshness.LIVE), (11, Freshness.STALE), (60, Freshness.STALE), (61, Freshness.SILENT)],
)
def test_a_quiet_source_turns_stale_and_then_silent(minutes: int, freshness: Freshness) -> None:
    heard = at("2026-06-01T12:00")
    assert source_state(source(), calendar(), heard, heard + minutes * MINUTE).freshness is freshness


def test_a_source_never_heard_of_is_silent() -> None:
    assert source_state(source(), calendar(), None, at("2026-06-01T12:00")).freshness is Freshness.SILENT


def test_quiet_outside_its_hours_and_days_does_not_count() -> None:
    office = source(hours=["08:00", "17:00"], working_days_only=True)
    one = calendar(working_days=["mon", "tue", "wed", "thu", "fri"])
    friday, monday = at("2026-06-05T16:55"), at("2026-06-08T08:04")
    assert expected_ms(office, one, friday, monday) == 9 * MINUTE
    assert source_state(office, one, friday, monday).freshness is Freshness.LIVE
    assert source_state(office, one, friday, monday + 2 * MINUTE).freshness is Freshness.STALE


def test_hours_over_midnight_count_on_both_sides_of_it() -> None:
    nights = source(hours=["22:00", "06:00"])
    assert expected_ms(nights, calendar(), at("2026-06-01T21:00"), at("2026-06-02T12:00")) == 8 * HOUR
    assert expected_ms(nights, calendar(), at("2026-06-02T01:00"), at("2026-06-02T02:00")) == HOUR


def test_a_working_day_of_a_source_is_a_business_day() -> None:
    weekdays = calendar(day_starts="06:00", working_days=["mon", "tue", "wed", "thu", "fri"])
    quiet = source(working_days_only=True)
    assert expected_ms(quiet, weekdays, at("2026-06-06T00:00"), at("2026-06-06T12:00")) == 6 * HOUR


@given(
    st.integers(1_356_998_400_000, 1_420_070_400_000),
    st.sampled_from(["America/New_York", "Asia/Kolkata", "Asia/Shanghai"]),
)
def test_the_short_way_to_a_slot_is_the_way_by_the_clock(ms: int, zone: str) -> None:
    calendar = BusinessCalendar(Calendar(zone=zone, day_starts="06:30"))
    minute = ms - ms % 60_000
    assert calendar.slot(ms) == calendar._slot_by_the_clock(minute)
