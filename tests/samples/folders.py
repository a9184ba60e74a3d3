"""The shipped model folders by name."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from pathlib import Path

from scoring.definitions import Model
from wall.definitions.model_folder import load_model


def folder(name: str) -> Path:
    """Where a shipped model lies."""
    return Path(str(files("deploy.models") / name))


@lru_cache
def read(name: str) -> Model:
    """A shipped model; raises `ModelFaulty` with all its faults."""
    return load_model(folder(name))[0]
