"""Put a model in force: what changes against the one before, and the application itself."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from scoring.definitions import Model
from streams.redis_adapters.site import AppliedModel

from ..wiring import Site
from .dated_changes import changed_entries, described
from .generation import generation
from .history import record_application

_LISTS = {"sources": "id", "events": "type", "mappings": "id", "metrics": "id", "objectives": "id", "units": "id",
          "kpis": "id", "gates": "id", "grades": "grade", "incentives": "id", "tables": "id", "scenes": "id",
          "playlists": "id", "maps": "id", "roles": "id"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Change:
    """One definition that is new, gone or different."""

    sign: str
    what: str
    detail: str = ""


def changes(before: Model | None, after: Model) -> list[Change]:
    """What applying `after` changes."""
    old = before.model_dump(mode="json", by_alias=True) if before else {}
    new = after.model_dump(mode="json", by_alias=True)
    found = [change for key in new if key != "changes" for change in _changes_of(key, old.get(key), new[key])]
    for sign, entry in changed_entries(before, after):
        found.append(Change(sign, *described(entry, before if sign == "-" and before else after)))
    return found


def _changes_of(key: str, old: Any, new: Any) -> Iterator[Change]:
    if key not in _LISTS:
        if old != new:
            yield Change("~" if old is not None else "+", key, "" if isinstance(new, dict) else f"{old} → {new}")
        return
    name = _LISTS[key]
    held, comes = {one[name]: one for one in old or []}, {one[name]: one for one in new}
    for one in held.keys() - comes.keys():
        yield Change("-", f"{key} {one}")
    for one in comes:
        if one not in held:
            yield Change("+", f"{key} {one}")
        elif held[one] != comes[one]:
            fields = [field for field in comes[one] if held[one].get(field) != comes[one][field]]
            detail = "; ".join(f"{f}: {_short(held[one].get(f))} → {_short(comes[one][f])}" for f in fields)
            yield Change("~", f"{key} {one}", detail)


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else text[:57] + "..."


def put_in_force(site: Site, model: Model, author: str, reason: str) -> AppliedModel:
    """Apply a checked model: journal first, then Redis; running services follow within a second.

    A model that counts otherwise than the one in force comes next: it is in force once its counters are filled.
    """
    now_ms = time.time_ns() // 1_000_000
    applied = record_application(site.journal, site.store, model, generation(model), author, reason, now_ms)
    site.store.put_model(applied)
    return applied
