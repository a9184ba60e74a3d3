"""One's own account: who one is here, language, password, where one is signed in, and tokens for programs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from .markup import Element
from .people_parts import Said, button, choice, field, form, password, people_page, said, tag, tick
from .words import LANGUAGES, Words

#: How long a token may hold, in days.
TOKEN_DAYS = (7, 30, 90, 365)


@dataclass(frozen=True, slots=True)
class Browser:
    """A browser in which one is signed in, in words."""

    id: str
    title: str
    about: str
    is_this: bool


@dataclass(frozen=True, slots=True)
class TokenLine:
    """A token, in words."""

    id: str
    title: str
    about: str
    holds: bool


@dataclass(frozen=True, slots=True)
class AwayLine:
    """The absence that runs or comes in words, empty where there is none; the first day that can be chosen, and who may
    stand in."""

    about: str
    today: str
    substitutes: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class OwnAccount:
    """What the page tells: `name` is to sign in with, facts are (label, text), capabilities and units (id, text).

    `least` is the shortest password, 0 where one signs in elsewhere; `new_token` is told once, right after it was made.
    """

    company: str
    name: str
    title: str
    facts: Sequence[tuple[str, str]]
    language: str
    least: int
    browsers: Sequence[Browser]
    tokens: Sequence[TokenLine]
    capabilities: Sequence[tuple[str, str]]
    units: Sequence[tuple[str, str]]
    away: AwayLine
    said: Said | None = None
    new_token: str = ""


def account_page(words: Words, about: OwnAccount) -> Element:
    """The page; each step is a form of its own."""
    out = form("/sign-out", button(words("account.sign_out"), "plain"))
    return people_page(
        words,
        about.company,
        tag("div", tag("h1", about.title), out, className="head-line"),
        said(about.said),
        _new_token(words, about),
        _section(words("account.who"), _facts(about.facts), _language(words, about)),
        _away(words, about.away),
        _password(words, about) if about.least else None,
        _browsers(words, about),
        _tokens(words, about),
        tag("a", words("account.back"), href=f"/?lang={words.language}", className="way-back"),
        wide=True,
        here="/account",
    )


def _section(title: str, *parts: Any) -> Element:
    return tag("section", tag("h2", title), *parts, className="section")


def _step(words: Words, name: str, *parts: Any, **hidden: str) -> Element:
    return form(f"/account/{name}", *parts, hidden={**hidden, "lang": words.language})


def _facts(facts: Sequence[tuple[str, str]]) -> Element:
    return tag(
        "dl", *(part for label, text in facts for part in (tag("dt", label), tag("dd", text))), className="facts"
    )


def _language(words: Words, about: OwnAccount) -> Element:
    names = {"": words("account.language.model"), "zh-CN": "中文", "en": "English"}
    options = [(one, names[one]) for one in ("", *LANGUAGES)]
    chosen = choice("language", words("account.language"), options, about.language)
    return _step(words, "language", chosen, button(words("account.save"), "plain"))


def _away(words: Words, away: AwayLine) -> Element:
    """The absence with the step that ends it, or the form that enters one."""
    why = tag("p", words("account.away.about"), className="about")
    if away.about:
        end = _step(words, "away", button(words("account.away.end"), "plain"), end="1")
        return _section(words("account.away"), tag("ul", _line(away.about, "", end), className="lines"), why)
    days = tag(
        "div",
        field("first", words("account.away.first"), type="date", min=away.today, value=away.today),
        field("last", words("account.away.last"), type="date", min=away.today),
        className="two",
    )
    others = [("", words("account.away.substitute.none")), *away.substitutes]
    who = choice("substitute", words("account.away.substitute"), others, "")
    fields = _step(words, "away", days, who, button(words("account.away.save"), "plain"))
    return _section(words("account.away"), _opened(words("account.away.open"), why, fields))


def _password(words: Words, about: OwnAccount) -> Element:
    note = words("people.password.note", least=about.least)
    fields = _step(
        words,
        "password",
        tag("input", name="name", value=about.name, autocomplete="username", hidden=True),
        password("password", words("account.password.old"), words, autocomplete="current-password"),
        password("new", words("account.password.new"), words, note, autocomplete="new-password", minlength=about.least),
        button(words("account.password.do"), "plain"),
    )
    why = tag("p", words("account.password.about"), className="about")
    return _section(words("account.password"), _opened(words("account.password.open"), why, fields))


def _opened(text: str, *parts: Any) -> Element:
    return tag("details", tag("summary", text), *parts)


def _browsers(words: Words, about: OwnAccount) -> Element:
    lines = tag("ul", *(_browser(words, one) for one in about.browsers), className="lines")
    others = _step(words, "sessions", button(words("account.sessions.end"), "danger"))
    return _section(words("account.sessions"), lines, others if len(about.browsers) > 1 else None)


def _browser(words: Words, one: Browser) -> Element:
    label = words("account.session.end")
    end = button(label, "plain", aria_label=f"{label}: {one.title}")
    return _line(one.title, one.about, None if one.is_this else _step(words, "session", end, session=one.id))


def _line(title: str, about: str, step: Element | None) -> Element:
    return tag("li", tag("div", title, tag("small", about), className="line-text"), step)


def _tokens(words: Words, about: OwnAccount) -> Element:
    lines = tag("ul", *(_token(words, one) for one in about.tokens), className="lines") if about.tokens else None
    why = tag("p", words("account.tokens.about"), className="about")
    return _section(words("account.tokens"), why, lines, _issue(words, about) if about.capabilities else None)


def _token(words: Words, one: TokenLine) -> Element:
    label = words("account.token.revoke")
    end = button(label, "danger", aria_label=f"{label}: {one.title}")
    return _line(one.title, one.about, _step(words, "revoke-token", end, token=one.id) if one.holds else None)


def _issue(words: Words, about: OwnAccount) -> Element:
    ticks = [tick("capability", text, False, value=name) for name, text in about.capabilities]
    days = [(str(one), words("account.token.days", days=one)) for one in TOKEN_DAYS]
    units = [("", words("account.token.everywhere")), *about.units]
    where = choice("unit", words("account.token.unit"), units, "")
    holds = choice("days", words("account.token.holds"), days, "90")
    fields = _step(
        words,
        "token",
        field("title", words("account.token.title"), words("account.token.title.note"), maxlength=80),
        tag("fieldset", tag("legend", words("account.token.may")), *ticks, className="ticks"),
        tag("div", where, holds, className="two"),
        button(words("account.token.issue"), "plain"),
    )
    return _opened(words("account.token.open"), fields)


def _new_token(words: Words, about: OwnAccount) -> Element | None:
    if not about.new_token:
        return None
    why = tag("p", words("account.token.new.about"), className="about")
    return _section(words("account.token.new"), why, tag("code", about.new_token, className="secret"))
