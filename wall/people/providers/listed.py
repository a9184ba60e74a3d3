"""The identity providers of a site, from its settings."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from .dingtalk import DingTalk
from .feishu import Feishu
from .oidc import OpenId
from .person import Provider
from .ways import DingTalkWay, FeishuWay, OidcWay, Way, read_ways
from .wecom import WeCom


def open_providers(file: str) -> Mapping[str, Provider]:
    """The providers of a settings file, by id; none where no file is named. Nothing is reached yet."""
    return {name: provider_of(way) for name, way in read_ways(Path(file)).items()} if file else {}


def provider_of(way: Way) -> Provider:
    """The provider of a way."""
    if isinstance(way, OidcWay):
        return OpenId(way)
    if isinstance(way, DingTalkWay):
        return DingTalk(way)
    return Feishu(way) if isinstance(way, FeishuWay) else WeCom(way)


def buttons(providers: Mapping[str, Provider]) -> list[tuple[str, str]]:
    """What the page of signing in offers: id and title of each."""
    return [(name, one.way.title or name) for name, one in providers.items()]
