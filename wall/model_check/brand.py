"""The brand's colours against what is written on them: contrast by WCAG 2.2."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from scoring.definitions import Model
from scoring.scenes import Brand

from .finding import Finding, fault

#: Text and status colours on dark and on light brands; a test compares them with the style sheets.
TEXT: Mapping[bool, str] = {True: "#F2F5F8", False: "#14181D"}
STATUS: Mapping[bool, Mapping[str, str]] = {
    True: {"good": "#2FC4B2", "watch": "#F5B83D", "bad": "#FF6B57"},
    False: {"good": "#00776B", "watch": "#8A5A00", "bad": "#C22F1D"},
}
#: What WCAG asks: of text at its strictest, of text at its least, of signs that are no text.
LEAST_TEXT, LEAST_STATUS, LEAST_ACCENT = 7.0, 4.5, 3.0


def contrast(one: str, other: str) -> float:
    """The contrast of two colours, 1 to 21, as WCAG 2.2 defines it.

    >>> round(contrast("#FFFFFF", "#000000"), 1), contrast("#123456", "#123456")
    (21.0, 1.0)
    """
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)


def check_brand(model: Model) -> Iterator[Finding]:
    if model.brand is None:
        return
    brand = model.brand
    yield from _against(brand, "accent", "the accent", brand.accent, LEAST_ACCENT)
    yield from _against(brand, "surface", "text", TEXT[brand.dark], LEAST_TEXT)
    for status, colour in STATUS[brand.dark].items():
        yield from _against(brand, "surface", f"status {status}", colour, LEAST_STATUS)


def _against(brand: Brand, key: str, what: str, colour: str, least: float) -> Iterator[Finding]:
    """A colour on both grounds; what is wrong with one of them is written at that one, but for the accent."""
    for name, ground in (("surface", brand.surface), ("ground", brand.ground)):
        reached = contrast(colour, ground)
        if reached < least:
            yield fault(
                ("brand", "accent" if key == "accent" else name),
                f"brand: {what} {colour} on {name} {ground} has a contrast of {reached:.1f}, less than {least:g}",
                _fix(brand, key, name),
            )


def _fix(brand: Brand, key: str, name: str) -> str:
    if key == "accent":
        return f"make the accent {'lighter' if brand.dark else 'darker'}"
    shade, other = ("darker", "false") if brand.dark else ("lighter", "true")
    return f"make {name} {shade}, or set dark: {other} if it is meant so"
