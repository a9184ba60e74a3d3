"""Settings: from flags, else the environment (`KPIWALL_...`), else a TOML file, else the default."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from click import ClickException

PREFIX = "KPIWALL_"
#: Read when no --config is given and it exists.
DEFAULT_FILE = Path("kpiwall.toml")

HELP = {
    "site": "name of the site; several sites can share one Redis",
    "redis": "URL of the Redis that holds counters and boards",
    "kafka": "HOST:PORT[,HOST:PORT...] of Kafka; empty: Redis streams are the log",
    "topic": "topic of the business events",
    "group": "consumer group of the ingest processes",
    "partitions": "partitions of a log that kpiwall creates",
    "host": "address the server binds to; other than loopback needs a token",
    "port": "port of the server",
    "token": "whoever asks must present it (Bearer header, or ?token= once per browser)",
    "data": "folder for what the embedded server keeps",
}


@dataclass(frozen=True, slots=True)
class Settings:
    """What is in force."""

    site: str = "main"
    redis: str = "redis://127.0.0.1:6379/0"
    kafka: str = ""
    topic: str = "events"
    group: str = "kpiwall"
    partitions: int = 4
    host: str = "127.0.0.1"
    port: int = 8050
    token: str = ""
    data: str = ".data"


@dataclass(frozen=True, slots=True)
class Resolved:
    """Settings, and where each value came from."""

    settings: Settings
    origins: Mapping[str, str]


def resolve(flags: Mapping[str, Any], config: Path | None) -> Resolved:
    """The settings in force; raises a `ClickException` that names a bad value and its origin."""
    file = _file(config)
    values: dict[str, Any] = {}
    origins: dict[str, str] = {}
    for one in fields(Settings):
        value, origin = _find(one.name, flags, file)
        if origin != "default":
            values[one.name] = _typed(one.name, value, origin)
        origins[one.name] = origin
    return Resolved(Settings(**values), origins)


def _file(config: Path | None) -> tuple[str, Mapping[str, Any]]:
    path = config or (Path(os.environ[f"{PREFIX}CONFIG"]) if f"{PREFIX}CONFIG" in os.environ else DEFAULT_FILE)
    if not path.exists():
        if path != DEFAULT_FILE:
            raise ClickException(f"settings file {path} does not exist; create it or drop --config")
        return str(path), {}
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise ClickException(f"settings file {path}: {error}") from None
    unknown = content.keys() - {one.name for one in fields(Settings)}
    if unknown:
        raise ClickException(f"settings file {path}: no setting {', '.join(sorted(unknown))}; see kpiwall config")
    return str(path), content


def _find(name: str, flags: Mapping[str, Any], file: tuple[str, Mapping[str, Any]]) -> tuple[Any, str]:
    if flags.get(name) is not None:
        return flags[name], f"flag --{name}"
    variable = PREFIX + name.upper()
    if variable in os.environ:
        return os.environ[variable], f"environment {variable}"
    if name in file[1]:
        return file[1][name], f"file {file[0]}"
    return None, "default"


def _typed(name: str, value: Any, origin: str) -> Any:
    if isinstance(getattr(Settings(), name), int):
        if isinstance(value, str) or type(value) is int:
            try:
                return int(value)
            except ValueError:
                pass
        raise ClickException(f"{name} is {value!r} ({origin}); use a whole number")
    if not isinstance(value, str):
        raise ClickException(f"{name} is {value!r} ({origin}); use a text in quotes")
    return value
