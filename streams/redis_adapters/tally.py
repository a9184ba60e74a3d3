"""How often something happened lately, for what is too frequent to be noted each time."""

from __future__ import annotations

import hashlib

from .connection import Redis, reaching
from .keys import SiteKeys


class Tally:
    """Counts by name within windows of `window_ms`, over all processes of a site."""

    def __init__(self, redis: Redis, site: str, window_ms: int) -> None:
        self._redis = redis
        self._keys = SiteKeys(site)
        self._window_ms = window_ms

    def count(self, name: str) -> int:
        """Count once more; how often in this window, which begins with the first. The name may be anybody's text."""
        key = self._keys.tally(hashlib.sha256(name.encode()).hexdigest()[:32])
        with reaching():
            pipe = self._redis.pipeline(transaction=True)
            pipe.set(key, 0, px=self._window_ms, nx=True)
            pipe.incr(key)
            return int(pipe.execute()[1])
