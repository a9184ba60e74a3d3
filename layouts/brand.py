"""The colours of a theme: the company's own where the model has a brand, with the shades between made from them."""

from __future__ import annotations

from scoring.definitions import Model
from scoring.scenes import Brand

#: What text and red are on dark and on light ground; as in assets/tokens.css and assets/walls/themes.css.
INK = {True: ("#F2F5F8", "#FF6B57"), False: ("#14181D", "#C22F1D")}
THEMES = ("dark", "light", "brand")


def ink_of(theme: str, model: Model) -> str:
    """Whether text is light or dark; a brand theme without a brand is the dark one."""
    dark = theme == "dark" or (theme == "brand" and (model.brand is None or model.brand.dark))
    return "light" if dark else "dark"


def brand_style(brand: Brand | None) -> str:
    """The tokens that a brand sets, as a style sheet; "" without one."""
    if brand is None:
        return ""
    text, bad = INK[brand.dark]
    tokens = {
        "ground": brand.ground,
        "surface": brand.surface,
        "accent": brand.accent,
        "raised": mixed(brand.surface, text, 6),
        "track": mixed(brand.surface, text, 16),
        "line": mixed(brand.surface, text, 12),
        "bad-surface": mixed(brand.surface, bad, 11),
    }
    lines = ";".join(f"--{name}:{colour}" for name, colour in tokens.items())
    return f"html[data-theme=brand][data-ink]{{{lines}}}"


def mixed(colour: str, other: str, percent: int) -> str:
    """A colour with so many percent of another in it.

    >>> mixed("#000000", "#FFFFFF", 50)
    '#808080'
    """
    pairs = zip(_channels(colour), _channels(other), strict=True)
    return "#" + "".join(f"{round(one + (two - one) * percent / 100):02X}" for one, two in pairs)


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
