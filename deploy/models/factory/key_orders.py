"""Key orders, followed one by one: released, looked at every morning while they are late, delivered.

Each is drawn from its due date, so any hour knows those that concern it. Late ones stay open for two to four working
days, in turn, so that some are open at any time.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from random import Random

from deploy.models.factory import plant
from deploy.models.factory.happening import Happening
from deploy.models.factory.plant import LINES

#: Released so many working days before they are due.
AHEAD_DAYS = 8
LATEST_DAYS = 4
#: Orders due on a working day: the plant, and whether they will be late.
DAILY = (("assembly", True), ("assembly", True), ("hydraulics", True), ("assembly", False), ("hydraulics", False))
MORNING = 7


@dataclass(frozen=True, slots=True)
class KeyOrder:
    """An order: due on a working day, delivered `late` working days after; `hour` is when things happen to it."""

    number: str
    line: str
    customer: str
    product: str
    quantity: int
    due: dt.date
    late: int
    hour: int
    second: float


def order_states(seed: int, day: int, hour: int) -> list[Happening]:
    """What becomes known of key orders in an hour of a local day, counted from the epoch."""
    date = dt.date(1970, 1, 1) + dt.timedelta(days=day)
    return list(_known(seed, date, hour)) if plant.works(date) else []


def _known(seed: int, date: dt.date, hour: int) -> Iterator[Happening]:
    for order in due_on(seed, shifted(date, AHEAD_DAYS)):
        if hour == order.hour:
            yield _state(order, "open", date)
    for ago in range(LATEST_DAYS + 1):
        for order in due_on(seed, shifted(date, -ago)):
            if hour == MORNING and 0 < ago <= order.late:
                yield _state(order, "open", date)
            if hour == order.hour and ago == order.late:
                yield _state(order, "delivered", date)


def _state(order: KeyOrder, state: str, date: dt.date) -> Happening:
    data = {
        "order": order.number, "customer": order.customer, "product": order.product, "quantity": order.quantity,
        "line": order.line, "due": order.due.isoformat(), "state": state,
        "days_late": max(0, (date - order.due).days),
    }  # fmt: skip
    second = 1800 + order.second / 60 if state == "open" and date > order.due else order.second
    return Happening(second, "order.state", "erp", order.line, data)


@lru_cache(maxsize=64)
def due_on(seed: int, due: dt.date) -> tuple[KeyOrder, ...]:
    """The key orders that are due on a working day."""
    return tuple(_order(seed, due, number, *one) for number, one in enumerate(DAILY))


def _order(seed: int, due: dt.date, number: int, site: str, late: bool) -> KeyOrder:
    rng = Random(f"order {seed} {due} {number}")
    line = rng.choice([one for one in LINES if one.plant == site])
    return KeyOrder(
        number=f"SO-{due:%y}{due.timetuple().tm_yday * len(DAILY) + number:04}",
        line=line.id,
        customer=rng.choice(plant.CUSTOMERS),
        product=rng.choice(plant.MODELS[line.id]),
        quantity=rng.randrange(4, 17) if site == "assembly" else rng.randrange(12, 61),
        due=due,
        late=2 + (due.toordinal() + number) % 3 if late else 0,
        hour=rng.randrange(9, 17),
        second=rng.random() * 3600,
    )


@lru_cache(maxsize=256)
def shifted(date: dt.date, working_days: int) -> dt.date:
    """The date so many working days later, or earlier where negative."""
    step = dt.timedelta(days=1 if working_days > 0 else -1)
    for _ in range(abs(working_days)):
        date += step
        while not plant.works(date):
            date += step
    return date
