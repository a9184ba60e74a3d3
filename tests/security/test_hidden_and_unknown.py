"""What is hidden is answered like what does not exist: the same status, the same words, whatever is asked."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator

import pytest

from scoring.definitions import Model
from tests.support.servers import RedisNode
from wall.people.viewer import Viewer
from wall.sight.visible import visible

from .organisation import organisation
from .test_roles import WAYS, Asked, Way, viewer_of
from .ways import Answer, Premises, premises

#: What differs between any two answers: ids of what is asked for, lengths, moments, digests, random names.
_ASKED = re.compile(r"nowhere\w+|nothing\w+")
_PASSING = re.compile(r"content-length: \d+|date: [^\n]+|\d{10,13}(\.\d+)?|[0-9a-f]{16,64}|\"end_id\":\"[^\"]*\"", re.I)
ASKED_ABOUT = [name for name in WAYS if name not in ("forged callback", "phone pins", "metrics")]


@pytest.fixture(scope="module")
def place() -> Iterator[Premises]:
    with RedisNode(appendfsync="no") as node, premises(node.url, organisation(2)) as one:
        yield one


def _hidden(model: Model, who: Viewer) -> tuple[str, str] | None:
    """A unit and a KPI of which somebody may not know."""
    sights = [visible(model, sight).opened for sight in who.sights.values()]
    units = [unit.id for unit in model.units if not any(unit.id in one.units for one in sights)]
    kpis = [kpi.id for kpi in model.kpis if not any(kpi.id == name for one in sights for _, name in one.named)]
    return (units[0], kpis[0] if kpis else model.kpis[0].id) if units else None


def _told(answer: Answer, asked: Asked) -> tuple[int, str]:
    text = answer.text.replace(asked.unit, "UNIT").replace(asked.kpi, "KPI")
    return answer.status, _PASSING.sub("", _ASKED.sub("", text))


@pytest.mark.parametrize("name", ASKED_ABOUT)
def test_a_hidden_unit_is_answered_like_an_unknown_one(place: Premises, name: str) -> None:
    model, draw, way, tried = place.made.model, random.Random(name), WAYS[name], 0
    for _ in range(40):
        who = viewer_of(place.made, draw)
        found = _hidden(model, who)
        if found is None:
            continue
        unit, kpi = found
        # Of the same length, so that not even that differs.
        pairs = [(unit, kpi), ("zq" + "f" * (len(unit) - 2), kpi)]
        first, second = (_answer(place, way, who, one) for one in pairs)
        assert first == second, (name, unit, who)
        tried += 1
        if tried == 4:
            return
    assert tried


def _answer(place: Premises, way: Way, who: Viewer, about: tuple[str, str]) -> tuple[int, str]:
    asked = Asked(about[0], about[1], "anywhere", random.Random(0))
    return _told(way.go(place, who, asked), asked)
