"""Model folders read the plain way: every YAML file merged into one `Model`."""

from __future__ import annotations

import csv
from importlib.resources import files
from typing import Any

import yaml

from scoring.definitions import Model


def read(name: str) -> Model:
    """The model of this name under `deploy.models`; lists under the same key are concatenated."""
    folder = files("deploy.models") / name
    merged: dict[str, Any] = {}
    for file in sorted(folder.iterdir(), key=lambda path: path.name):
        if not file.name.endswith(".yaml"):
            continue
        for key, value in yaml.safe_load(file.read_text(encoding="utf-8")).items():
            merged[key] = merged[key] + value if isinstance(value, list) and key in merged else value
    if "units_from" in merged:
        with (folder / merged.pop("units_from")).open(encoding="utf-8") as rows:
            merged["units"] += list(csv.DictReader(rows))
    return Model.model_validate(merged)
