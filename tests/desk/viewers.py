"""Requests of viewers, in-process: what the guard would have put into their scope."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import flask

from scoring.roles import Capability
from wall.people.viewer import VIEWER, Viewer
from wall.sight.look import EVERYTHING, Look, Sight

ADMIN = Viewer("person", "ann", "Ann", EVERYTHING)


def sight_of(*looks: Look | str) -> Sight:
    """A sight of looks; of a unit's name it is the unit and all below."""
    return Sight(frozenset(Look(one) if isinstance(one, str) else one for one in looks))


def viewer(sights: Mapping[Capability, Sight], name: str = "bob", unit: str = "") -> Viewer:
    """A person who may do this, as far as that."""
    return Viewer("person", name, name.title(), sights, unit=unit)


def able(*capabilities: Capability, sight: Sight) -> Viewer:
    """A person with several capabilities of one reach."""
    return viewer(dict.fromkeys(capabilities, sight))


def scope_of(one: Viewer) -> dict[str, object]:
    """The environment of a WSGI request of a viewer."""
    return {"asgi.scope": {VIEWER: one}}


@contextmanager
def asking(one: Viewer = ADMIN) -> Iterator[None]:
    """Within a request of a viewer."""
    with flask.Flask("test").test_request_context(environ_overrides=scope_of(one)):
        yield
