"""What people were told of notes and actions, so that nobody is told twice."""

from __future__ import annotations

from collections.abc import Sequence

from .connection import Redis, reaching
from .keys import SiteKeys

#: Whoever has not done something for so long is told once more.
KEPT_MS = 400 * 86_400_000


class ToldStore:
    """Names of what was told, by when (business ms)."""

    def __init__(self, redis: Redis, site: str) -> None:
        self._redis = redis
        self._key = SiteKeys(site).followup_told

    def new(self, names: Sequence[str]) -> list[str]:
        """Those of the names that are not marked."""
        if not names:
            return []
        with reaching():
            pipe = self._redis.pipeline(transaction=False)
            for name in names:
                pipe.zscore(self._key, name)
            return [name for name, held in zip(names, pipe.execute(), strict=True) if held is None]

    def put(self, names: Sequence[str], at_ms: int) -> None:
        """Mark names; a name that is marked already stays so."""
        with reaching():
            pipe = self._redis.pipeline(transaction=True)
            pipe.zadd(self._key, dict.fromkeys(names, at_ms), nx=True)
            pipe.zremrangebyscore(self._key, "-inf", at_ms - KEPT_MS)
            pipe.execute()
