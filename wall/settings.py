"""Settings: from flags, else the environment (`KPIWALL_...`), else a TOML file, else the default."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from click import ClickException

from scoring.forms import duration_s

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
    "host": "address the server binds to",
    "port": "port of the server",
    "public_url": "address that people use, such as https://kpi.example.com; https makes cookies secure",
    "hosts": "further names that the server may be asked by, HOST[,HOST...]; only where public_url is set",
    "session_idle": "a sign-in ends when it is not used for so long",
    "session_kept": "the same on a device that somebody called their own when signing in",
    "session_absolute": "a sign-in ends after so long, used or not",
    "sign_in": "file with the identity providers that people may sign in through (TOML)",
    "channels": "file with the channels that messages to people go through (TOML)",
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
    public_url: str = ""
    hosts: str = ""
    session_idle: str = "12h"
    session_kept: str = "14d"
    session_absolute: str = "30d"
    sign_in: str = ""
    channels: str = ""
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
    fault = _CHECKS[name](value) if name in _CHECKS else ""
    if fault:
        raise ClickException(f"{name} is {value!r} ({origin}); {fault}")
    return value


def _lifetime_fault(text: str) -> str:
    try:
        return "" if duration_s(text) > 0 else "use more than 0"
    except ValueError:
        return "use a number and s, m, h or d, such as 12h"


def _address_fault(text: str) -> str:
    """What is wrong with an address that people use; pages live at its root."""
    parts = urlsplit(text)
    plain = parts.scheme in ("http", "https") and parts.netloc and not parts.path.strip("/")
    return "" if not text or plain else "use https://HOST[:PORT], without a path"


_CHECKS: Mapping[str, Callable[[str], str]] = {
    "public_url": _address_fault,
    "session_idle": _lifetime_fault,
    "session_kept": _lifetime_fault,
    "session_absolute": _lifetime_fault,
}
