"""The route of the push stream: which page is followed, by whom, and until when they may."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse

from layouts.words import language_or

from . import phone_stream
from .board_follower import BoardFollower
from .dash_app import Address, exists
from .guard import FRAMES, SCREEN
from .people.viewer import VIEWER, Viewer
from .people.watching import Watch
from .push import Hub, Key, Receive, Scope, Send
from .pushed import Pushed
from .sight.visible import Sights


class PushRoute:
    """An ASGI application as a route's endpoint, so that no response object stands between a stream and its socket."""

    def __init__(self, follower: BoardFollower, sights: Sights, hub: Hub, pushed: Pushed, watch: Watch) -> None:
        self._follower = follower
        self._sights = sights
        self._hub = hub
        self._pushed = pushed
        self._watch = watch

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        viewer: Viewer = scope[VIEWER]
        key = self._key(Request(scope), viewer)
        if key is None:
            await JSONResponse({"error": "no such page"}, 404)(scope, receive, send)
            return
        keys = self._pushed.keys(key, scope[SCREEN])
        with self._watch.following(viewer) as ended:
            await self._hub.stream(keys, receive, send, scope[FRAMES], ended)

    def _key(self, request: Request, viewer: Viewer) -> Key | None:
        """What is followed; None where the viewer knows of no such page."""
        follower, sight = self._follower, viewer.sight()
        seen = self._sights.visible(follower.model, sight, follower.now_ms())
        model = seen.model
        language = language_or(request.query_params.get("lang"), viewer.language or model.language)
        address = Address(request.path_params["page"], request.path_params["name"], language)
        if address.page in phone_stream.KINDS:
            known = phone_stream.follows(address.page, address.name, seen)
            return Key(address.page, address.name, "", language, sight) if known else None
        unit = request.query_params.get("unit", "")
        known = exists(address, model) and (not unit or any(one.id == unit for one in model.units))
        if address.page != "wall" or not known:
            return None
        return Key(address.page, address.name, unit, language, sight)
