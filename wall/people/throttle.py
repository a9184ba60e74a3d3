"""Whoever tries passwords has to wait, longer and longer; nobody is locked out for good.

Attempts are counted three ways: for a name from one address, where waits grow longest; for a name from anywhere, so
that many addresses are no way around, with waits short enough for its owner to get in; and for an address, where a
whole office may sit.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from streams.redis_adapters.people import PeopleStore

#: Attempts that are free, the first wait after these, and the longest one (ms); waits double.
_NAME_AND_ADDRESS = (5, 2_000, 900_000)
_NAME = (20, 1_000, 30_000)
_ADDRESS = (60, 1_000, 60_000)


class Throttle:
    """Counts attempts to get in. `now_ms` is real time."""

    def __init__(self, store: PeopleStore, now_ms: Callable[[], int]) -> None:
        self._store = store
        self._now_ms = now_ms

    def attempt(self, name: str, address: str) -> int:
        """Count an attempt; 0 if it may be made, else in how many seconds one may."""
        wait_ms = self._store.attempt(_counted(name, address), self._now_ms())
        return -(-wait_ms // 1000)

    def passed(self, name: str, address: str) -> None:
        """Somebody got in: what was counted for the name is forgotten, what was for the address stays."""
        self._store.forgive([_NAME_PREFIX + name, _both(name, address)])

    def forgive(self, name: str) -> None:
        """Forget what was counted for a name from anywhere."""
        self._store.forgive([_NAME_PREFIX + name])


_NAME_PREFIX = "name:"


def _both(name: str, address: str) -> str:
    return f"both:{address}:{name}"


def _counted(name: str, address: str) -> Mapping[str, tuple[int, int, int]]:
    return {_both(name, address): _NAME_AND_ADDRESS, _NAME_PREFIX + name: _NAME, f"address:{address}": _ADDRESS}
