"""The settings of other ways to sign in: one table of a TOML file each."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from click import ClickException
from pydantic import AfterValidator, Field, TypeAdapter, ValidationError, model_validator

from scoring.forms import Definition

#: The id is a part of an address and of the names of accounts.
_ID = re.compile(r"[a-z][a-z0-9_-]{0,31}")


def _address(text: str) -> str:
    """An address that secrets may be sent to; plain HTTP only on this machine, for tests and sidecars."""
    parts = urlsplit(text)
    if not parts.hostname or parts.scheme not in ("http", "https") or parts.query or parts.fragment:
        raise ValueError("use https://HOST[/PATH]")
    if parts.scheme == "http" and not _is_loopback(parts.hostname):
        raise ValueError("use https; http is for 127.0.0.1 only")
    return text


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _base(text: str) -> str:
    return _address(text).rstrip("/")


Base = Annotated[str, AfterValidator(_base)]


class GroupRole(Definition):
    """Who is in a group has a role, at a unit if one is named, else at the unit of the account."""

    group: str = Field(min_length=1)
    role: str = Field(min_length=1)
    unit: str = ""


class BaseWay(Definition):
    """What all ways share; whoever is in none of the groups stays out unless there is a default role."""

    id: str
    title: str = ""
    client_id: str = Field(min_length=1)
    client_secret: str = ""
    client_secret_file: Path | None = None
    groups: list[GroupRole] = Field([])
    default_role: str = ""
    unit_claim: str = Field("", description="what of a person names the unit of their account")
    person_claim: str = Field("", description="what of a person names their own unit, for roles of scope own_person")

    @model_validator(mode="after")
    def _reachable(self) -> BaseWay:
        if self.client_secret and self.client_secret_file:
            raise ValueError("has client_secret and client_secret_file; keep one")
        if not self.groups and not self.default_role:
            raise ValueError("lets nobody in; add [[ID.groups]] with group and role, or default_role")
        return self

    @property
    def secret(self) -> str:
        """The client's secret."""
        if self.client_secret_file is None:
            return self.client_secret
        return self.client_secret_file.read_text("utf-8").strip()


class OidcWay(BaseWay):
    """OpenID Connect; `groups_claim` may be a path such as realm_access.roles."""

    kind: Literal["oidc"]
    issuer: Annotated[str, AfterValidator(_address)]
    scope: str = "openid profile email"
    groups_claim: str = "groups"


class DingTalkWay(BaseWay):
    """DingTalk, for an application of one's own company."""

    kind: Literal["dingtalk"]
    title: str = "钉钉 DingTalk"
    corp_id: str = Field("", description="only people of this company; needed where several use the application")
    login_url: Base = "https://login.dingtalk.com"
    api_url: Base = "https://api.dingtalk.com"
    directory_url: Base = "https://oapi.dingtalk.com"


class WeComWay(BaseWay):
    """WeCom, for an application of one's own company; `client_id` is the company's id."""

    kind: Literal["wecom"]
    title: str = "企业微信 WeCom"
    agent_id: str = Field(min_length=1)
    login_url: Base = "https://login.work.weixin.qq.com"
    inside_url: Base = "https://open.weixin.qq.com"
    api_url: Base = "https://qyapi.weixin.qq.com"


class FeishuWay(BaseWay):
    """Feishu, for an application of one's own company."""

    kind: Literal["feishu"]
    title: str = "飞书 Feishu"
    login_url: Base = "https://accounts.feishu.cn"
    api_url: Base = "https://open.feishu.cn"


Way = OidcWay | DingTalkWay | WeComWay | FeishuWay
_WAYS: TypeAdapter[dict[str, Annotated[Way, Field(discriminator="kind")]]] = TypeAdapter(
    dict[str, Annotated[Way, Field(discriminator="kind")]]
)


def read_ways(path: Path) -> dict[str, Way]:
    """The ways of a file; raises a `ClickException` with all of its faults."""
    try:
        content = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise ClickException(f"{path}: {error}") from None
    faults = [f"[{name}]: use small letters, digits, - and _" for name in content if not _ID.fullmatch(name)]
    try:
        found = _WAYS.validate_python({name: _named(name, table, path) for name, table in content.items()})
        faults += [fault for one in found.values() for fault in _secret_faults(one)]
    except ValidationError as error:
        faults += [f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors()]
    if faults:
        raise ClickException(f"{path}: " + "; ".join(faults))
    return found


def _named(name: str, table: Any, path: Path) -> Any:
    """A table with its name; a file of a secret is looked for beside the settings."""
    if not isinstance(table, Mapping):
        return table
    secret = table.get("client_secret_file")
    beside = {"client_secret_file": path.parent / secret} if isinstance(secret, str) else {}
    return {**table, **beside, "id": name}


def _secret_faults(way: Way) -> list[str]:
    try:
        if way.secret or isinstance(way, OidcWay):
            return []
    except (OSError, UnicodeDecodeError) as error:
        return [f"{way.id}.client_secret_file: {error}"]
    return [f"{way.id}: needs client_secret or client_secret_file"]
