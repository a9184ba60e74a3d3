"""Nobody reads in a meeting or in its minutes what they do not see elsewhere: generated organisations, all in red."""

from __future__ import annotations

import pytest

from tests.security.test_roles import WAYS, Prowler, viewer_of
from tests.support.servers import RedisNode

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
