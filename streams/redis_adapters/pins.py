"""The KPIs that accounts pinned on their phones: a convenience, so that losing them costs a few taps."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from .connection import Redis, reaching
from .keys import SiteKeys

#: More than anybody looks at; the stream that follows them has them in its address.
MOST_PINS = 24


class PinStore:
    """Pins of a site's accounts, as `unit/kpi` in the order of the account."""

    def __init__(self, redis: Redis, site: str) -> None:
        self._redis = redis
        self._key = SiteKeys(site).pins

    def of(self, account: str) -> list[str]:
        """What an account pinned, first to last."""
        with reaching():
            held = self._redis.hget(self._key, account)
        return [] if held is None else msgspec.json.decode(held, type=list[str])

    def put(self, account: str, pins: Sequence[str]) -> None:
        """Keep an account's pins in place of the former ones."""
        with reaching():
            self._redis.hset(self._key, account, msgspec.json.encode(list(pins)))
