"""What pages about people are put together from: forms that work without a script, and what they say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .markup import Element
from .words import LANGUAGES, Words

_LANGUAGE_NAMES = {"zh-CN": "中文", "en": "English"}


@dataclass(frozen=True, slots=True)
class Said:
    """What became of a step: a fault to mend, or that it is done."""

    text: str
    good: bool = False


def tag(kind: str, /, *children: Any, **attributes: Any) -> Element:
    """An element; attributes are written with `_` for `-`, such as `aria_label`, or `for_`.

    >>> from layouts.markup import markup
    >>> markup(tag("p", "text", className="about", data_is="good"))
    '<p class="about" data-is="good">text</p>'
    """
    return Element(kind, {key.rstrip("_").replace("_", "-"): value for key, value in attributes.items()}, children)


def people_page(words: Words, company: str, *parts: Any, wide: bool = False, here: str = "") -> Element:
    """A page under the company's name; `here` is its address, where it can be read in another language."""
    body = tag(
        "main", tag("p", company, className="company"), *parts, className="people wide" if wide else "people"
    )  # fmt: skip
    foot = tag("footer", *_languages(words, here), className="languages") if here else None
    return tag("div", body, foot, className="page")


def _languages(words: Words, here: str) -> list[Element]:
    joined = "&" if "?" in here else "?"
    return [
        tag("span", _LANGUAGE_NAMES[one], lang=one, aria_current="true")
        if one == words.language
        else tag("a", _LANGUAGE_NAMES[one], href=f"{here}{joined}lang={one}", lang=one, hreflang=one)
        for one in LANGUAGES
    ]


def said(what: Said | None) -> Element | None:
    """The line that tells what became of a step; screen readers say it at once."""
    if what is None:
        return None
    role, mark = ("status", "good") if what.good else ("alert", "bad")
    glyph = tag("span", className="glyph", aria_hidden="true")
    return tag("p", glyph, tag("span", what.text), className="said", role=role, data_is=mark)


def form(address: str, *parts: Any, hidden: Mapping[str, str] | None = None) -> Element:
    """A form that posts to an address, with what it carries along unseen."""
    carried = [tag("input", type="hidden", name=name, value=value) for name, value in (hidden or {}).items() if value]
    return tag("form", *carried, *parts, action=address, method="post")


def field(name: str, label: str, note: str = "", **attributes: Any) -> Element:
    """A labelled field with a note below it."""
    given = {"id": name, "name": name, "type": "text", "required": True, **attributes}
    return _labelled(name, label, note, tag("input", **given, **_noted(name, note)))


def password(name: str, label: str, words: Words, note: str = "", **attributes: Any) -> Element:
    """A field for a password, which can be looked at while it is typed."""
    given = {"id": name, "name": name, "type": "password", "required": True, "maxlength": 256, **attributes}
    hide, shown = words("people.hide"), words("people.show")
    look = tag(
        "button", shown, type="button", className="look", hidden=True, data_look=name, data_hide=hide,
        aria_controls=name,
    )  # fmt: skip
    entry = tag("div", tag("input", **given, **_noted(name, note)), look, className="entry")
    return _labelled(name, label, note, entry)


def choice(name: str, label: str, options: Sequence[tuple[str, str]], chosen: str) -> Element:
    """A labelled choice of one of some (value, text)."""
    listed = [tag("option", text, value=value, selected=value == chosen) for value, text in options]
    return _labelled(name, label, "", tag("div", tag("select", *listed, id=name, name=name), className="pick"))


def _noted(name: str, note: str) -> dict[str, str]:
    return {"aria_describedby": f"{name}-note"} if note else {}


def _labelled(name: str, label: str, note: str, entry: Element) -> Element:
    below = [tag("small", note, id=f"{name}-note")] if note else []
    return tag("div", tag("label", label, for_=name), entry, *below, className="field")


def tick(name: str, label: str, ticked: bool, note: str = "", value: str = "1") -> Element:
    """Something to tick."""
    box = tag("input", type="checkbox", name=name, value=value, checked=ticked)
    below = [tag("small", note)] if note else []
    return tag("label", box, tag("span", label, *below), className="tick-line")


def button(text: str, kind: str = "main", **attributes: Any) -> Element:
    """The button of a form: `main`, `plain` or `danger`."""
    return tag("button", text, type="submit", className=f"button {kind}", **attributes)
