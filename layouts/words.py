"""The words of the interface, one table per language, read from the package's own texts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

import yaml

LANGUAGES = ("zh-CN", "en")


@dataclass(frozen=True, slots=True)
class Words:
    """One language's texts; calling it gives a text with its values filled in."""

    language: str
    table: Mapping[str, str]

    def __call__(self, key: str, **values: object) -> str:
        """The text of a key; an unknown key is a defect and raises KeyError."""
        return self.table[key].format(**values)

    @staticmethod
    @lru_cache(maxsize=len(LANGUAGES))
    def of(language: str) -> Words:
        """The table of a language of `LANGUAGES`.

        >>> Words.of("zh-CN")("status.good")
        '达标'
        """
        text = files("layouts").joinpath("texts", f"{language}.yaml").read_text("utf-8")
        return Words(language, yaml.safe_load(text))


def language_or(asked: str | None, default: str) -> str:
    """The language asked for if there is one, else the model's."""
    return asked if asked in LANGUAGES else default
