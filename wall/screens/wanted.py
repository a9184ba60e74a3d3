"""What a person wants of a screen, checked against the model: whatever is refused says what to do instead."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from layouts.words import LANGUAGES, Words
from scoring.definitions import Model
from scoring.programme import playlists_of
from scoring.scenes import Playlist
from wall.refusal import Refused

from .scope import may_show

THEMES = ("dark", "light", "brand")
MOST_NAME, MOST_PLACE = 80, 120
#: Overscan of old panels is 5 % at most.
MOST_MARGIN = 5.0


@dataclass(frozen=True, slots=True)
class Wanted:
    """How a screen is wanted: its name, where it hangs, and what it shows how; empty texts mean the usual."""

    name: str = ""
    place: str = ""
    unit: str = ""
    playlist: str = ""
    theme: str = ""
    margin: float = 0.0
    language: str = ""


def checked(wanted: Wanted, model: Model, words: Words) -> Wanted:
    """What is wanted, complete and tidy; raises `Refused` for what the model or a wall can't do."""
    name, place = " ".join(wanted.name.split()), " ".join(wanted.place.split())
    if not name or len(name) > MOST_NAME or len(place) > MOST_PLACE:
        raise Refused(words("screens.refused.name", name=MOST_NAME, place=MOST_PLACE))
    if not math.isfinite(wanted.margin) or not 0 <= wanted.margin <= MOST_MARGIN:
        raise Refused(words("screens.refused.margin", most=f"{MOST_MARGIN:g}"))
    if wanted.theme not in ("", *THEMES):
        raise Refused(words("screens.refused.theme", theme=wanted.theme, known=", ".join(THEMES)))
    if wanted.language not in ("", *LANGUAGES):
        raise Refused(words("screens.refused.language", language=wanted.language, known=", ".join(LANGUAGES)))
    unit = checked_unit(wanted.unit, model, words)
    playlist = _playlist(wanted.playlist, model, words)
    _check_scope(playlist, unit, model, words)
    margin = round(float(wanted.margin), 2)
    return replace(wanted, name=name, place=place, unit=unit, playlist=playlist.id, margin=margin)


def checked_unit(unit: str, model: Model, words: Words) -> str:
    """A unit of the model; the root where none is named."""
    if not unit:
        return next((one.id for one in model.units if one.parent is None), model.units[0].id)
    if all(one.id != unit for one in model.units):
        raise Refused(words("screens.refused.unit", unit=unit))
    return unit


def _playlist(name: str, model: Model, words: Words) -> Playlist:
    """A playlist of the model; the first where none is named."""
    offered = playlists_of(model)
    found = [one for one in offered if one.id == name] if name else offered[:1]
    if not found:
        known = ", ".join(one.id for one in offered)
        raise Refused(words("screens.refused.playlist", playlist=name, known=known))
    return found[0]


def _check_scope(playlist: Playlist, unit: str, model: Model, words: Words) -> None:
    """Every item must stay within the screen's unit: what a screen may not show would leave a gap in its turn."""
    outside = [one.scene for one in playlist.items if not may_show(model, unit, one.scene, one.unit or unit)]
    if outside:
        named = ", ".join(dict.fromkeys(outside))
        raise Refused(words("screens.refused.scope", playlist=playlist.id, scenes=named, unit=unit))
