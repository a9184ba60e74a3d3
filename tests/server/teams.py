"""A small company on a real Redis: two teams, three people, one event type; its clock stands at 20 March 2026."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from scoring.definitions import Change, Model
from streams.ingest import Ingest
from streams.redis_adapters.site import AppliedModel, Clock
from tests.support.servers import RedisNode
from wall.definitions.apply import put_in_force
from wall.model_check import check_model
from wall.ports import free_port
from wall.results.past import counted_to
from wall.settings import Settings
from wall.wiring import Site, fold_of, open_site

NOW_MS = int(dt.datetime(2026, 3, 20, 12, tzinfo=dt.UTC).timestamp() * 1000)


def change(start: str, reason: str = "test", **more: Any) -> Change:
    """An effective-dated change."""
    return Change.model_validate({"from": start, "reason": reason, **more})


def teams(*changes: Change, **more: Any) -> Model:
    """The model; people count as units below their teams."""
    units = [
        {"id": "company", "title": "Company", "kind": "company", "child_share": 40},
        {"id": "red", "title": "Red", "kind": "team", "parent": "company", "child_share": 20},
        {"id": "blue", "title": "Blue", "kind": "team", "parent": "company", "child_share": 20},
        *({"id": name, "title": name.title(), "kind": "person", "parent": team}
          for name, team in (("ann", "red"), ("bob", "red"), ("cat", "blue"))),
    ]  # fmt: skip
    places = ["company", "team", "person"]
    output = {
        "id": "output", "title": "Output", "value": "done", "applies_to": places,
        "target": {"company": 300, "team": 150, "person": 100}, "weight": {"company": 30, "team": 40, "person": 50},
    }  # fmt: skip
    quality = {
        "id": "quality", "title": "Quality", "value": "good / done", "applies_to": places, "target": "0.9",
        "weight": {"company": 30, "team": 40, "person": 50}, "display": {"percent": True}, "trend": "day",
    }  # fmt: skip
    content: dict[str, Any] = {
        "name": "teams", "title": "Teams", "version": "1", "language": "en",
        "calendar": {"zone": "UTC"},
        "sources": [{"id": "desk", "title": "Desk", "stale_after": "30d", "silent_after": "60d"}],
        "events": [{
            "type": "work.done", "source": "desk", "unit": "{person}",
            "fields": {"person": {"type": "text"}, "good": {"type": "integer", "min": 0, "max": 1000},
                       "done": {"type": "integer", "min": 0, "max": 1000}},
        }],
        "metrics": [
            {"id": name, "title": name, "event": "work.done", "aggregate": "sum", "value": name}
            for name in ("good", "done")
        ],
        "units": units, "kpis": [output, quality], "scenes": [],
        "changes": [one.model_dump(mode="json", by_alias=True, exclude_unset=True) for one in changes],
        "grades": [{"grade": "A", "from": 100, "most_share": 30}, {"grade": "B", "from": 80}, {"grade": "C"}],
        "incentives": [{
            "id": "bonus", "title": "Bonus", "units": ["person"], "company": "company",
            "table": [{"score": 60, "coefficient": 0}, {"score": 100, "coefficient": 1},
                      {"score": 120, "coefficient": "1.5"}],
            "base": {"person": 1000},
        }],
        **more,
    }  # fmt: skip
    model = Model.model_validate(content)
    assert not [one for one in check_model(model) if one.level == "error"]
    return model


def event(number: int | str, person: str, moment: str, good: int, done: int) -> tuple[str, bytes]:
    """An event as key and value for the log."""
    data = {"person": person, "good": good, "done": done}
    content = {"specversion": "1.0", "id": str(number), "source": "/desk", "type": "work.done", "time": moment}
    return person, json.dumps({**content, "data": data}).encode()


MARCH = [
    event(1, "ann", "2026-03-02T09:00:00Z", 70, 80),
    event(2, "bob", "2026-03-03T09:00:00Z", 50, 60),
    event(3, "cat", "2026-03-04T09:00:00Z", 90, 120),
    event(4, "ann", "2026-03-16T00:00:00Z", 20, 25),
    event(5, "cat", "2026-03-17T09:00:00Z", 10, 10),
]
FEBRUARY = [
    event(11, "ann", "2026-02-02T09:00:00Z", 90, 90),
    event(12, "bob", "2026-02-03T09:00:00Z", 30, 50),
    event(13, "cat", "2026-02-27T23:59:59Z", 100, 110),
]


@contextmanager
def company(model: Model) -> Iterator[Site]:
    """A site on which the model is in force and the clock stands."""
    name = f"teams{uuid.uuid4().hex[:6]}"
    with RedisNode() as redis:
        site = open_site(Settings(site=name, redis=redis.url, topic=name, group=name, partitions=2, port=free_port()))
        put_in_force(site, model, "Eve", "first model")
        site.store.set_clock(Clock(NOW_MS, 1, 0.0))
        yield site
        site.close()


def count(site: Site, events: Sequence[tuple[str, bytes]]) -> AppliedModel:
    """Append events and count everything in the log; returns what is in force."""
    site.log.append(events)
    applied = site.store.model()
    assert applied is not None
    counters = site.counters(applied.generation)

    ends = {one: site.log.end(one) for one in site.log.partitions()}
    Ingest(site.source(), fold_of(applied.model), counters, lambda: counted_to(site, ends)).run()
    return applied
