"""Nobody reads in a meeting or in its minutes what they do not see elsewhere: generated organisations, all in red."""

from __future__ import annotations

import pytest
from starlette.requests import Request

from tests.security.test_roles import WAYS, Prowler, viewer_of
from tests.support.servers import RedisNode
from wall.guard import may_ask

from .boards import organisation
from .staged import Room, leader, reddened, staged

_WAYS = [name for name, way in WAYS.items() if way.path.startswith("/standup")]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_no_agenda_and_no_minutes_tell_what_roles_do_not_show(seed: int, redis_node: RedisNode) -> None:
    with staged(redis_node, reddened(seed)) as place:
        rooms = [Room(place, one.id) for one in place.made.model.units]
        assert any("new:" in room.about(leader(), "order") for room in rooms)
        prowler = Prowler(place, seed)
        for _ in range(120):
            prowler.go(viewer_of(place.made, prowler.draw), prowler.draw.choice(_WAYS))
        assert prowler.leaks == []
        assert all(200 in prowler.statuses[name] for name in _WAYS)


@pytest.mark.parametrize(
    ("path", "may"),
    [
        ("/standup/north", True),
        ("/standup/north-1", True),
        ("/standup/north/now", True),
        ("/standup/south", False),
        ("/standup/group", False),
        ("/standup/north/minutes", False),
        ("/standup", False),
    ],
)
def test_a_screen_follows_the_meetings_of_its_unit_and_of_those_below(path: str, may: bool) -> None:
    scope = {"type": "http", "method": "GET", "path": path, "query_string": b"", "headers": []}
    assert may_ask(Request(scope), organisation(), "north") is may
    assert not may_ask(Request({**scope, "method": "POST"}), organisation(), "north")
