"""Ids that stand twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from scoring.definitions import Model

from .finding import Finding, fault

_WITH_IDS = (
    "sources", "mappings", "metrics", "objectives", "units", "kpis", "gates", "incentives", "tables", "scenes",
    "playlists", "maps", "roles", "alerts",
)  # fmt: skip


def check_unique_ids(model: Model) -> Iterator[Finding]:
    for key in _WITH_IDS:
        yield from _repeated(key, [item.id for item in getattr(model, key)])
    yield from _repeated("grades", [band.grade for band in model.grades])
    yield from _repeated("events", [event.type for event in model.events])


def _repeated(key: str, ids: Sequence[str]) -> Iterator[Finding]:
    counted = Counter(ids)
    for number, one in enumerate(ids):
        if counted[one] > 1 and ids.index(one) != number:
            yield fault((key, number), f"{one!r} stands twice in {key}", "give each its own id")
