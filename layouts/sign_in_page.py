"""Signing in, the first account of a site, and what the guard says to people it does not let through."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from .markup import Element
from .people_parts import Said, button, field, form, password, people_page, said, tag, tick
from .words import Words

#: How a name to sign in with is typed: as it is, by no dictionary.
_AS_TYPED: dict[str, Any] = {"autocapitalize": "none", "spellcheck": "false", "maxlength": 64}


@dataclass(frozen=True, slots=True)
class SignIn:
    """What the page is about: the company, where to go on to, what was typed, and other ways in (id, title)."""

    company: str
    onward: str = ""
    name: str = ""
    kept: bool = False
    ways: Sequence[tuple[str, str]] = ()
    said: Said | None = None


def sign_in_page(words: Words, about: SignIn) -> Element:
    """Name and password, or a button for each provider."""
    typed = bool(about.name)
    fields = form(
        "/sign-in",
        field(
            "name", words("people.name"), value=about.name, autocomplete="username", autofocus=not typed, **_AS_TYPED
        ),
        password("password", words("people.password"), words, autocomplete="current-password", autofocus=typed),
        tick("keep", words("people.keep"), about.kept, words("people.keep.note")),
        button(words("people.sign_in")),
        hidden={"next": about.onward, "lang": words.language},
    )
    title, here = tag("h1", words("people.sign_in")), _with("/sign-in", next=about.onward)
    return people_page(words, about.company, title, said(about.said), fields, _ways(words, about), here=here)


def _ways(words: Words, about: SignIn) -> Element | None:
    if not about.ways:
        return None
    asked = {"next": about.onward, "lang": words.language}
    links = [
        tag("a", title, href=_with(f"/sign-in/{one}", **asked), className="button plain") for one, title in about.ways
    ]
    return tag("div", tag("p", words("people.or"), className="or"), *links, className="ways")


def _with(path: str, **asked: str) -> str:
    """A path with what is asked, as far as anything is.

    >>> _with("/sign-in", next="/phone/east?x=1", lang="")
    '/sign-in?next=%2Fphone%2Feast%3Fx%3D1'
    """
    query = urlencode({name: value for name, value in asked.items() if value})
    return f"{path}?{query}" if query else path


@dataclass(frozen=True, slots=True)
class Setup:
    """What the page of the first account is about: the company, what was typed, and the shortest password."""

    company: str
    least: int
    name: str = ""
    title: str = ""
    said: Said | None = None


def setup_page(words: Words, about: Setup) -> Element:
    """The first account: who has the code from the terminal becomes the admin."""
    code: dict[str, Any] = {
        **_AS_TYPED,
        "autocomplete": "one-time-code",
        "autocapitalize": "characters",
        "maxlength": 16,
    }
    note = words("people.password.note", least=about.least)
    fields = form(
        "/setup",
        field("code", words("people.code"), words("people.code.note"), className="code", autofocus=True, **code),
        field("name", words("people.name"), words("people.name.note"), value=about.name, autocomplete="username",
              **_AS_TYPED),
        field("title", words("people.title"), value=about.title, autocomplete="name", maxlength=80, required=False),
        password("password", words("people.password"), words, note, autocomplete="new-password", minlength=about.least),
        button(words("people.setup.do")),
        hidden={"lang": words.language},
    )  # fmt: skip
    why = tag("p", words("people.setup.about"), className="about")
    title = tag("h1", words("people.setup"))
    return people_page(words, about.company, title, why, said(about.said), fields, here="/setup")


def notice_page(words: Words, company: str, title: str, text: str, onward: str = "/") -> Element:
    """Why something is not shown, and where to go on."""
    link = tag("a", words("people.onward"), href=onward, className="button plain")
    return people_page(words, company, tag("h1", title), tag("p", text, className="about"), link)
