"""What the tests of a year of decisions share: the oracle's cards by month, the command, and late events."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pandas as pd
from click.testing import CliRunner, Result

from deploy.models.airline import flights
from scoring.board import WEIGHT, KpiResult, UnitScore
from scoring.definitions import Model
from tests.oracle.scorecards import Card, Standing, Written, card, standing, written
from tests.samples.flights_oracle import MonthValues, month_values
from tests.samples.folders import folder
from wall.cli import main
from wall.definitions.model_folder import load_model
from wall.samples import entry
from wall.settings import Settings
from wall.wiring import Site

DECISIONS = Path(__file__).parent / "decisions"
MONTHS = [f"2013-{month:02}" for month in range(1, 13)]
Tables = tuple[pd.DataFrame, pd.DataFrame]


def first_day(month: str, later: int = 0) -> dt.date:
    """The first day of a month, or of one some months later."""
    year, number = (int(part) for part in month.split("-"))
    return dt.date(year + (number - 1 + later) // 12, (number - 1 + later) % 12 + 1, 1)


def end_ms(month: str) -> int:
    """The end of a month on New York's clock, exclusive."""
    day = first_day(month, 1)
    return int(dt.datetime(day.year, day.month, 1, tzinfo=ZoneInfo("America/New_York")).timestamp() * 1000)


def airline_with(scratch: Path, *decisions: str) -> Model:
    """The airline's model with files of decisions beside its own; checked like any other."""
    copy = scratch / "-".join(("airline", *decisions))
    shutil.copytree(folder("airline"), copy)
    for name in decisions:
        shutil.copy(DECISIONS / f"{name}.yaml", copy)
    return load_model(copy)[0].model_copy(update={"version": "+".join(decisions)})


@dataclass(frozen=True)
class Oracle:
    """What pandas and plain fractions give, for any month's flights under any day's definitions."""

    values: Mapping[str, MonthValues]
    definitions: Written

    def standing(self, day: dt.date, without: Sequence[str] = ()) -> Standing:
        """The definitions of a day, less some KPIs."""
        found = standing(self.definitions, day)
        return replace(found, kpis={name: one for name, one in found.kpis.items() if name not in without})

    def card(self, month: str, day: dt.date | None = None, without: Sequence[str] = ()) -> Card:
        """A month's flights under its own definitions, or those of another day."""
        return card(self.standing(day or first_day(month), without), self.values[month])


def oracle(tables: Tables, *decisions: str) -> Oracle:
    """The oracle over these flights and decisions."""
    own = [folder("airline") / "kpis.yaml", folder("airline") / "org.yaml"]
    definitions = written(*own, *(DECISIONS / f"{name}.yaml" for name in decisions))
    return Oracle(month_values(*tables, [one["id"] for one in definitions.units]), definitions)


def compare(expected: Card, kpis: Mapping[tuple[str, str], KpiResult], units: Mapping[str, UnitScore]) -> int:
    """Assert that results are the oracle's, number by number; returns how many numbers were compared."""
    found = {
        key: (one.value, one.target, Fraction(one.weight, WEIGHT), one.score, one.definition)
        for key, one in kpis.items()
    }
    wanted = {key: (one.value, one.target, one.weight, one.score, one.version) for key, one in expected.kpis.items()}
    assert _different(wanted, found) == {}
    scores = {unit: (one.score, one.coverage, one.definition) for unit, one in units.items()}
    wanted_scores = {unit: (one.score, one.coverage, one.version) for unit, one in expected.units.items()}
    assert _different(wanted_scores, scores) == {}
    return 5 * len(wanted) + 3 * len(wanted_scores)


def _different(one: Mapping[Any, Any], other: Mapping[Any, Any]) -> dict[Any, Any]:
    return {key: (one.get(key), other.get(key)) for key in {**one, **other} if one.get(key) != other.get(key)}


def counts(site: Site, generation: str, name: str) -> int:
    """What the counters of all partitions say of their records: `records`, `counted`, `dead`, ..."""
    return sum(int(site.counters(generation).counts(one).get(name, 0)) for one in site.log.partitions())


class Command:
    """kpiwall against one site, in this process."""

    def __init__(self, settings: Settings) -> None:
        self.flags = ["--redis", settings.redis, "--site", settings.site, "--topic", settings.topic]
        self.flags += ["--group", settings.group, "--partitions", str(settings.partitions)]

    def __call__(self, *arguments: object) -> Result:
        """Run it, whatever comes of it."""
        return CliRunner().invoke(main, [*self.flags, *(str(one) for one in arguments)])

    def out(self, *arguments: object) -> str:
        """What it prints when all is well."""
        done = self(*arguments)
        assert done.exit_code == 0, done.output
        return done.stdout


@dataclass(frozen=True)
class Late:
    """What came late: entries for the log, what of them counts for March, and the flights as they are with it."""

    entries: list[tuple[str, bytes]]
    of_march: set[str]
    tables: Tables


def late_flights(tables: Tables) -> Late:
    """A departure of March corrected, a flight of March and one of April forgotten, two repetitions, one refused."""
    table, planes = tables
    some = table[(table["carrier"] == "UA") & (table["origin"] == "EWR") & table["air_time"].notna()]
    known = some[(some["month"] == 3) & (some["day"] == 12)].index[0]
    march, april = (some[(some["month"] == month) & (some["day"] == 17)].iloc[[0]] for month in (3, 4))
    march, april = march.assign(flight=9001, dep_delay=75.0), april.assign(flight=9002, arr_delay=-20.0)
    before = next(one for one in flights.events(table.loc[[known]], planes) if one.event["type"] == "flight.departed")
    corrected = table.assign(dep_delay=table["dep_delay"].where(table.index != known, table["dep_delay"] + 100))
    data = before.event["data"]
    correction = replace(before, event={
        **before.event,
        "id": before.event["id"] + "-c1",
        "type": "flight.departed.corrected",
        "data": {"before": data, "after": {**data, "dep_delay": data["dep_delay"] + 100}},
    })  # fmt: skip
    forgotten, of_april = list(flights.events(march, planes)), list(flights.events(april, planes))
    nowhere = replace(before, event={**before.event, "id": "x", "data": {**data, "origin": "XXX"}})
    sent = [before, correction, *forgotten, *of_april, forgotten[0], nowhere]
    return Late(
        [entry(one) for one in sent],
        {correction.event["id"], *(one.event["id"] for one in forgotten)},
        (pd.concat([corrected, march, april], ignore_index=True), planes),
    )


def decoded(text: str) -> Any:
    """JSON as data."""
    return msgspec.json.decode(text)
