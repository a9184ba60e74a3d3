"""The file of a model folder that holds its effective-dated changes, written from what is in force."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any

import yaml

from scoring.definitions import Change
from scoring.forms import Definition

from ..refusal import Refused
from .model_folder import model_files

NAME = "changes.yaml"


def write_changes(folder: Path, changes: list[Change]) -> Path:
    """Write the changes into the folder's changes.yaml; refuses where that would lose or repeat anything."""
    for file in model_files(folder):
        try:
            keys = set(yaml.safe_load(file.read_text(encoding="utf-8")) or {})
        except (yaml.YAMLError, UnicodeDecodeError, TypeError) as error:
            raise Refused(f"{file} can't be read ({error}); mend it, see: kpiwall check {folder}") from None
        if file.name == NAME and keys - {"changes"}:
            others = ", ".join(sorted(map(str, keys - {"changes"})))
            raise Refused(f"{file} holds more than changes: ({others}); move these to another file of the folder")
        if file.name != NAME and "changes" in keys:
            raise Refused(f"{file} has changes: too; move them to {NAME}, which is written anew")
    target = folder / NAME
    content = {"changes": [plain(one) for one in changes]}
    target.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=110), encoding="utf-8")
    return target


def plain(value: Any) -> Any:
    """A definition as YAML content: only what was set, numbers as numbers where they stay exact.

    >>> plain(Decimal("0.25")), plain(Decimal("20.0")), plain({"a": Decimal("1E-30")})
    (0.25, 20, {'a': '1E-30'})
    """
    match value:
        case Definition():
            fields = {name: getattr(value, name) for name in type(value).model_fields if name in value.model_fields_set}
            aliases = type(value).model_fields
            return {aliases[n].alias or n: plain(v) for n, v in fields.items() if v is not None and v != {}}
        case Decimal():
            if value == value.to_integral_value() and abs(value) < 10**15:
                return int(value)
            return float(value) if Decimal(repr(float(value))) == value and abs(value) > Decimal("1e-6") else str(value)
        case Enum():
            return value.value
        case dt.time():
            return value.isoformat()
        case Mapping():
            return {name: plain(one) for name, one in value.items()}
        case list() | tuple():
            return [plain(one) for one in value]
    return value
