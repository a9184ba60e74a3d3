"""The forms that definitions are written in: ids, texts, durations, clock times, and the base of every definition."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

#: Ids appear in Redis fields, URLs and expressions; `|` and `;` separate the parts of a counter's name.
UNIT_ID = r"^[0-9A-Za-z_][0-9A-Za-z_.\-]{0,63}$"
NAME_ID = r"^[a-z][a-z0-9_]{0,47}$"

Text = str | dict[str, str]
UnitId = Annotated[str, Field(pattern=UNIT_ID)]
NameId = Annotated[str, Field(pattern=NAME_ID)]
ClockTime = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$|^24:00$", description="HH:MM, 24:00 for midnight")]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
PeriodKind = Literal["shift", "day", "week", "month", "quarter", "year"]
BucketKind = Literal["minute", "hour", "day"]

_DURATION = re.compile(r"^(\d+)(s|m|h|d)$")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def duration_s(text: object) -> int:
    """Seconds of a duration such as `90s`, `10m`, `8h` or `3d`; a whole number is seconds already.

    >>> duration_s("10m")
    600
    """
    if type(text) is int:
        return text
    found = _DURATION.match(text) if isinstance(text, str) else None
    if not found:
        raise ValueError(f"{text!r} is no duration; write a number and s, m, h or d, such as 10m")
    return int(found[1]) * _SECONDS[found[2]]


DurationS = Annotated[int, BeforeValidator(duration_s, json_schema_input_type=str)]


def text_in(text: Text, language: str) -> str:
    """The wording of `text` in `language`, else in English, else in whatever there is.

    >>> text_in({"zh-CN": "产量", "en": "Output"}, "zh-CN")
    '产量'
    """
    if isinstance(text, str):
        return text
    return text.get(language) or text.get("en") or next(iter(text.values()), "")


class Definition(BaseModel):
    """The base of all definitions: frozen, and a key that does not exist is a fault, not ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True)
