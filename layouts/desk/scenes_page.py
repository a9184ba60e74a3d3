"""The scenes page: the frame in which the scripts of the editor build the list of scenes and the editor itself."""

from __future__ import annotations

import json
from collections.abc import Sequence

from dash import html

from ..bindings import data
from ..lookup import Lookup
from .parts import notice
from .shell import desk_page


def scenes_page(found: Lookup, scripts: Sequence[str]) -> html.Div:
    """The page; `scripts` are the addresses of the editor, loaded in this order once the room stands."""
    words = found.words
    room = html.Div(
        html.Div(words("desk.working"), className="empty"),
        id="scene-room",
        **data(scripts=json.dumps(list(scripts)), language=words.language),
    )
    small = html.Div(notice("unknown", words("scenes.small")), className="scenes-small")
    return desk_page(
        found,
        "scenes",
        "scenes",
        words("desk.room.scenes"),
        [small, room],
        words("desk.room.scenes.for"),
    )
