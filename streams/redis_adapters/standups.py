"""Where running stand-ups stand: at which step, since when, and who is there. The journal knows all that must last."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
from redis.exceptions import WatchError

from .connection import Redis, reaching
from .keys import SiteKeys

#: Two who press at once try again; more than this many at once is not people.
_TRIES = 50


class Stand(msgspec.Struct, frozen=True):
    """Where a meeting stands: the step `at` since `since_ms` (real time), what former steps took in ms, who is there.

    `count` rises with every change.
    """

    meeting: str
    at: str
    since_ms: int
    spent: dict[str, int] = {}
    here: dict[str, str] = {}
    count: int = 0


class StandupStore:
    """Keeps one stand for each unit with a running meeting."""

    def __init__(self, redis: Redis, site: str) -> None:
        self._redis = redis
        self._keys = SiteKeys(site)

    def of(self, unit: str) -> Stand | None:
        """Where a unit's meeting stands; None where Redis knows nothing of one."""
        with reaching():
            held = self._redis.get(self._keys.standup(unit))
        return None if held is None else msgspec.json.decode(held, type=Stand)

    def change(self, unit: str, to: Callable[[Stand | None], Stand]) -> Stand:
        """Change a stand in one step; `to` may be asked more than once."""
        key = self._keys.standup(unit)
        with reaching():
            for _ in range(_TRIES):
                with self._redis.pipeline() as pipe:
                    try:
                        pipe.watch(key)
                        held = pipe.get(key)
                        new = to(None if held is None else msgspec.json.decode(held, type=Stand))
                        pipe.multi()
                        pipe.set(key, msgspec.json.encode(new))
                        pipe.execute()
                        return new
                    except WatchError:
                        continue
        raise RuntimeError(f"a stand-up of {unit!r} is changed by too many at once; try again")

    def drop(self, unit: str, meeting: str) -> None:
        """Forget an ended meeting's stand, unless it is of another one by now."""
        held = self.of(unit)
        if held is not None and held.meeting == meeting:
            with reaching():
                self._redis.delete(self._keys.standup(unit))
