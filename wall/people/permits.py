"""What a page, route or callback needs of whoever asks; who lacks it is answered as if it were not there."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import flask

from scoring.roles import Capability
from wall.sight.look import NOTHING, Sight

from .viewer import Viewer, current_viewer

Answering = TypeVar("Answering", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Permit:
    """One of some capabilities, held anywhere or, with `whole`, with nothing hidden; and what `also` needs.

    Without capabilities everybody has it who has signed in.
    """

    any_of: tuple[Capability, ...] = ()
    whole: bool = False
    also: Permit | None = None

    def admits(self, viewer: Viewer) -> bool:
        """Whether the viewer has all that is needed."""
        if self.also is not None and not self.also.admits(viewer):
            return False
        if not self.any_of:
            return viewer.kind != "nobody"
        has = viewer.may_everywhere if self.whole else viewer.may
        return any(has(capability) for capability in self.any_of)

    def sight(self, viewer: Viewer) -> Sight:
        """How far those of its capabilities reach together that the viewer has."""
        found = NOTHING
        for capability in self.any_of:
            found |= viewer.sight(capability)
        return found

    def __and__(self, other: Permit) -> Permit:
        return Permit(self.any_of, self.whole, other if self.also is None else self.also & other)


SIGNED_IN = Permit()


def callback_for(permit: Permit) -> Callable[[Answering], Answering]:
    """A callback of a page that answers only viewers with the permit; others get 404."""
    return _only_for(permit, lambda: flask.abort(404))


def route_for(permit: Permit) -> Callable[[Answering], Answering]:
    """A Flask route that answers only viewers with the permit; others get what an unknown address gets."""
    return _only_for(permit, no_such_page)


def api_for(permit: Permit) -> Callable[[Answering], Answering]:
    """A route of the API that answers only viewers with the permit; for others there is none."""
    return _only_for(permit, no_such_route)


def no_such_route() -> tuple[flask.Response, int]:
    """What the API says of a route that it has not."""
    return flask.jsonify(error=f"there is no {flask.request.method} {flask.request.path}"), 404


def no_such_page() -> Any:
    """What an address gets that leads nowhere: the page that says so, or 405 for what is no reading."""
    if flask.request.method not in ("GET", "HEAD"):
        flask.abort(405)
    path = flask.request.path.lstrip("/")
    return flask.current_app.view_functions["/<path:path>"](path=path)


def _only_for(permit: Permit, refused: Callable[[], Any]) -> Callable[[Answering], Answering]:
    def around(answering: Answering) -> Answering:
        @functools.wraps(answering)
        def answered(*given: Any, **named: Any) -> Any:
            return answering(*given, **named) if permit.admits(current_viewer()) else refused()

        answered.permit = permit  # type: ignore[attr-defined]
        return answered  # type: ignore[return-value]

    return around
