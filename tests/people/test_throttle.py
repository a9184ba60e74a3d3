"""Who tries passwords waits longer and longer, whoever owns the name gets in, and many at once are no way around."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from tests.people.conftest import Clock
from wall.people.entrance import Entrance


def _tries(entrance: Entrance, clock: Clock, name: str, address: str, number: int) -> list[int]:
    """The waits between attempts that are made as soon as each may be."""
    waits = []
    for _ in range(number):
        wait_s = entrance.throttle.attempt(name, address)
        waits.append(wait_s)
        if wait_s:
            clock.go(wait_s)
            assert entrance.throttle.attempt(name, address) == 0
    return waits


def test_waits_grow_and_end_at_a_quarter_of_an_hour(entrance: Entrance, clock: Clock) -> None:
    waits = _tries(entrance, clock, "ann", "10.0.0.1", 24)
    assert waits[:5] == [0, 0, 0, 0, 0]
    assert waits[5:9] == [2, 4, 8, 16]
    assert max(waits) == waits[-1] == 900


def test_the_owner_gets_in_from_elsewhere_while_somebody_tries(entrance: Entrance, clock: Clock) -> None:
    _tries(entrance, clock, "ann", "10.0.0.1", 30)
    wait_s = entrance.throttle.attempt("ann", "10.0.0.2")
    assert wait_s <= 30
    clock.go(wait_s)
    assert entrance.throttle.attempt("ann", "10.0.0.2") == 0


def test_many_addresses_are_no_way_around(entrance: Entrance, clock: Clock) -> None:
    made = sum(entrance.throttle.attempt("ann", f"10.0.{at}.1") == 0 for at in range(200))
    assert made == 20
    clock.go(3600)
    assert entrance.throttle.attempt("ann", "10.1.0.1") == 0


def test_one_address_tries_no_more_names_than_an_office_has(entrance: Entrance) -> None:
    made = sum(entrance.throttle.attempt(f"name{at}", "10.0.0.9") == 0 for at in range(200))
    assert made == 60


def test_many_at_once_are_counted_before_they_are_made(entrance: Entrance) -> None:
    with ThreadPoolExecutor(20) as crowd:
        found = list(crowd.map(lambda _: entrance.throttle.attempt("ann", "10.0.0.3"), range(60)))
    assert found.count(0) == 5


def test_who_gets_in_starts_anew_and_the_address_does_not(entrance: Entrance, clock: Clock) -> None:
    for _ in range(4):
        entrance.throttle.attempt("ann", "10.0.0.4")
    entrance.throttle.passed("ann", "10.0.0.4")
    assert _tries(entrance, clock, "ann", "10.0.0.4", 5) == [0] * 5
    made = sum(entrance.throttle.attempt(f"other{at}", "10.0.0.4") == 0 for at in range(100))
    assert made < 60
