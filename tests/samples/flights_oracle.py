"""The airline's numbers from the flights table itself, in plain pandas: what any pipeline must reproduce exactly.

It adds clock times (scheduled hour and minute, delay, time in the air) and never sees an event or a time zone. That is
right for months: clocks change in mid-month, so an hour more or less moves no flight into another month.
"""

from __future__ import annotations

from collections.abc import Collection
from fractions import Fraction

import pandas as pd

MonthValues = dict[tuple[str, str], Fraction | None]


def monthly_sums(table: pd.DataFrame, planes: pd.DataFrame, by: tuple[str, ...]) -> pd.DataFrame:
    """Whole numbers by unit and month (index `unit`, `month` as 2013-07), one column per metric of the model.

    `by` is `()` for the network, `("origin",)` for airports, `("origin", "carrier")` for carriers at airports.
    """
    flights = table.merge(planes[["tailnum", "seats"]], on="tailnum", how="left")
    clock = flights["sched_dep_time"] // 100 * 60 + flights["sched_dep_time"] % 100
    scheduled = pd.to_datetime(flights[["year", "month", "day"]]) + pd.to_timedelta(clock, unit="min")
    departed = scheduled + pd.to_timedelta(flights["dep_delay"], unit="min")
    landed = departed + pd.to_timedelta(flights["air_time"], unit="min")
    flights["unit"] = "NYC" if not by else flights[by[0]]
    for field in by[1:]:
        flights["unit"] += "." + flights[field]
    flights["seat_miles"] = (flights["seats"] * flights["distance"]).fillna(0)
    return pd.concat(
        [
            _sums(flights[departed.notna()], departed, {
                "departed": lambda f: f["dep_delay"].notna(),
                "departed_on_time": lambda f: f["dep_delay"] < 15,
                "departed_late_hour": lambda f: f["dep_delay"] >= 60,
                "departure_delay": lambda f: f["dep_delay"],
                "seat_miles": lambda f: f["seat_miles"],
            }),
            _sums(flights[landed.notna()], landed, {
                "arrived": lambda f: f["arr_delay"].notna(),
                "arrived_on_time": lambda f: f["arr_delay"] < 15,
                "arrived_early": lambda f: f["arr_delay"] < 0,
                "arrival_delay": lambda f: f["arr_delay"],
            }),
            _sums(flights[departed.isna()], scheduled, {"cancelled": lambda f: f["dep_time"].isna()}),
        ],
        axis=1,
    ).fillna(0).astype("int64")  # fmt: skip


def _sums(rows: pd.DataFrame, at: pd.Series, columns: dict[str, object]) -> pd.DataFrame:
    month = at[rows.index].dt.year * 100 + at[rows.index].dt.month
    sums = rows.assign(**columns)[list(columns)].groupby([rows["unit"], month.rename("month")]).sum()
    names = {number: f"{number // 100}-{number % 100:02}" for number in month.unique()}
    return sums.rename(index=names, level="month")


def kpi_values(sums: pd.DataFrame) -> pd.DataFrame:
    """The KPIs as exact fractions, None where nothing departed or arrived; same index as `sums`.

    `early_arrivals` is not of the shipped model; tests add it.
    """
    both = sums["departed"] + sums["cancelled"]
    return pd.DataFrame(
        {
            "on_time_departure": _ratio(sums["departed_on_time"], sums["departed"]),
            "on_time_arrival": _ratio(sums["arrived_on_time"], sums["arrived"]),
            "average_departure_delay": _ratio(sums["departure_delay"], sums["departed"]),
            "average_arrival_delay": _ratio(sums["arrival_delay"], sums["arrived"]),
            "completion_factor": _ratio(sums["departed"], both),
            "long_delays": _ratio(sums["departed_late_hour"], sums["departed"]),
            "flights_operated": [Fraction(n) for n in sums["departed"].tolist()],
            "seat_miles": [Fraction(n) for n in sums["seat_miles"].tolist()],
            "early_arrivals": _ratio(sums["arrived_early"], sums["arrived"]),
        },
        index=sums.index,
        dtype=object,
    )


def _ratio(above: pd.Series, below: pd.Series) -> list[Fraction | None]:
    return [Fraction(a, b) if b else None for a, b in zip(above.tolist(), below.tolist(), strict=True)]


def month_values(table: pd.DataFrame, planes: pd.DataFrame, units: Collection[str]) -> dict[str, MonthValues]:
    """For each month of the table the value of every KPI at every one of these units, also where nothing flew."""
    sums = pd.concat([monthly_sums(table, planes, by) for by in ((), ("origin",), ("origin", "carrier"))])
    whole = pd.MultiIndex.from_product([sorted(units), sorted(set(sums.index.get_level_values("month")))])
    values = kpi_values(sums.reindex(whole, fill_value=0))
    found: dict[str, MonthValues] = {}
    for (unit, month), row in zip(values.index, values.to_dict("records"), strict=True):
        found.setdefault(month, {}).update({(unit, kpi): value for kpi, value in row.items()})
    return found
