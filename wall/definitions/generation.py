"""Which counters a model needs: two models that count alike share a generation, others never mix."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from scoring.definitions import Model
from scoring.tables import kept_fields


def generation(model: Model) -> str:
    """A digest of everything that decides what a record counts for; titles, weights, targets and scenes don't."""
    counting: dict[str, Any] = {
        "accept": model.accept.model_dump(mode="json", exclude={"late_after"}),
        "calendar": model.calendar.model_dump(mode="json", include={"zone", "day_starts"}),
        "events": [one.model_dump(mode="json", exclude={"title", "source"}) for one in model.events],
        "mappings": [one.model_dump(mode="json") for one in model.mappings],
        "metrics": [one.model_dump(mode="json", exclude={"title", "absent"}) for one in model.metrics],
        "units": sorted(unit.id for unit in model.units),
    }
    if model.tables:  # a model without tables stays in the generation that it always had
        counting["tables"] = [
            one.model_dump(mode="json", exclude={"title", "fields", "keep"}) | {"fields": kept_fields(one)}
            for one in model.tables
        ]
    return hashlib.sha256(json.dumps(counting, sort_keys=True).encode()).hexdigest()[:12]
