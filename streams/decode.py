"""Bytes to events: CloudEvents 1.0 (structured and binary mode) and mapped plain JSON, checked by the model's types.

Checking runs in msgspec's decoder, built once per model from the declared event types, so a good event costs one call.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any, Union

import msgspec

from scoring.definitions import EventField, EventType, Model, PlainMapping

from .integers import field_range

#: `T.corrected` corrects an event of type T: data {before, after}, folded as after minus before.
CORRECTED = ".corrected"
#: CloudEvents attributes travel in Kafka headers with this prefix in binary mode.
BINARY_PREFIX = "ce_"


class Refused(ValueError):
    """An event that can't be counted; `code` groups the reasons, the message says what is wrong and where."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class Event(msgspec.Struct, frozen=True):
    """The CloudEvents envelope; each declared type has a subclass with its own `data`."""

    id: Annotated[str, msgspec.Meta(min_length=1, max_length=256)]
    source: Annotated[str, msgspec.Meta(min_length=1, max_length=256)]
    time: Annotated[dt.datetime, msgspec.Meta(tz=True)]


#: Kafka allows a header without content.
Headers = Sequence[tuple[str, bytes | None]]


class Decoder:
    """Decodes the records of one model; raises `Refused` with the reason for anything else."""

    def __init__(self, model: Model) -> None:
        self.types: dict[type[Event], tuple[EventType, bool]] = {}
        for declared in model.events:
            for corrects in (False, True):
                self.types[_struct(declared, corrects=corrects)] = (declared, corrects)
        union: Any = Union[tuple(self.types)]  # noqa: UP007 - built at run time
        self._union = union
        self._strict: Callable[[bytes], Event] = msgspec.json.Decoder(union).decode
        self._mappings = model.mappings
        self._max_bytes = model.accept.max_bytes

    def decode(self, value: bytes | None, headers: Headers = ()) -> Event:
        """The event in a record's value and headers."""
        if value is None:
            raise Refused("empty", "the record has no value; send a CloudEvent")
        if len(value) > self._max_bytes:
            raise Refused("oversize", f"{len(value)} bytes; at most {self._max_bytes} are accepted (accept.max_bytes)")
        if headers and any(name.startswith(BINARY_PREFIX) for name, _ in headers):
            return self._binary(value, headers)
        try:
            return self._strict(value)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            return self._mapped(value, error)
        except RecursionError:
            raise _too_deep() from None

    def convert(self, envelope: Mapping[str, Any], *, strict: bool = True) -> Event:
        """An event from an envelope already parsed; not `strict` takes numbers written as text, too."""
        try:
            return msgspec.convert(envelope, self._union, strict=strict)  # type: ignore[no-any-return]
        except msgspec.ValidationError as error:
            raise _refusal(error) from None

    def _binary(self, value: bytes, headers: Headers) -> Event:
        """Binary mode: attributes in `ce_` headers, the value is the data."""
        envelope: dict[str, Any] = {}
        for name, content in headers:
            if name.startswith(BINARY_PREFIX) and content is not None:
                envelope[name.removeprefix(BINARY_PREFIX)] = content.decode("utf-8", "replace")
        envelope["data"] = _json(value)
        return self.convert(envelope)

    def _mapped(self, value: bytes, strict: Exception) -> Event:
        """Plain JSON through the first mapping that recognises it; the strict decoder's complaint where none does."""
        found = _json(value)
        if isinstance(found, dict) and "specversion" not in found:
            for mapping in self._mappings:
                if all(at_path(found, path) == wanted for path, wanted in mapping.when.items()):
                    return self.convert(_envelope(found, mapping), strict=False)
        raise _refusal(strict) from None


def _struct(declared: EventType, *, corrects: bool) -> type[Event]:
    """The envelope of one declared type as a msgspec struct, told apart by `type`."""
    name = re.sub(r"\W", "_", declared.type)
    fields: list[Any] = []
    for field_name, field in declared.fields.items():
        kind = _field_type(field)
        fields.append((field_name, kind | None, None) if field.optional else (field_name, kind))
    data: Any = msgspec.defstruct(f"{name}_data", fields, frozen=True, kw_only=True)
    if corrects:
        data = msgspec.defstruct(f"{name}_correction", [("before", data), ("after", data | None)], frozen=True)
    struct: Any = msgspec.defstruct(
        f"{name}_{'corrected' if corrects else 'event'}",
        [("data", data)],
        bases=(Event,),
        frozen=True,
        kw_only=True,
        tag_field="type",
        tag=declared.type + (CORRECTED if corrects else ""),
    )
    return struct  # type: ignore[no-any-return]


def _field_type(field: EventField) -> Any:
    match field.type:
        case "boolean":
            return bool
        case "text":
            return Annotated[str, msgspec.Meta(max_length=1024, pattern=field.pattern)]
        case "integer":
            low, high = field_range(field)
            return Annotated[int, msgspec.Meta(ge=low, le=high)]
        case _:
            scale = 10**field.decimals
            low, high = field_range(field)
            return Annotated[float, msgspec.Meta(ge=low / scale, le=high / scale)]


def _json(value: bytes) -> Any:
    try:
        return msgspec.json.decode(value)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Refused("not_json", f"not JSON: {error}") from None
    except RecursionError:
        raise _too_deep() from None


def _too_deep() -> Refused:
    return Refused("invalid", "nested too deeply to be read")


def _refusal(error: Exception) -> Refused:
    """The decoder's complaint as a refusal with its code."""
    text = str(error)
    if not isinstance(error, msgspec.ValidationError):
        return Refused("not_json", f"not JSON: {text}")
    if text.endswith("`$.type`") or "missing required field `type`" in text:
        return Refused("unknown_type", f"{text}; the event type is not declared in the model (events.yaml)")
    return Refused("invalid", f"{text}; compare the event's declaration (events.yaml)")


def _envelope(found: Mapping[str, Any], mapping: PlainMapping) -> dict[str, Any]:
    event_id = at_path(found, mapping.event_id)
    data = {name: at_path(found, path) for name, path in mapping.data.items()}
    return {
        "id": str(event_id) if type(event_id) is int else event_id,
        "source": f"/mapping/{mapping.id}",
        "type": mapping.type,
        "time": at_path(found, mapping.time),
        "data": {name: value for name, value in data.items() if value is not None},
    }


def at_path(found: Any, path: str) -> Any:
    """The value at a dotted path, None where there is none.

    >>> at_path({"a": {"b": 1}}, "a.b")
    1
    """
    for name in path.removeprefix("$.").split("."):
        found = found.get(name) if isinstance(found, dict) else None
    return found
