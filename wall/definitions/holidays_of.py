"""Public holidays and make-up working days of a country, written into a model's calendar when its folder is read.

The applied model then holds its dates itself: a later version of the library can't change a past score.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import holidays

from scoring.definitions import Model

from ..model_check.finding import Finding, doubt, fault

#: Countries that decree their make-up working days year by year (China each November, for the next year); a year
#: without any is not published yet, or not in the library yet.
DECREED = frozenset({"BY", "CN", "HU", "RU", "UZ", "VN"})
#: Countries whose notices give a run of days, weekends included: a Saturday between two holidays is off there for
#: those who otherwise work on Saturdays too. In Germany, say, it is an ordinary Saturday.
WHOLE_RUNS = frozenset({"CN"})

_PATH = ("calendar", "holidays_of")
_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Dates:
    """What the library knows of some years: days off, make-up working days, and which years it only guesses or not."""

    off: frozenset[dt.date]
    working: frozenset[dt.date]
    estimated: tuple[int, ...]
    unknown: tuple[int, ...]


def with_holidays(model: Model) -> tuple[Model, list[Finding]]:
    """The model with the dates of `calendar.holidays_of` written out, for the years in which events are accepted.

    Dates that the model writes itself win, and a year for which it writes any needs no warning.
    """
    calendar = model.calendar
    if calendar.holidays_of is None:
        return model, []
    before = model.accept.before
    years = range(model.accept.after.year, before.year + (before > dt.date(before.year, 1, 1)))
    try:
        known = dates_of(calendar.holidays_of, years)
    except LookupError as error:
        fix = "use an ISO country such as CN, or country and subdivision such as DE-BY; or drop it and write the dates"
        return model, [fault(_PATH, f"holidays_of: {error.args[0]}", fix)]
    written = {*calendar.holidays, *calendar.working_dates}
    off = sorted({*calendar.holidays, *(known.off - written)})
    working = sorted({*calendar.working_dates, *(known.working - written)})
    resolved = calendar.model_copy(update={"holidays": off, "working_dates": working})
    found = list(_doubts(calendar.holidays_of, known, {date.year for date in written}))
    return model.model_copy(update={"calendar": resolved}), found


def _doubts(place: str, known: Dates, written: set[int]) -> Iterator[Finding]:
    unknown, estimated = ([year for year in years if year not in written] for years in (known.unknown, known.estimated))
    if unknown:
        yield doubt(
            _PATH,
            f"holidays_of: the days of {place} are not known for {_spans(unknown)}",
            "set accept.before, or write the dates in calendar.holidays and calendar.working_dates once they are known",
        )
    if estimated:
        yield doubt(
            _PATH,
            f"holidays_of: some days of {place} are estimates in {_spans(estimated)}",
            "check them, and write what differs in calendar.holidays and calendar.working_dates",
        )


def dates_of(place: str, years: Iterable[int]) -> Dates:
    """Days off and make-up days of a place such as `CN` or `DE-BY`; raises `LookupError` for an unknown one.

    >>> known = dates_of("CN", [2026, 9999])
    >>> dt.date(2026, 2, 23) in known.off, dt.date(2026, 9, 20) in known.working, known.unknown
    (True, True, (9999,))
    """
    country, _, subdivision = place.partition("-")
    named = holidays.list_supported_countries(include_aliases=False)
    if country not in named:
        raise LookupError(f"country {country!r} is unknown")
    if subdivision and subdivision not in named[country]:
        raise LookupError(f"{country} has no subdivision {subdivision!r}")
    asked = sorted(set(years))
    book = holidays.country_holidays(country, subdiv=subdivision or None, language="en_US")
    last = _last_decreed(country, book.end_year) if country in DECREED else book.end_year
    can = [year for year in asked if book.start_year <= year <= last]
    for near in {year + step for year in can for step in (-1, 0, 1)}:
        book.get(dt.date(near, 1, 1))  # fills the year; runs of days may reach into the next
    off, working = set(book), set(book.weekend_workdays)
    if country in WHOLE_RUNS:
        off |= _weekends_beside(off, working)
    return Dates(
        off=frozenset(date for date in off if date.year in can),
        working=frozenset(date for date in working if date.year in can),
        estimated=tuple(sorted({date.year for date, name in book.items() if "estimated" in name} & set(can))),
        unknown=tuple(year for year in asked if year not in can),
    )


def _last_decreed(country: str, end_year: int) -> int:
    """The newest year for which the library holds make-up days."""
    book = holidays.country_holidays(country, years=range(2000, end_year + 1))
    return max(date.year for date in book.weekend_workdays)


def _weekends_beside(off: set[dt.date], working: set[dt.date]) -> set[dt.date]:
    """Saturdays and Sundays that touch a day off, and do not work themselves."""
    found: set[dt.date] = set()
    open_dates = list(off)
    while open_dates:
        date = open_dates.pop()
        for beside in (date - dt.timedelta(days=1), date + dt.timedelta(days=1)):
            if beside.weekday() >= _SATURDAY and beside not in off | found | working:
                found.add(beside)
                open_dates.append(beside)
    return found


def _spans(years: list[int]) -> str:
    """Years as text, runs as first to last.

    >>> _spans([2026, 2028, 2029, 2030])
    '2026, 2028 to 2030'
    """
    runs: list[list[int]] = []
    for year in years:
        if runs and runs[-1][-1] == year - 1:
            runs[-1].append(year)
        else:
            runs.append([year])
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]} to {run[-1]}" for run in runs)
