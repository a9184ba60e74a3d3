"""Every route of a server, as method and path with names in braces."""

from __future__ import annotations

import re
from typing import Any

from wall.board_follower import BoardFollower
from wall.server import create_server
from wall.wiring import Site

#: Dash answers whatever is left by one route; these are the pages it makes.
PAGES = ("/explain/{unit}", "/explain/{unit}/{kpi}", "/desk", "/desk/screens", "/desk/history")


def every_route(site: Site) -> list[tuple[str, str]]:
    """The routes of Flask and Starlette: `{name}` stands for a part of a path, `{rest*}` for all that is left."""
    applied = site.store.model()
    assert applied is not None
    guard: Any = create_server(site, BoardFollower(site, applied, "test"))
    found: set[tuple[str, str]] = set()
    for route in guard.app.routes:
        if route.path:
            found |= {(method, route.path) for method in route.methods or {"GET"}}
        else:
            for rule in route.app.app.__self__.url_map.iter_rules():
                found |= {(method, _braced(rule.rule)) for method in rule.methods}
    found |= {("GET", page) for page in PAGES}
    return sorted((method, path) for method, path in found if method not in ("OPTIONS", "HEAD"))


def _braced(rule: str) -> str:
    """
    >>> _braced("/desk/periods/<period>.xlsx"), _braced("/assets/<path:filename>")
    ('/desk/periods/{period}.xlsx', '/assets/{filename*}')
    """
    return re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", re.sub(r"<path:(\w+)>", r"{\1*}", rule))


def filled(path: str) -> str:
    """A path with something for every name in it."""
    return re.sub(r"\{[^}]+\}", "x", path)
