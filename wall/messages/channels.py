"""The channels of a site: how messages reach people, from a TOML file beside the settings."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote, urlsplit

from click import ClickException
from pydantic import Field, ValidationError, model_validator

from layouts.words import LANGUAGES
from scoring.alerts.rules import SEVERITIES, Severity
from scoring.forms import Definition, DurationS
from wall.people.account import Account
from wall.sight.look import Sight, sight_below

from .message import MessageKind
from .signing import key_of

_ID = re.compile(r"[a-z][a-z0-9_-]{0,31}")
_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
_PLACEHOLDER = re.compile(r"\{(email|account|title)\}")
#: What tells of alerts; all else concerns one person and is neither grave nor harmless.
OF_ALERTS: frozenset[MessageKind] = frozenset({"fired", "recovered", "escalated", "reminded"})


class Channel(Definition):
    """A way to people: an Apprise address, a webhook of one's own, or a signed robot of Feishu.

    `personal`: every account gets its own messages, where it has what the placeholders name. Otherwise the channel is a
    group, which sees `unit` and what is below it. `rate` is messages a minute, 0 for any number.
    """

    id: str
    url: str = ""
    webhook: str = ""
    feishu: str = ""
    secret: str = ""
    personal: bool = False
    unit: str = ""
    kinds: list[MessageKind] = Field([], description="only these; none: all")
    least: Severity = "info"
    rate: int = Field(20, ge=0, le=6000)
    language: Literal["", "zh-CN", "en"] = ""
    timeout: DurationS = Field(10, ge=1, le=120)
    retry_for: DurationS = Field(24 * 3600, ge=0, le=7 * 24 * 3600)

    @model_validator(mode="after")
    def _of_one_kind(self) -> Channel:
        given = [name for name in ("url", "webhook", "feishu") if getattr(self, name)]
        if len(given) != 1:
            raise ValueError(f"has {' and '.join(given) or 'no address'}; give one of url, webhook and feishu")
        if self.personal == bool(self.unit):
            raise ValueError("give either personal = true or unit = UNIT: whose messages go there")
        if self.personal and self.url and not _PLACEHOLDER.search(self.url):
            raise ValueError("is personal, but its url is the same for all; use {email}, {account} or {title} in it")
        if not self.personal and _PLACEHOLDER.search(self.url):
            raise ValueError("names a person in its url; add personal = true")
        if self.feishu and self.personal:
            raise ValueError("is a robot of a group; give it a unit in place of personal = true")
        if self.url and self.secret:
            raise ValueError("has a secret beside its url; it belongs into the url")
        return self

    @property
    def sight(self) -> Sight:
        """What a group sees."""
        return sight_below(self.unit)

    @property
    def shown(self) -> str:
        """What may be told of its address: never more than the kind and, of webhooks, the host."""
        if self.url:
            return f"{self.url.partition(':')[0]}://…"
        parts = urlsplit(self.webhook or self.feishu)
        return f"{parts.scheme}://{parts.hostname}/…"

    @property
    def folds(self) -> bool:
        """Whether many waiting messages become one; programs get each by itself."""
        return not self.webhook

    def tells(self, kind: MessageKind, severity: str) -> bool:
        """Whether a message goes this way."""
        if kind == "test":
            return True
        if self.kinds and kind not in self.kinds:
            return False
        return kind not in OF_ALERTS or _grade(severity) >= _grade(self.least)

    def reaches(self, account: Account) -> bool:
        """Whether an account has what it takes."""
        return self.personal and not self.lacks(account)

    def lacks(self, account: Account) -> str:
        """What the account would need, such as email; empty where nothing is missing."""
        needed = _PLACEHOLDER.findall(self.url)
        return next((name for name in needed if not _of_account(account)[name]), "")

    def address(self, account: Account | None) -> str:
        """The Apprise address, with what the placeholders stand for."""
        values = {} if account is None else _of_account(account)
        return _PLACEHOLDER.sub(lambda found: quote(values.get(found[1], ""), safe=""), self.url)


def _grade(severity: str) -> int:
    return SEVERITIES.index(severity) if severity in SEVERITIES else 0


def _of_account(account: Account) -> dict[str, str]:
    return {"email": account.email, "account": account.id, "title": account.name}


class Channels:
    """The channels of a site, by name."""

    def __init__(self, channels: Mapping[str, Channel] | None = None) -> None:
        self._channels = dict(channels or {})

    def __iter__(self) -> Iterator[Channel]:
        return iter(self._channels.values())

    def __len__(self) -> int:
        return len(self._channels)

    def get(self, name: str) -> Channel | None:
        """A channel; None if there is none of that name."""
        return self._channels.get(name)

    def group(self, name: str) -> Channel | None:
        """A channel that reaches a group, as `notify: [channel:NAME]` of an alert rule means it."""
        found = self.get(name)
        return None if found is None or found.personal else found

    def of(self, account: Account, kind: MessageKind, severity: str = "") -> list[Channel]:
        """The channels by which an account is told something."""
        return [one for one in self if one.tells(kind, severity) and one.reaches(account)]


def open_channels(file: str, environment: Mapping[str, str] | None = None) -> Channels:
    """The channels of a settings file, none where no file is named; raises a `ClickException` with all faults."""
    return Channels(read_channels(Path(file), os.environ if environment is None else environment) if file else {})


def read_channels(path: Path, environment: Mapping[str, str]) -> dict[str, Channel]:
    """The channels of a file; secrets are taken from the environment where the file says `${NAME}`."""
    try:
        content = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise ClickException(f"{path}: {error}") from None
    tables = content.get("channels", {})
    faults = [f"{name}: no such table; use [channels.NAME]" for name in content if name != "channels"]
    if not isinstance(tables, Mapping):
        raise ClickException(f"{path}: channels: use tables [channels.NAME]")
    found: dict[str, Channel] = {}
    for name, table in tables.items():
        try:
            found[name] = _channel(name, table, environment)
        except ValidationError as error:
            faults += [f"channels.{name}{_place(one['loc'])}: {_said(one['msg'])}" for one in error.errors()]
        except ValueError as error:
            faults.append(f"channels.{name}: {error}")
    if faults:
        raise ClickException(f"{path}: " + "; ".join(faults))
    return found


def _place(location: tuple[int | str, ...]) -> str:
    return "".join(f".{part}" for part in location)


def _said(message: str) -> str:
    return message.removeprefix("Value error, ")


def _channel(name: str, table: Any, environment: Mapping[str, str]) -> Channel:
    if not _ID.fullmatch(name):
        raise ValueError("use small letters, digits, - and _ in its name")
    if not isinstance(table, Mapping):
        raise ValueError(f"use a table [channels.{name}]")
    resolved = {key: _resolved(key, value, environment) for key, value in table.items()}
    if resolved.get("language", "") not in ("", *LANGUAGES):
        raise ValueError(f"language is {resolved['language']!r}; use one of {', '.join(LANGUAGES)}")
    channel = Channel(**{**resolved, "id": name})
    for key, address in (("webhook", channel.webhook), ("feishu", channel.feishu)):
        if address and (fault := _address_fault(address)):
            raise ValueError(f"{key}: {fault}")
    if fault := _secret_fault(channel):
        raise ValueError(fault)
    return channel


def _resolved(key: str, value: Any, environment: Mapping[str, str]) -> Any:
    """A text with the variables it names; within an address they stand for a part of it, so they are quoted there."""
    if not isinstance(value, str):
        return value
    whole = _VARIABLE.fullmatch(value)
    missing = [name for name in _VARIABLE.findall(value) if not environment.get(name)]
    if missing:
        raise ValueError(f"{key} needs the environment variable {missing[0]}; set it where kpiwall is started")
    if whole:
        return environment[whole[1]]
    return _VARIABLE.sub(lambda found: quote(environment[found[1]], safe=""), value)


def _address_fault(address: str) -> str:
    """What is wrong with an address that numbers are sent to; plain HTTP only on this machine."""
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return "use https://HOST/PATH"
    return "" if parts.scheme == "https" or _is_loopback(parts.hostname) else "use https; http is for 127.0.0.1 only"


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _secret_fault(channel: Channel) -> str:
    """What is wrong with the secret of a channel."""
    if not channel.webhook:
        return ""
    try:
        key_of(channel.secret)
    except ValueError as error:
        return f"secret: {error}"
    return ""
