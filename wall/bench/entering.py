"""How benchmarks come in: as an account that may do everything."""

from __future__ import annotations

from typing import Any

from layouts.words import Words
from scoring.roles import ADMIN, Capability
from wall.people.cookies import SESSION
from wall.people.entrance import open_entrance
from wall.wiring import Site

_NAME = "bench"
_WORDS = Words.of("en")


def bearer(site: Site) -> str:
    """The header line of a program that may do everything."""
    entrance = open_entrance(site)
    account = entrance.accounts.add(_NAME, {"grants": [ADMIN]}, _NAME, _WORDS)
    issued = entrance.tokens.issue(account, _NAME, list(Capability), "", 1, _NAME, _WORDS)
    return f"Authorization: Bearer {issued.text}\r\n"


def enter(page: Any, site: Site) -> None:
    """Let a browser's page be that of somebody who may do everything."""
    entrance = open_entrance(site)
    account = entrance.accounts.add(_NAME, {"grants": [ADMIN]}, _NAME, _WORDS)
    session = entrance.sessions.begin(account, kept=False)
    root = f"http://127.0.0.1:{site.settings.port}"
    page.context.add_cookies([{"name": SESSION, "value": session, "url": root}])
