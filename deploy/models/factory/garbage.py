"""Bad input for fault tests: what real senders get wrong, one message of each kind in turn."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from random import Random
from typing import Any

from deploy.models.arrival import Arrival
from deploy.models.factory.plant import ZONE


def _edited(**changes: Any) -> Callable[[dict[str, Any]], bytes]:
    """The event with changed fields: those of the envelope by name, those of the data as `data_…`; None removes."""

    def write(event: dict[str, Any]) -> bytes:
        event = {**event, "data": dict(event["data"])}
        for name, value in changes.items():
            target, key = (event["data"], name.removeprefix("data_")) if name.startswith("data_") else (event, name)
            if value is None:
                del target[key]
            else:
                target[key] = value
        return json.dumps(event, ensure_ascii=False).encode()

    return write


#: Each makes bytes that must end as a dead letter of a sound event.
KINDS: dict[str, Callable[[dict[str, Any]], bytes]] = {
    "cut_short": lambda event: json.dumps(event).encode()[:-9],
    "not_utf8": lambda event: b"\xff\xfe" + json.dumps(event).encode("utf-16-le"),
    "not_an_object": lambda event: json.dumps([event]).encode(),
    "empty": lambda event: b"",
    "no_id": _edited(id=None),
    "text_for_number": _edited(data_produced="many"),
    "missing_field": _edited(data_planned_s=None),
    "not_a_number": _edited(data_cycle_s=float("nan")),
    "infinite": _edited(data_unit_value=float("inf")),
    "negative": _edited(data_produced=-5),
    "absurdly_old": _edited(time="1970-01-01T00:00:00+08:00"),
    "absurdly_new": _edited(time="2999-01-01T00:00:00+08:00"),
    "no_time": _edited(time="yesterday"),
    "no_offset": _edited(time="2026-03-02T10:00:00"),
    "unknown_unit": _edited(data_line="asm-99"),
    "unknown_type": _edited(type="production.dreamt"),
}


def garbage(rng: Random, start_ms: int, count: int) -> list[Arrival]:
    """`count` bad messages in the hour from `start_ms`, kinds drawn evenly."""
    found = []
    for number in range(count):
        at_ms = start_ms + rng.randrange(3_600_000)
        kind = rng.choice(list(KINDS))
        event = _sound(f"garbage-{kind}-{start_ms // 3_600_000}-{number}", at_ms)
        found.append(Arrival(at_ms, "asm-1", KINDS[kind](event)))
    return found


def _sound(id_: str, at_ms: int) -> dict[str, Any]:
    data = {
        **{"line": "asm-1", "stage": "final", "product": "装载机", "planned_s": 360},
        **{"produced": 2, "first_pass": 2, "scrapped": 0, "cycle_s": 163.0, "unit_value": 5600.0},
    }
    time = dt.datetime.fromtimestamp(at_ms // 1000, ZONE).isoformat()
    envelope = {"specversion": "1.0", "id": id_, "source": "/mes/asm-1", "type": "production.reported"}
    return {**envelope, "time": time, "data": data}
