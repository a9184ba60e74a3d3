"""Read a model folder: YAML files merged into one `Model`, every fault with its file, line and fix."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from scoring.definitions import Model

from ..model_check import Finding, check_model
from .holidays_of import with_holidays

KeyPath = tuple[str | int, ...]
#: What PyYAML lets through of values that are not of their type, such as 2026-02-30, `!!int ""` or `!!timestamp x`.
UNREADABLE = (ValueError, LookupError, AttributeError, TypeError, RecursionError)


@dataclass(frozen=True, slots=True)
class Fault:
    """A finding with its place."""

    level: str
    file: str
    line: int
    message: str
    fix: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.level}: {self.message}; {self.fix}"


class ModelFaulty(ValueError):
    """A model that can't be used; carries every fault found, warnings too."""

    def __init__(self, faults: list[Fault]) -> None:
        errors = [fault for fault in faults if fault.level == "error"]
        super().__init__("\n".join(str(fault) for fault in errors))
        self.faults = faults


@dataclass(slots=True)
class _Merged:
    """The merged content of a folder, and where each part of it stands."""

    content: dict[str, Any] = field(default_factory=dict)
    places: dict[KeyPath, tuple[str, int]] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def locate(self, path: KeyPath) -> tuple[str, int]:
        """File and line of a path, or of the nearest part above it that exists."""
        kept: list[str | int] = []
        for part in path:
            if (*kept, part) in self.places:
                kept.append(part)
        return self.places.get(tuple(kept), ("model.yaml", 1))

    def fault(self, level: str, path: KeyPath, message: str, fix: str) -> None:
        """Note a fault at a path."""
        self.faults.append(Fault(level, *self.locate(path), message, fix))


def load_model(folder: Path) -> tuple[Model, list[Fault]]:
    """The model in a folder and its warnings; raises `ModelFaulty` with all faults at once."""
    merged = _read(folder)
    model = _validated(merged)
    if model is not None:
        model, found = with_holidays(model)
        for finding in [*found, *check_model(model)]:
            _note(merged, finding)
    if model is None or any(fault.level == "error" for fault in merged.faults):
        raise ModelFaulty(sorted(merged.faults, key=lambda fault: (fault.file, fault.line)))
    return model, merged.faults


def _note(merged: _Merged, finding: Finding) -> None:
    merged.fault(finding.level, finding.path, finding.message, finding.fix)


def model_files(folder: Path) -> list[Path]:
    """The files of a model, by name; those named `*.test.yaml` are tests of its alert rules."""
    return [file for file in sorted(folder.glob("*.yaml")) if not file.name.endswith(".test.yaml")]


def _read(folder: Path) -> _Merged:
    merged = _Merged()
    files = model_files(folder)
    if not files:
        merged.faults.append(Fault("error", str(folder), 1, "no .yaml file here", "give the folder of a model"))
    for file in files:
        _read_file(file, merged)
    return merged


def _read_file(file: Path, merged: _Merged) -> None:
    try:
        text = file.read_text(encoding="utf-8")
        node, content = yaml.compose(text, Loader=yaml.SafeLoader), yaml.safe_load(text)
    except (yaml.YAMLError, OSError, *UNREADABLE) as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        problem = getattr(error, "problem", None) or error
        merged.faults.append(Fault("error", file.name, line, f"not YAML: {problem}", "mend the syntax"))
        return
    if content is None:
        return
    if not isinstance(content, dict) or not isinstance(node, yaml.MappingNode):
        merged.faults.append(Fault("error", file.name, 1, "a list or a text", "write keys such as units: or kpis:"))
        return
    if _repeated(file.name, node, merged):
        return
    for key_node, value_node in node.value:
        if key_node.value in content:
            _merge_key(file, key_node, value_node, content[key_node.value], merged)
        else:
            line = key_node.start_mark.line + 1
            merged.faults.append(Fault("error", file.name, line, f"{key_node.value!r} is no key", "use text as keys"))


def _repeated(file: str, root: yaml.Node, merged: _Merged) -> bool:
    """Note keys that stand twice in one mapping, where YAML keeps the last, and nodes that contain themselves."""
    before, open_nodes, found = len(merged.faults), [(root, frozenset({id(root)}))], set[int]()
    while open_nodes:
        node, above = open_nodes.pop()
        if id(node) in found or not isinstance(node, yaml.CollectionNode):
            continue
        found.add(id(node))
        keys: set[str] = set()
        for key, child in node.value if isinstance(node, yaml.MappingNode) else [(None, one) for one in node.value]:
            if id(child) in above:
                line = child.start_mark.line + 1
                merged.faults.append(Fault("error", file, line, "contains itself", "write it out without the alias"))
            open_nodes.append((child, above | {id(child)}))
            if key is not None and str(key.value) in keys:
                line = key.start_mark.line + 1
                merged.faults.append(Fault("error", file, line, f"{key.value!r} stands twice", "keep one"))
            keys.add(str(key.value) if key is not None else "")
    return len(merged.faults) > before


def _merge_key(file: Path, key_node: yaml.Node, value_node: yaml.Node, value: Any, merged: _Merged) -> None:
    key = str(key_node.value)
    if key == "units_from":
        _read_units(file.parent / str(value), merged, (file.name, key_node.start_mark.line + 1))
        return
    held = merged.content.get(key)
    if isinstance(held, list) and isinstance(value, list) and isinstance(value_node, yaml.SequenceNode):
        for number, item in enumerate(value_node.value, len(held)):
            _index(item, (key, number), file.name, merged.places)
        held.extend(value)
        return
    if held is not None:
        merged.faults.append(
            Fault("error", file.name, key_node.start_mark.line + 1, f"{key!r} stands in another file too", "keep one")
        )
        return
    merged.content[key] = value
    _index(value_node, (key,), file.name, merged.places)
    merged.places[(key,)] = (file.name, key_node.start_mark.line + 1)


def _index(node: yaml.Node, path: KeyPath, file: str, places: dict[KeyPath, tuple[str, int]]) -> None:
    places[path] = (file, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            _index(value, (*path, key.value), file, places)
            places[(*path, key.value)] = (file, key.start_mark.line + 1)
    elif isinstance(node, yaml.SequenceNode):
        for number, item in enumerate(node.value):
            _index(item, (*path, number), file, places)


def _read_units(file: Path, merged: _Merged, asked: tuple[str, int]) -> None:
    """Append the rows of a CSV (id, parent, kind, title) to the units."""
    try:
        with file.open(encoding="utf-8-sig", newline="") as rows:
            units = list(csv.DictReader(rows))
    except (OSError, ValueError, csv.Error) as error:
        problem = getattr(error, "strerror", None) or error
        merged.faults.append(Fault("error", *asked, f"{file.name} can't be read: {problem}", "name a CSV beside it"))
        return
    held = merged.content.setdefault("units", [])
    if not isinstance(held, list):
        return
    for line, row in enumerate(units, 2):
        merged.places[("units", len(held))] = (file.name, line)
        held.append({key or "more cells than the header": value for key, value in row.items() if value})


def _validated(merged: _Merged) -> Model | None:
    unread = bool(merged.faults)  # then what seems to be missing may stand in what could not be read
    try:
        return Model.model_validate(merged.content)
    except ValidationError as error:
        for one in error.errors(include_url=False):
            if unread and one["type"] == "missing" and len(one["loc"]) == 1:
                continue
            where = ".".join(str(part) for part in one["loc"])
            merged.fault("error", one["loc"], f"{where}: {one['msg']}", _fix(one["type"], one["loc"]))
        return None


def _fix(kind: str, path: KeyPath) -> str:
    if kind == "missing":
        return f"add {path[-1]}:"
    if kind == "extra_forbidden":
        return f"remove {path[-1]} or correct its spelling (the JSON Schema lists what is allowed)"
    return "correct the value (the JSON Schema lists what is allowed)"
