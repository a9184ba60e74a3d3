"""What happens in one hour of the group's business: reports, meters, sales, deliveries, service, all from one seed."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

from deploy.models.factory import plant
from deploy.models.factory.happening import Happening
from deploy.models.factory.plant import LABS, LINES, PLANTS, REGIONS, SERVICE_TEAMS, Line

#: Lines report every six minutes, meters every fifteen.
REPORT_S = 360
METER_S = 900
#: How busy offices are by hour of the day; 9.5 busy hours on a weekday.
OFFICE = {8: 0.5, 9: 1.2, 10: 1.2, 11: 1.2, 12: 0.4, 13: 1.1, 14: 1.1, 15: 1.1, 16: 1.1, 17: 0.6}
SHIPPING = range(8, 20)
#: Mean amounts in yuan, so that a month of invoices makes 4.4 亿 and of orders at plan 5.5 亿.
INVOICE_YUAN = 140_500.0
ORDER_YUAN = 241_000.0


@dataclass(frozen=True, slots=True)
class Hour:
    """One hour on the group's clock: `day` counts from the epoch, `office` is how busy offices are."""

    rng: Random
    day: int
    hour: int
    working: bool
    office: float


def happenings(rng: Random, day: int, hour: int) -> list[Happening]:
    """Everything that happens in an hour of a local day, counted from the epoch; it depends on the arguments alone."""
    date = dt.date(1970, 1, 1) + dt.timedelta(days=day)
    working = plant.works(date)
    office = OFFICE.get(hour, 0.0) * (0.5 if date.weekday() == 5 else 1.0) if working else 0.0
    now = Hour(rng, day, hour, working, office)
    found = [*_production(now), *_energy(now), *_sales(now), *_deliveries(now)]
    found += [*_complaints(now), *_quality(now), *_service(now), *_research(now)]
    return found


def _times(now: Hour, rate: float) -> Iterator[float]:
    """The seconds at which something of this hourly rate happens."""
    for _ in range(_count(now.rng, rate)):
        yield now.rng.random() * 3600


def _count(rng: Random, expected: float) -> int:
    """A whole number with this mean and as little spread as possible."""
    return int(expected + rng.random())


def _wave(now: Hour, days: float, phase: float) -> float:
    """A slow swing between −1 and 1, so that quality and pace drift over days."""
    return math.sin(2 * math.pi * ((now.day + now.hour / 24) / days + phase))


def _production(now: Hour) -> Iterator[Happening]:
    if not now.working:
        return
    for number, line in enumerate(LINES):
        long_stop = now.rng.randrange(2, 5) if now.rng.random() < line.stops / 3 else 0
        begins = now.rng.randrange(10 - long_stop)
        swing = 1 + 0.02 * _wave(now, 9, number / 12) - (0.02 if now.hour < 8 else 0)
        for slot in range(10):
            down = slot >= begins and slot < begins + long_stop
            yield from _report(now.rng, line, slot * REPORT_S + number * 28, swing, down)
        if long_stop:
            yield _stop(now.rng, line, (begins + long_stop) * REPORT_S - 1, long_stop * REPORT_S)


def _report(rng: Random, line: Line, second: float, swing: float, down: bool) -> Iterator[Happening]:
    """Six minutes of one line; a stop of two minutes or more within them is an event of its own."""
    second += rng.random() * 20
    stopped = REPORT_S if down else rng.randrange(30, 300) if rng.random() < line.stops else 0
    if stopped >= 120 and not down:
        yield _stop(rng, line, second, stopped)
    # A stop costs its time; the rest of the distance to full speed is slow running, hence 0.96 and not 1.
    speed = line.oee / 0.96 * swing * (0.95 + 0.1 * rng.random()) * (1 - stopped / REPORT_S)
    produced = _count(rng, REPORT_S / line.cycle_s * speed)
    faulty = min(produced, _count(rng, produced * (1 - line.first_pass * (2 - swing) ** 0.1)))
    data = {
        "line": line.id,
        "stage": line.stage,
        "product": line.product,
        "planned_s": REPORT_S,
        "produced": produced,
        "first_pass": produced - faulty,
        "scrapped": min(faulty, _count(rng, faulty * 0.4)),
        "cycle_s": line.cycle_s,
        "unit_value": line.unit_value,
    }
    yield Happening(second, "production.reported", "mes", line.id, data)


def _stop(rng: Random, line: Line, second: float, stopped_s: int) -> Happening:
    data = {"line": line.id, "reason": rng.choice(plant.STOP_REASONS), "stopped_s": stopped_s}
    return Happening(second, "line.stopped", "mes", line.id, data)


def _energy(now: Hour) -> Iterator[Happening]:
    for site in PLANTS:
        load = (1 + 0.02 * _wave(now, 11, 0.3)) if now.working else 0.06
        for quarter in range(4):
            kwh = round(site.kwh * load * (0.94 + 0.12 * now.rng.random()), 1)
            yield Happening(quarter * METER_S + 5.0, "energy.metered", "ems", site.id, {"plant": site.id, "kwh": kwh})


def _sales(now: Hour) -> Iterator[Happening]:
    rng = now.rng
    for region in REGIONS:
        for second in _times(now, 14 * region.share * now.office):
            amount = round(INVOICE_YUAN * (0.4 + 1.2 * rng.random()), 2)
            yield Happening(second, "sale.invoiced", "erp", region.id, {"region": region.id, "amount": amount})
        for second in _times(now, 10 * region.share * now.office):
            amount = round(ORDER_YUAN * region.orders * (0.4 + 1.2 * rng.random()), 2)
            customer = "new" if rng.random() < region.new_customers else "known"
            data = {"region": region.id, "amount": amount, "customer": customer}
            yield Happening(second, "order.signed", "crm", region.id, data)


def _deliveries(now: Hour) -> Iterator[Happening]:
    if not now.working or now.hour not in SHIPPING:
        return
    rng = now.rng
    for site in PLANTS:
        for second in _times(now, site.deliveries):
            late = rng.random() > site.on_time + 0.012 * _wave(now, 26, 0.1)
            data = {
                "plant": site.id,
                "quantity": rng.randrange(site.pieces // 2, site.pieces * 3 // 2 + 1),
                "days_late": rng.randrange(1, 6) if late else 0,
            }
            yield Happening(second, "order.delivered", "erp", site.id, data)


def _complaints(now: Hour) -> Iterator[Happening]:
    """Complaints are few, so they come at even steps: chance alone would swing their rate by a fifth."""
    if not now.office or now.hour not in range(9, 18):
        return
    step = now.day * 9 + now.hour - 9
    for lines, a_day in ((LINES[6:9], 1.12), (LINES[9:12], 0.80)):
        if int((step + 1) * a_day / 9) > int(step * a_day / 9):
            line = now.rng.choice(lines)
            data = {"line": line.id, "pieces": 1, "fault": now.rng.choice(plant.COMPLAINTS)}
            yield Happening(now.rng.random() * 3600, "complaint.filed", "qms", line.id, data)


def _quality(now: Hour) -> Iterator[Happening]:
    rng = now.rng
    for team, rate in (("qa-incoming", 10 * now.office), ("qa-final", 8.0 if now.working else 0.0)):
        for second in _times(now, rate):
            wait = rng.randrange(10, 120) if rng.random() < 0.87 else rng.randrange(121, 400)
            missed = 1 if rng.random() < 0.3 else 0
            data = {"team": team, "wait_min": wait, "rechecked": 20, "missed": missed}
            yield Happening(second, "inspection.finished", "qms", team, data)
    for second in _times(now, 0.9 * now.office):
        days = rng.randrange(1, 15) if rng.random() < 0.905 else rng.randrange(15, 40)
        yield Happening(second, "complaint.closed", "qms", "quality", {"days_open": days})


def _service(now: Hour) -> Iterator[Happening]:
    rng = now.rng
    tickets = 3.0 if now.hour < 8 or now.hour >= 20 else 14.0 if now.working else 5.0
    for second in _times(now, tickets):
        minutes = rng.randrange(2, 31) if rng.random() < 0.92 else rng.randrange(31, 240)
        team = rng.choice(SERVICE_TEAMS)
        data = {"team": team, "response_min": minutes, "visits": 1 if rng.random() < 0.86 else 2}
        yield Happening(second, "ticket.closed", "crm", team, data)
    for second in _times(now, tickets / 2):
        team = rng.choice(SERVICE_TEAMS)
        points = rng.choices((5, 4, 3, 2, 1), (57, 28, 11, 3, 1))[0]
        yield Happening(second, "survey.answered", "crm", team, {"team": team, "points": points})


def _research(now: Hour) -> Iterator[Happening]:
    rng = now.rng
    for second in _times(now, 4 * now.office):
        late = rng.random() > 0.865
        lab = rng.choice(LABS)
        data = {"lab": lab, "days_late": rng.randrange(1, 12) if late else 0}
        yield Happening(second, "milestone.reached", "plm", lab, data)
    for second in _times(now, 7 * now.office):
        lab = rng.choice(LABS)
        data = {"lab": lab, "rounds": 1 if rng.random() < 0.945 else 2}
        yield Happening(second, "drawing.released", "plm", lab, data)


def _fewer_first_pass(data: dict[str, Any]) -> dict[str, Any]:
    return {**data, "first_pass": max(0, data["first_pass"] - 1)}


def _other_day(data: dict[str, Any]) -> dict[str, Any]:
    return {**data, "days_late": 0 if data["days_late"] else 1}


def _less_money(data: dict[str, Any]) -> dict[str, Any]:
    return {**data, "amount": round(data["amount"] * 0.9, 2)}


#: What a correction makes of an event's data, by the types that are ever corrected.
CORRECTIONS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "production.reported": _fewer_first_pass,
    "order.delivered": _other_day,
    "order.signed": _less_money,
    "sale.invoiced": _less_money,
}
