"""What a change of definitions costs at 100,000 leaf KPIs: applied, and tried while the wall keeps its tick."""

from __future__ import annotations

import multiprocessing
import random
import statistics
import time
from collections.abc import Iterator, Sequence
from multiprocessing.connection import Connection

from scoring.calendar import BusinessCalendar
from scoring.compile import compile_scorecard
from scoring.definitions import Change, Model
from scoring.evaluator import Evaluator
from scoring.scorecard import Scorecard
from scoring.what_if import effects, overlaid, scores_under, with_change
from wall.memory import settle

from .figures import Figure
from .site_model import tree_model
from .ticks import NOW_MS, increments, tick_ms

_LEAF_KPIS = 100_000
#: A department of the tree: every leaf below the first inner unit of the second level.
_DEPARTMENT = "u.0.0."
_MOVED = 50
_TICKS = 60
_SLOT_S = 0.1


def measure() -> Iterator[Figure]:
    """Applying, trying, and ticking meanwhile."""
    random.seed(1)
    board, scorecard, leaves = _evaluated()
    yield from _applied(board, scorecard, leaves)
    parent, child = multiprocessing.Pipe()
    trying = multiprocessing.get_context("spawn").Process(target=_try_for_ever, args=(child,), daemon=True)
    trying.start()
    parent.recv()
    quiet = _tick_costs(board, leaves)
    parent.send("go")
    busy = _tick_costs(board, leaves)
    parent.send("stop")
    seconds: list[float] = parent.recv()
    trying.join(10)
    middle = statistics.median(seconds) * 1000
    yield Figure(
        "what-if on one department, 100k leaf KPIs", middle, "ms", at_most=2000, detail=f"{len(seconds)} answers"
    )
    detail = f"{statistics.median(quiet):.1f} ms alone, {statistics.median(busy):.1f} ms meanwhile"
    ratio = statistics.median(busy) / statistics.median(quiet)
    yield Figure("tick during what-ifs ÷ tick alone", ratio, "x", at_most=1.5, detail=detail)
    slowest = max(busy)
    yield Figure("slowest tick during what-ifs", slowest, "ms", at_most=_SLOT_S * 1000, detail="one slot")


def _evaluated() -> tuple[Evaluator, Scorecard, list[str]]:
    model = tree_model(_LEAF_KPIS)
    calendar = BusinessCalendar(model.calendar)
    scorecard = compile_scorecard(model, calendar.business_date(NOW_MS))
    leaves = [unit for unit, node in scorecard.nodes.items() if node.cells]
    evaluator = Evaluator(model, calendar, NOW_MS, scorecard=scorecard)
    evaluator.apply(increments(leaves, calendar))
    evaluator.tick(NOW_MS)
    settle()
    return evaluator, scorecard, leaves


def _reweighed(model: Model, units: Sequence[str], weight: int) -> Model:
    """The model with other weights at some units."""
    first, second = (kpi.id for kpi in model.kpis)
    kpis = {first: {"weight": dict.fromkeys(units, weight)}, second: {"weight": dict.fromkeys(units, 100 - weight)}}
    return with_change(model, Change.model_validate({"from": "2020-01-01", "reason": "bench", "kpis": kpis}))


def _applied(board: Evaluator, scorecard: Scorecard, leaves: Sequence[str]) -> Iterator[Figure]:
    model = scorecard.standing
    assert model is not None
    for units in ([leaves[17]], [leaf for leaf in leaves if leaf.startswith(_DEPARTMENT)]):
        begun = time.perf_counter()
        after = compile_scorecard(_reweighed(model, units, 60), scorecard.date, scorecard)
        compiled = time.perf_counter()
        assert board.adopt(after)
        changes = board.tick(NOW_MS + 1)
        done = time.perf_counter()
        board.adopt(scorecard)
        board.tick(NOW_MS + 1)
        detail = f"compiling {(compiled - begun) * 1000:.0f} ms, scoring {(done - compiled) * 1000:.1f} ms"
        name = f"KPIs scored anew by new weights at {len(units)} units"
        yield Figure(name, len(changes.kpis), "KPIs", at_most=2 * len(units), detail=detail)


def _tick_costs(board: Evaluator, leaves: Sequence[str]) -> list[float]:
    """The cost of ticks in their slots, each with some leaves moved."""
    calendar = BusinessCalendar(tree_model(2).calendar)
    costs = []
    for _ in range(_TICKS):
        begun = time.monotonic()
        costs.append(tick_ms(board, increments(random.sample(leaves, _MOVED), calendar), NOW_MS + 1))
        time.sleep(max(0.0, begun + _SLOT_S - time.monotonic()))
    return costs


def _try_for_ever(pipe: Connection) -> None:
    """The server's side: a board in memory, and one what-if after the other on one department."""
    board, scorecard, leaves = _evaluated()
    model = scorecard.standing
    assert model is not None
    department = [leaf for leaf in leaves if leaf.startswith(_DEPARTMENT)]
    pipe.send("ready")
    pipe.recv()
    seconds = []
    while not pipe.poll():
        begun = time.perf_counter()
        after = compile_scorecard(_reweighed(model, department, random.randint(10, 90)), scorecard.date, scorecard)
        shown = overlaid(board, scores_under(after, scorecard, board))
        effects(scorecard, after, board, shown)
        seconds.append(time.perf_counter() - begun)
    pipe.send(seconds)
