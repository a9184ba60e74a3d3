"""A model with every aggregate and some tables, and records to fold with it."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from typing import Any

from scoring.calendar import BusinessCalendar
from scoring.counters import Increments, merge_into
from scoring.definitions import Model
from streams.decode import Headers
from streams.fold import Counts, Fold, Folded, PartitionState

#: Monday, 1 June 2026, 00:00 in Shanghai.
JUNE = 1_780_243_200_000
MINUTE = 60_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR

SALE = {
    "type": "sale",
    "source": "pos",
    "unit": "{shop}.{till}",
    "unit_without": "{shop}",
    "fields": {
        "shop": {"type": "text", "pattern": "^[a-z]+$"},
        "till": {"type": "integer", "min": 1, "max": 9, "optional": True},
        "pieces": {"type": "integer", "min": 0, "max": 1000},
        "price": {"type": "decimal", "min": 0, "max": 9999, "decimals": 2},
        "kind": {"type": "text", "optional": True},
        "gift": {"type": "boolean", "optional": True},
    },
}
METRICS: list[dict[str, Any]] = [
    {"id": "sales", "aggregate": "count"},
    {"id": "gifts", "aggregate": "count", "where": "gift"},
    {"id": "turnover", "aggregate": "sum", "value": "pieces * price", "decimals": 2, "bucket": "minute"},
    {"id": "cheap", "aggregate": "sum", "value": "pieces", "where": "price <= 0.5 or kind in ('sale', 'rest')"},
    {"id": "by_kind", "aggregate": "sum", "value": "pieces", "dimensions": ["kind"], "where": "kind != ''"},
    {"id": "kinds", "aggregate": "distinct", "value": "kind", "bucket": "day"},
    {"id": "prices", "aggregate": "quantile", "value": "price", "decimals": 2, "quantile": 0.5},
]
EXTREMES: list[dict[str, Any]] = [
    {"id": "least", "aggregate": "min", "value": "level", "decimals": 1},
    {"id": "most", "aggregate": "max", "value": "level", "decimals": 1, "where": "level > 0"},
    {
        "id": "best_of",
        "aggregate": "sum_of_max",
        "item": "shelf",
        "value": "level",
        "decimals": 2,
        "where": "level < 90",
    },
    {"id": "newest", "aggregate": "last", "value": "level", "decimals": 1, "bucket": "day"},
]
LEVEL = {
    "type": "level",
    "source": "pos",
    "unit": "{shop}",
    "fields": {
        "shop": {"type": "text"},
        "level": {"type": "decimal", "min": -100, "max": 100, "decimals": 1},
        "shelf": {"type": "text", "optional": True},
        "unused": {"type": "decimal", "min": -5, "max": 5, "decimals": 1, "optional": True},
    },
}
TABLES: list[dict[str, Any]] = [
    {"id": "kinds_sold", "event": "sale", "key": "kind", "where": "pieces > 0", "open": "price > 0.5 and gift",
     "fields": {"price": "", "gift": "", "kind": "", "pieces": ""}},
    {"id": "tills", "event": "sale", "key": "till", "open": "kind != 'rest'", "fields": {"kind": ""}},
    {"id": "shelves", "event": "level", "key": "shelf", "fields": {"shop": "", "level": ""}},
]  # fmt: skip
MAPPING = {"id": "till_roll", "when": {"doc": "receipt"}, "type": "sale", "event_id": "no", "time": "head.at",
           "data": {"shop": "head.shop", "pieces": "n", "price": "each", "gift": "gift"}}  # fmt: skip


def model_of(**accept: Any) -> Model:
    """A shop with two tills and a level, and tables of both."""
    metrics = [{"title": "", "event": "sale", **one} for one in METRICS]
    metrics += [{"title": "", "event": "level", **one} for one in EXTREMES]
    return Model.model_validate(
        {
            "name": "shop",
            "title": "",
            "version": "1",
            "accept": {"after": "2026-01-01", "before": "2027-01-01", "max_bytes": 20_000, **accept},
            "calendar": {"zone": "Asia/Shanghai", "day_starts": "06:30"},
            "sources": [{"id": "pos", "title": "", "stale_after": "1m", "silent_after": "1h"}],
            "events": [SALE, LEVEL],
            "mappings": [MAPPING],
            "metrics": metrics,
            "units": [{"id": name, "title": "", "kind": "place"} for name in ("a", "a.1", "a.2", "b")],
            "kpis": [],
            "tables": [{"title": "", **one} for one in TABLES],
            "scenes": [],
        }
    )


MODEL = model_of()
FOLD = Fold(MODEL, BusinessCalendar(MODEL.calendar))


@dataclass(frozen=True)
class Entry:
    """A record of a log."""

    offset: int
    timestamp: int
    value: bytes | None
    headers: Headers = ()


def moment(ms: int) -> str:
    return (dt.datetime.fromtimestamp(0, dt.UTC) + dt.timedelta(milliseconds=ms)).isoformat()


def envelope(data: object, name: str = "1", ms: int = JUNE, kind: str = "sale", **attributes: object) -> dict[str, Any]:
    """A structured CloudEvent."""
    return {"specversion": "1.0", "id": name, "source": "/till", "type": kind, "time": moment(ms), "data": data,
            **attributes}  # fmt: skip


def sale(**fields: object) -> dict[str, object]:
    return {"shop": "a", "till": 1, "pieces": 2, "price": 1.25, **fields}


def record(content: object, offset: int = 0, log_ms: int = JUNE + DAY, headers: Headers = ()) -> Entry:
    value = content if isinstance(content, bytes | None) else json.dumps(content).encode()
    return Entry(offset, log_ms, value, headers)


def folded(*records: Entry, fold: Fold = FOLD, state: PartitionState | None = None) -> Folded:
    """The effect of records as one batch."""
    return fold.batch(state or PartitionState(), records, "end")


def totals(parts: list[Folded]) -> Increments:
    """What batches sum to, without zeros, which say the same as nothing."""
    whole: Increments = {}
    for part in parts:
        merge_into(whole, part.increments)
    kept = {
        group: {name: amount for name, amount in amounts.items() if group[1] != "add" or amount}
        for group, amounts in whole.items()
    }
    return {group: amounts for group, amounts in kept.items() if amounts}


def summed(parts: list[Folded]) -> Counts:
    """The counts of several batches."""
    whole = Counts()
    for part in parts:
        for name in ("records", "counted", "duplicates", "dead", "late", "corrections"):
            setattr(whole, name, getattr(whole, name) + getattr(part.counts, name))
    return whole
