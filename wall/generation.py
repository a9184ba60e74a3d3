"""Which counters a model needs: two models that count alike share a generation, others never mix."""

from __future__ import annotations

import hashlib
import json

from scoring.definitions import Model

_COUNTING = {"accept", "calendar", "events", "mappings", "metrics"}


def generation(model: Model) -> str:
    """A digest of everything that decides what a record counts for; weights, targets and scenes don't."""
    counting = model.model_dump(mode="json", include=_COUNTING, by_alias=True)
    counting["units"] = sorted(unit.id for unit in model.units)
    return hashlib.sha256(json.dumps(counting, sort_keys=True).encode()).hexdigest()[:12]
