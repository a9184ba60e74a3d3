"""All 336,776 flights of 2013 through log, ingest, counters and evaluation give what pandas gives from the table."""

from __future__ import annotations

from fractions import Fraction

import pandas as pd
import pytest

from scoring.board import KpiResult
from tests.samples.flights_oracle import kpi_values, monthly_sums
from wall.audit import audit_partition
from wall.wiring import Site


@pytest.mark.slow
@pytest.mark.parametrize("by", [(), ("origin",), ("origin", "carrier")], ids=["network", "airport", "carrier"])
def test_every_kpi_of_every_month_is_what_pandas_says(
    by: tuple[str, ...],
    months: dict[str, dict[tuple[str, str], KpiResult]],
    tables: tuple[pd.DataFrame, pd.DataFrame],
) -> None:
    expected = kpi_values(monthly_sums(*tables, by))
    compared = 0
    for (unit, month), values in expected.iterrows():
        for kpi, value in values.items():
            result = months.get(str(month), {}).get((str(unit), str(kpi)))
            if result is not None:
                assert result.value == (None if value is None else Fraction(value)), (unit, kpi, month)
                compared += 1
    units = len(expected.index.get_level_values("unit").unique())
    assert compared >= units * 9 * 5


@pytest.mark.slow
def test_the_audit_of_the_year_finds_nothing(year: Site) -> None:
    applied = year.store.model()
    assert applied is not None
    for partition in year.log.partitions():
        audit = audit_partition(year.log, year.counters(applied.generation), applied.model, partition)
        assert audit.records > 100_000
        assert audit.differences == []
