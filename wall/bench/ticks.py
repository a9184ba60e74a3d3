"""What a tick costs: against the size of the tree, and against evaluating everything."""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Iterator, Sequence

from scoring.calendar import BusinessCalendar
from scoring.compile import compile_scorecard
from scoring.counters import Increments, counter_name
from scoring.evaluator import Evaluator
from scoring.scorecard import Scorecard

from .figures import Figure
from .site_model import tree_model

_SIZES = (1_000, 10_000, 100_000)
_CHANGED = 100
_ROUNDS = 30
NOW_MS = 1_767_258_000_000


def increments(units: Sequence[str], calendar: BusinessCalendar) -> Increments:
    """What an event at each of these units makes."""
    slot = calendar.slot(NOW_MS)
    amounts: dict[str, int | str] = {}
    for unit in units:
        amounts[counter_name("good", unit, slot.hour)] = random.randint(0, 50)
        amounts[counter_name("total", unit, slot.hour)] = 50
    seen: dict[str, int | str] = {f"@work.done|{unit}|0": NOW_MS for unit in units}
    return {(slot.day, "add"): amounts, (slot.day, "max"): seen}


def tick_ms(evaluator: Evaluator, moved: Increments, now_ms: int) -> float:
    """What one tick costs."""
    begun = time.perf_counter()
    evaluator.apply(moved)
    evaluator.tick(now_ms)
    return (time.perf_counter() - begun) * 1000


def measure() -> Iterator[Figure]:
    """Tick cost for 100 changed leaves in growing trees, and full ÷ incremental at 1 % changed."""
    random.seed(1)
    costs = {}
    for size in _SIZES:
        model = tree_model(size)
        calendar, scorecard = BusinessCalendar(model.calendar), compile_scorecard(model)
        leaves = [node.unit.id for node in scorecard.nodes.values() if node.cells]
        evaluator = Evaluator(model, calendar, NOW_MS, scorecard=scorecard)
        everything = increments(leaves, calendar)
        full = tick_ms(evaluator, everything, NOW_MS)
        readings = [
            tick_ms(evaluator, increments(random.sample(leaves, _CHANGED // 2), calendar), NOW_MS + 1)
            for _ in range(_ROUNDS)
        ]
        costs[size] = statistics.median(readings)
        yield Figure(f"tick, {_CHANGED} of {size} leaf KPIs changed", costs[size], "ms", detail=f"full {full:.0f} ms")
        if size == _SIZES[1]:
            yield _full_to_incremental(scorecard, size, evaluator, leaves, calendar)
    yield Figure("tick cost, largest ÷ smallest tree", max(costs.values()) / min(costs.values()), "x", at_most=2)


def _full_to_incremental(
    scorecard: Scorecard, size: int, evaluator: Evaluator, leaves: Sequence[str], calendar: BusinessCalendar
) -> Figure:
    """Evaluating the whole tree from its readings against a tick in which 1 % of the leaves changed."""
    model, everything = tree_model(size), increments(leaves, calendar)
    fulls, parts = [], []
    for _ in range(5):
        fresh = Evaluator(model, calendar, NOW_MS, scorecard=scorecard)
        fulls.append(tick_ms(fresh, everything, NOW_MS))
        some = increments(random.sample(leaves, len(leaves) // 100), calendar)
        parts.append(tick_ms(evaluator, some, NOW_MS + 1))
    ratio = statistics.median(fulls) / statistics.median(parts)
    return Figure(f"full ÷ incremental, 1 % of {size} leaf KPIs changed", ratio, "x", at_least=50)
