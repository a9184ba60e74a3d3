"""Somebody who has signed in, or a program with a token, without going through the pages for it."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Iterable
from typing import Any

from layouts.words import Words
from scoring.roles import ADMIN, Capability
from wall.people.account import Account
from wall.people.cookies import SESSION
from wall.people.entrance import open_entrance
from wall.wiring import Site

_WORDS = Words.of("en")
#: What browsers say of what a page of the server itself sends.
OWN = {"Sec-Fetch-Site": "same-origin"}


def account(site: Site, *grants: str, unit: str = "", person: str = "", name: str = "") -> Account:
    """A new account with grants as `ROLE[@UNIT]`; an admin where none is given."""
    about = {"grants": list(grants) or [ADMIN], "unit": unit, "person": person}
    return open_entrance(site).accounts.add(name or f"u{uuid.uuid4().hex[:8]}", about, "test", _WORDS)


def signed_in(site: Site, *grants: str, unit: str = "", person: str = "", name: str = "") -> tuple[str, str]:
    """The name and value of the cookie of somebody new who has signed in; an admin where no grants are given."""
    made = account(site, *grants, unit=unit, person=person, name=name)
    return SESSION, open_entrance(site).sessions.begin(made, kept=False)


def cookies(site: Site, *grants: str, unit: str = "", person: str = "", name: str = "") -> dict[str, str]:
    """The headers of a browser in which somebody new has signed in."""
    cookie = signed_in(site, *grants, unit=unit, person=person, name=name)
    return {"Cookie": "=".join(cookie), **OWN}


def enter(page: Any, site: Site, *grants: str, unit: str = "", person: str = "") -> None:
    """Let a browser's page be that of somebody new who has signed in; an admin where no grants are given."""
    put_cookie(page, site, signed_in(site, *grants, unit=unit, person=person))


def put_cookie(page: Any, site: Site, cookie: tuple[str, str]) -> None:
    """Let a browser's page present the cookie of a session."""
    name, value = cookie
    page.context.add_cookies([{"name": name, "value": value, "url": f"http://127.0.0.1:{site.settings.port}"}])


def token(site: Site, *grants: str, may: Iterable[str] = tuple(Capability), unit: str = "", at: str = "") -> str:
    """A token of somebody new, an admin where no grants are given; `unit` is the person's, `at` narrows the token."""
    made = account(site, *grants, unit=unit)
    return open_entrance(site).tokens.issue(made, secrets.token_hex(4), may, at, 1, "test", _WORDS).text


def bearer(
    site: Site, *grants: str, may: Iterable[str] = tuple(Capability), unit: str = "", at: str = ""
) -> dict[str, str]:
    """The headers of a program with such a token."""
    return {"Authorization": f"Bearer {token(site, *grants, may=may, unit=unit, at=at)}"}
