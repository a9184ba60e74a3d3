"""Scenes under work: read as far as they can be read, checked as the model they would make, and put in force."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import yaml
from pydantic import ValidationError

from layouts.words import Words
from scoring.definitions import Model
from scoring.scenes import Scene
from wall.model_check import Finding, check_model
from wall.refusal import Refused

from .scene_faults import Fault, FaultyScene, faults_of, form_fault

#: More scenes than anybody keeps in order by hand.
MOST_SCENES = 100


@dataclass(frozen=True, slots=True)
class DraftScene:
    """A scene as far as its form is right: without the tiles whose form is not; None where nothing can be read.

    `tiles` says where each tile that was read stands in the draft.
    """

    content: Mapping[str, Any]
    scene: Scene | None
    tiles: tuple[int, ...]
    faults: tuple[Fault, ...] = ()


def read_scene(number: int, content: object, words: Words) -> DraftScene:
    """One scene of a draft; `number` is its position there."""
    if not isinstance(content, dict):
        raise Refused(words("scenes.refused.form"))
    tiles = content.get("tiles", [])
    listed = tiles if isinstance(tiles, list) else []
    try:
        return DraftScene(content, Scene.model_validate(content), tuple(range(len(listed))))
    except ValidationError as error:
        faults = tuple(form_fault(number, one, words) for one in error.errors())
    wrong = {one.tile for one in faults}
    kept = tuple(at for at in range(len(listed)) if at not in wrong)
    try:
        scene = Scene.model_validate({**content, "tiles": [listed[at] for at in kept]})
    except ValidationError:
        return DraftScene(content, None, (), faults)
    return DraftScene(content, scene, kept, faults)


def read_draft(scenes: Sequence[object], words: Words) -> list[DraftScene]:
    """The scenes of a draft; raises `Refused` where they are no scenes at all."""
    if len(scenes) > MOST_SCENES:
        raise Refused(words("scenes.refused.many", most=MOST_SCENES))
    return [read_scene(number, one, words) for number, one in enumerate(scenes)]


def faults_of_draft(draft: Sequence[DraftScene], model: Model, words: Words) -> list[Fault]:
    """All that is wrong or doubtful in a draft: its form, and what the model check says of the model it would make.

    What the check says of the model in force already, beside its scenes, is no fault of the draft.
    """
    read = [number for number, one in enumerate(draft) if one.scene is not None]
    made = model.model_copy(update={"scenes": [one.scene for one in draft if one.scene is not None]})
    said = [fault for one in draft for fault in one.faults]
    for finding in _new(check_model(made), model):
        at = read[finding.path[1]] if finding.path[0] == "scenes" and isinstance(finding.path[1], int) else None
        content, tiles = ({}, ()) if at is None else (draft[at].content, draft[at].tiles)
        said += faults_of(finding, at, FaultyScene(content, tiles, model), words)
    return sorted(said, key=lambda one: one.level != "error")


def _new(findings: Sequence[Finding], model: Model) -> list[Finding]:
    about = [one for one in findings if one.path[0] == "scenes"]
    others = [one for one in findings if one.path[0] != "scenes"]
    known = {(one.level, one.message) for one in check_model(model)} if others else set()
    return about + [one for one in others if (one.level, one.message) not in known]


def canonical(scene: Scene) -> dict[str, Any]:
    """A scene as a person would write it: without what is left at its default."""
    return scene.model_dump(mode="json", by_alias=True, exclude_defaults=True)


def as_file(scenes: Iterable[Scene], words: Words) -> str:
    """Scenes as the scenes.yaml of a model folder."""
    head = f"# yaml-language-server: $schema=../model.schema.json\n# {words('scenes.file.head')}\n"
    content = {"scenes": [canonical(one) for one in scenes]}
    return head + yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=110, default_flow_style=None)


def next_version(version: str, taken: Iterable[str]) -> str:
    """The version text of scenes changed on the desk, counted on from the present one; never one that was used.

    >>> next_version("2026.1", []), next_version("2026.1-scenes.1", ["2026.1-scenes.2"])
    ('2026.1-scenes.1', '2026.1-scenes.3')
    """
    counted = re.fullmatch(r"(.*)-scenes\.(\d+)", version)
    stem, number = (counted[1], int(counted[2]) + 1) if counted else (version, 1)
    known = set(taken)
    while f"{stem}-scenes.{number}" in known:
        number += 1
    return f"{stem}-scenes.{number}"
