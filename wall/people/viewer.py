"""Who is asking, and what that lets them see and do; the guard puts it into every request, deny by default."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import flask

from layouts.words import language_or
from scoring.roles import Capability
from wall.sight.look import NOTHING, Sight, sight_below

#: Where the scope of a request carries its viewer.
VIEWER = "kpiwall.viewer"


@dataclass(frozen=True, slots=True)
class Viewer:
    """A person, a token or a screen.

    `name` is the account's, token's or screen's id, `title` what people read; `unit` and `person` are the places of the
    organisation that the account is assigned to. `sights` is what each capability reaches: one that is missing is
    denied. `session` is the hash by which a person's session is found.
    """

    kind: Literal["person", "token", "screen", "nobody"]
    name: str
    title: str
    sights: Mapping[Capability, Sight] = field(default_factory=dict)
    unit: str = ""
    person: str = ""
    language: str = ""
    session: str = ""

    def may(self, capability: Capability) -> bool:
        """Whether the viewer may do this anywhere."""
        return capability in self.sights

    def may_everywhere(self, capability: Capability) -> bool:
        """Whether the viewer may do this with nothing hidden; what concerns the whole model needs it."""
        return self.sight(capability).whole

    def sight(self, capability: Capability = Capability.VIEW) -> Sight:
        """What a capability reaches."""
        return self.sights.get(capability, NOTHING)


NOBODY = Viewer("nobody", "", "")


def screen_viewer(screen: str, title: str, unit: str) -> Viewer:
    """A paired screen: it sees its unit and what is below it, and may do nothing."""
    return Viewer("screen", screen, title, {Capability.VIEW: sight_below(unit)})


def current_viewer() -> Viewer:
    """The viewer of the Flask request that is being answered; nobody where there is none."""
    if not flask.has_request_context():
        return NOBODY
    scope = flask.request.environ.get("asgi.scope", {})
    found: Viewer = scope.get(VIEWER, NOBODY)
    return found


def language_for(asked: str | None, default: str) -> str:
    """The language asked for, else that of the viewer's account, else the default."""
    return language_or(asked, language_or(current_viewer().language, default))
