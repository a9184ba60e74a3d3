"""The doors: every route of the server with what it needs of whoever asks. A route without a door is closed to all.

What lies behind a door, and how much of it, is decided there, by what the viewer sees.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from layouts.followup.section import STEPS
from layouts.phone.document import MANIFEST, WORKER
from layouts.phone.way import ALERTS, HOME, OWN, PINS
from scoring.roles import Capability
from wall.desk import permits
from wall.messages.permits import CHANNELS
from wall.screens.routes import CLAIM, HEARTBEAT, PAIRING, RESUME
from wall.wall_pages import SCRIPTS, STYLES

from .permits import SIGNED_IN, Permit
from .viewer import Viewer

#: The largest body of most requests, and of those that carry events, workbooks or scenes.
SMALL, LARGE = 65_536, 8 << 20
#: Folders of what pages show before anybody has signed in: marks, fonts, the sheets of signing in.
_OPEN_FOLDERS = ("glyphs/", "fonts/", "people/", "icons/")


@dataclass(frozen=True, slots=True)
class Door:
    """A route: its methods, its path (`{name}` is a part, `{rest*}` all that is left), and what it needs.

    `permit` is None where anybody may come in; `screens` lets paired screens in, too, to what they may show.
    """

    methods: str
    path: str
    permit: Permit | None
    most_bytes: int = SMALL
    screens: bool = False

    def admits(self, viewer: Viewer) -> bool:
        """Whether somebody may come in."""
        return self.permit is None or self.permit.admits(viewer)


def _may(*capabilities: Capability) -> Permit:
    return Permit(capabilities)


_VIEW, _EXPLAIN, _SCREENS = _may(Capability.VIEW), _may(Capability.EXPLAIN), permits.SCREENS
_USERS = _may(Capability.MANAGE_USERS)

#: The first that fits a request counts.
DOORS = (
    # Before anybody has signed in.
    Door("GET", "/healthz", None),
    Door("GET", "/readyz", None),
    Door("GET POST", "/sign-in", None),
    Door("GET", "/sign-in/{provider}", None),
    Door("GET", "/sign-in/{provider}/{step}", None),
    Door("GET POST", "/setup", None),
    *(Door("GET", f"/assets/{name}", None) for name in (*STYLES, *SCRIPTS)),
    *(Door("GET", f"/assets/{folder}{{rest*}}", None) for folder in _OPEN_FOLDERS),
    Door("GET", MANIFEST, None),
    Door("GET", WORKER, None),
    # Screens.
    Door("GET", "/screen", None),
    Door("POST", PAIRING, None),
    Door("POST", CLAIM, None),
    Door("POST", RESUME, None),
    Door("POST", HEARTBEAT, Permit((), whole=True), screens=True),
    Door("GET", "/wall/{scene}", _VIEW, screens=True),
    Door("GET", "/push/wall/{scene}", _VIEW, screens=True),
    Door("GET", "/lib/{rest*}", SIGNED_IN, screens=True),
    # One's own account.
    Door("POST", "/sign-out", SIGNED_IN),
    Door("GET", "/account", SIGNED_IN),
    Door("POST", "/account/{step}", SIGNED_IN),
    # Pages of numbers.
    Door("GET", "/push/{page}/{name}", _VIEW),
    # Who sees nothing yet is told so by their own page.
    Door("GET", HOME, SIGNED_IN),
    Door("GET", f"{OWN}/offline", SIGNED_IN),
    Door("GET PUT", PINS, _VIEW),
    Door("POST", f"{STEPS}/{{step}}", _VIEW),
    Door("POST", f"{ALERTS}/{{alert}}/{{step}}", _may(Capability.ACKNOWLEDGE, Capability.ASSIGN)),
    Door("GET", f"{HOME}/{{unit}}", _VIEW),
    Door("GET", f"{HOME}/{{unit}}/{{rest*}}", _VIEW),
    Door("GET", "/explain/{unit}", _VIEW),
    Door("GET", "/explain/{unit}/{kpi}", _VIEW),
    # Stand-ups. Screens of a unit follow its meeting; who may lead or write is asked in each step.
    Door("GET", "/assets/standup/{rest*}", SIGNED_IN, screens=True),
    Door("GET", "/standup", _VIEW),
    Door("GET", "/standup/{unit}", _VIEW, screens=True),
    Door("GET", "/standup/{unit}/now", _VIEW, screens=True),
    Door("GET", "/standup/{unit}/minutes", _VIEW),
    Door("GET", "/standup/{unit}/minutes/{name}", _VIEW),
    Door("POST", "/standup/{unit}/{step}", _VIEW),
    # The desk.
    Door("GET", "/desk", SIGNED_IN),
    Door("GET", "/desk/stream/verify/{period}", permits.PERIODS),
    Door("GET", "/desk/stream/filling", permits.HISTORY),
    Door("GET", "/desk/stream/replay/{days}", permits.REPLAY),
    Door("GET", "/desk/scenes/{part}", permits.MODEL),
    Door("POST", "/desk/scenes/{step}", permits.MODEL, LARGE),
    *(Door("GET", f"/desk/{room}", permit) for room, permit in permits.ROOMS.items()),
    *(Door("GET", f"/desk/{room}/{{rest*}}", permit) for room, permit in permits.ROOMS.items()),
    Door("GET", "/desk/periods/{file}", permits.PERIODS),
    Door("GET", "/remote/{screen}", _SCREENS),
    Door("GET", "/remote/{screen}/now", _SCREENS),
    # For programs.
    Door("GET", "/metrics", _may(Capability.READ_METRICS)),
    Door("POST", "/api/v1/events", _may(Capability.SEND_EVENTS), LARGE),
    Door("GET", "/api/v1/board", _VIEW),
    Door("GET", "/api/v1/explain/{unit}", _VIEW),
    Door("GET", "/api/v1/explain/{unit}/{kpi}", _VIEW),
    Door("GET", "/api/v1/explain/{unit}/{kpi}/events", _EXPLAIN),
    Door("GET", "/api/v1/waterfall/{unit}", _VIEW),
    Door("POST", "/api/v1/what-if", permits.WHAT_IF, LARGE),
    Door("GET", "/api/v1/definitions", _VIEW),
    Door("GET", "/api/v1/history", permits.HISTORY),
    Door("GET", "/api/v1/periods", permits.PERIODS),
    Door("GET", "/api/v1/alerts", _VIEW),
    Door("GET", "/api/v1/alerts/{name}", _VIEW),
    Door("POST", "/api/v1/alerts/{name}/acknowledge", _may(Capability.ACKNOWLEDGE)),
    Door("POST", "/api/v1/alerts/{name}/snooze", _may(Capability.ACKNOWLEDGE)),
    Door("POST", "/api/v1/alerts/{name}/assign", _may(Capability.ASSIGN)),
    Door("GET POST", "/api/v1/screens", _SCREENS),
    Door("POST", "/api/v1/screens/move", _SCREENS),
    Door("GET POST", "/api/v1/screens/{name}", _SCREENS),
    Door("POST", "/api/v1/screens/{name}/revoke", _SCREENS),
    Door("POST", "/api/v1/screens/{name}/remote", _SCREENS),
    Door("GET", "/api/v1/channels", CHANNELS),
    Door("POST", "/api/v1/channels/{name}/test", CHANNELS),
    Door("GET POST", "/api/v1/announcements", permits.SCREENS_ROOM),
    Door("POST", "/api/v1/announcements/{name}/end", permits.SCREENS_ROOM),
    Door("GET POST PUT PATCH DELETE", "/api/{rest*}", SIGNED_IN),
    # What makes the pages work; what a callback needs is asked in it.
    Door("GET", "/_dash-layout", SIGNED_IN),
    Door("GET", "/_dash-dependencies", SIGNED_IN),
    Door("POST", "/_dash-update-component", SIGNED_IN, LARGE),
    Door("GET", "/_dash-component-suites/{rest*}", SIGNED_IN),
    Door("GET", "/_reload-hash", SIGNED_IN),
    Door("GET", "/_favicon.ico", SIGNED_IN),
    Door("GET", "/assets/{rest*}", SIGNED_IN),
    Door("GET", "/", SIGNED_IN),
)
#: Addresses that lead nowhere have a page that says so, for those who have signed in.
ELSEWHERE = Door("GET", "/{rest*}", SIGNED_IN)


@lru_cache(maxsize=4096)
def door_of(method: str, path: str) -> Door | None:
    """The door of a request; None where there is none, and nobody comes in."""
    if not {".", ".."}.isdisjoint(path.split("/")):
        return None
    method = "GET" if method == "HEAD" else method
    for door, pattern in _patterns():
        if method in door.methods.split() and pattern.fullmatch(path):
            return door
    return None


@lru_cache(maxsize=1)
def _patterns() -> tuple[tuple[Door, re.Pattern[str]], ...]:
    return tuple((door, _pattern(door.path)) for door in (*DOORS, ELSEWHERE))


def _pattern(path: str) -> re.Pattern[str]:
    """What the paths of a door look like; a part may be anything but a slash.

    >>> [bool(_pattern("/explain/{unit}").fullmatch(path)) for path in ("/explain/a b", "/explain/", "/explain/a/b")]
    [True, False, False]
    """
    parts = re.split(r"(\{\w+\*?\})", path)
    texts = {"{": r"[^/]+", "*": r".+"}
    return re.compile("".join(texts["*" if one.endswith("*}") else "{"] if one.startswith("{") else re.escape(one)
                              for one in parts), re.DOTALL)  # fmt: skip
