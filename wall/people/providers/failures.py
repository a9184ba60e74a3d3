"""What the page of signing in says of a sign-in that failed at a provider."""

from __future__ import annotations

from layouts.people_parts import Said
from wall.people.forms import Asked

from .person import Why

#: What the address of the page carries it as.
FAILED = "failed"


def failed_before(asked: Asked) -> Said | None:
    """The words for it; None where nothing failed, or the address says what no provider's sign-in would."""
    why = asked.request.query_params.get(FAILED, "")
    return Said(asked.words(f"people.way.{why}")) if why in set(Why) else None
