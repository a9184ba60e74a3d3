"""What a draft changes of the scenes in force, in words, and putting it in force as a new version of the model."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from layouts.words import Words
from scoring.forms import text_in
from scoring.scenes import Scene
from streams.redis_adapters.site import AppliedModel
from wall.definitions.apply import put_in_force
from wall.definitions.history import KIND
from wall.refusal import Refused

from .acting import Acting
from .desk import Desk
from .scene_draft import canonical, faults_of_draft, next_version, read_draft

#: Two people of one server who save at once: the second one is told, instead of undoing what the first one did.
_saving = threading.Lock()


@dataclass(frozen=True, slots=True)
class SceneChange:
    """A scene that is new (+), gone (-) or other (~)."""

    sign: str
    title: str
    detail: str


class Outdated(Refused):
    """Another model came in force since the draft was begun."""


def scene_changes(before: Sequence[Scene], after: Sequence[Scene], words: Words) -> Iterator[SceneChange]:
    """What differs, scene by scene."""
    held, comes = {one.id: one for one in before}, {one.id: one for one in after}
    for scene in after:
        title = text_in(scene.title, words.language)
        if scene.id not in held:
            yield SceneChange("+", title, words("scenes.change.tiles", n=len(scene.tiles)) if scene.tiles else "")
        elif held[scene.id] != scene:
            yield SceneChange("~", title, _difference(held[scene.id], scene, words))
    for scene in before:
        if scene.id not in comes:
            yield SceneChange("-", text_in(scene.title, words.language), "")
    kept = [one.id for one in before if one.id in comes]
    if kept != [one.id for one in after if one.id in held]:
        yield SceneChange("~", words("scenes.change.order"), "")


def _difference(before: Scene, after: Scene, words: Words) -> str:
    """Which of a scene's own fields differ, and how many tiles came, went, moved or are other."""
    fields = [name for name in Scene.model_fields if name != "tiles" and getattr(before, name) != getattr(after, name)]
    parts = [words.table.get(f"scenes.field.{name}", name) for name in fields]
    counts = _tile_counts([canonical(one) for one in (before, after)])
    parts += [words(f"scenes.change.{name}", n=count) for name, count in counts.items() if count]
    return words.table["scenes.change.and"].join(parts)


def _tile_counts(scenes: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """Tiles that came, went, moved or are other; equal ones are paired first, then those of one kind."""
    held, comes = ([dict(one) for one in scene.get("tiles", [])] for scene in scenes)
    _pair(held, comes, lambda tile: tile)
    moved = _pair(held, comes, lambda tile: {key: tile[key] for key in tile if key not in ("at", "portrait")})
    other = _pair(held, comes, lambda tile: tile["tile"])
    return {"added": len(comes), "removed": len(held), "moved": moved, "other": other}


def _pair(held: list[dict[str, Any]], comes: list[dict[str, Any]], same: Any) -> int:
    """Take out pairs that are the same in what a function gives; how many there were."""
    found = 0
    for tile in list(comes):
        partner = next((one for one in held if same(one) == same(tile)), None)
        if partner is not None:
            held.remove(partner)
            comes.remove(tile)
            found += 1
    return found


def version_after(desk: Desk) -> str:
    """The version text that saving gives."""
    taken = (str(entry.body.get("version")) for entry in desk.site.journal.entries(KIND))
    return next_version(desk.model.version, taken)


def save_scenes(desk: Desk, scenes: Sequence[object], number: int, who: Acting, words: Words) -> AppliedModel:
    """Put a draft of the model with this number in force; raises `Outdated` where it is not the newest any more."""
    with _saving:
        base, following = desk.applied, desk.site.store.following()
        if following is not None:
            raise Refused(words("desk.trial.following", version=following.model.version))
        if base.number != number:
            raise Outdated(words("scenes.refused.outdated", version=base.model.version, author=base.author))
        draft = read_draft(scenes, words)
        errors = [one for one in faults_of_draft(draft, base.model, words) if one.level == "error"]
        if errors:
            raise Refused("; ".join(one.text for one in errors))
        made = [one.scene for one in draft if one.scene is not None]
        if made == base.model.scenes:
            raise Refused(words("scenes.refused.same"))
        model = base.model.model_copy(update={"scenes": made, "version": version_after(desk)})
        return put_in_force(desk.site, model, who.author, who.reason)
