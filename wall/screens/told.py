"""A screen in words: how it is, what it shows, and what it says of itself."""

from __future__ import annotations

from layouts import formats, moments
from layouts.words import Words
from scoring.definitions import Model
from scoring.forms import text_in

from .beats import Beat
from .heard import Seen
from .watch import SILENT_AFTER_MS, Presence


def screen_cells(seen: Seen, held: bool, model: Model, words: Words, now_ms: int) -> dict[str, str]:
    """Texts by name; `is` names a glyph."""
    heard = seen.heard
    state = "silent" if seen.presence is Presence.SILENT else "live"
    if state == "live" and (heard is None or now_ms - heard.at_ms > SILENT_AFTER_MS):
        state = "waiting"  # it is given its minute, after pairing or a restart of the server
    beat = heard.beat if heard else Beat()
    ago = words("screens.never") if heard is None else moments.age((now_ms - heard.at_ms) // 1000, words)
    scene = _scene(beat, model, words)
    return {
        "is": {"live": "good", "waiting": "unknown"}.get(state, state),
        "state": words(f"screens.state.{state}"),
        "heard": ago,
        "shows": words("screens.held", scene=scene) if held else scene,
        "key": "" if beat.key is None else str(beat.key),
        "panel": _panel(beat),
        "version": beat.version or formats.UNKNOWN,
        "heap": formats.UNKNOWN if beat.heap_mb is None else f"{beat.heap_mb:.0f} MB",
        "data": formats.UNKNOWN
        if beat.data_age_ms is None
        else moments.age(int(beat.data_age_ms) // 1000, words, False),
    }


def _scene(beat: Beat, model: Model, words: Words) -> str:
    title = next((one.title for one in model.scenes if one.id == beat.scene), beat.scene)
    return text_in(title, words.language) if title else formats.UNKNOWN


def _panel(beat: Beat) -> str:
    if not beat.width or not beat.height:
        return formats.UNKNOWN
    size = f"{beat.width}×{beat.height}"
    return size if beat.ratio in (None, 1.0) else f"{size} · {beat.ratio:g}×"
