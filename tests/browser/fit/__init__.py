"""The checker of fit: what a picture of a page may have wrong, found by the browser that draws it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parent
_FILES = [_FOLDER.parent / "overflow.js"] + [
    _FOLDER / f"{name}.js" for name in ("boxes", "paint", "contrast", "words", "glyphs", "fit")
]
SCRIPT = "\n".join(path.read_text(encoding="utf-8") for path in _FILES)


def faults(page: Any) -> list[str]:
    """Everything the checker finds on a page."""
    _load(page)
    found: list[str] = page.evaluate("kpiwallFit.faults()")
    return found


def _load(page: Any) -> None:
    if not page.evaluate("Boolean(window.kpiwallFit && window.kpiwallFit.faults)"):
        page.evaluate(SCRIPT)


def settle(page: Any, timeout_ms: float = 15_000) -> None:
    """Wait until a wall has come to rest: fonts loaded, charts drawn to their size, nothing moving."""
    _load(page)
    page.wait_for_function("() => kpiwallFit.settled()", timeout=timeout_ms)


def strange_fonts(page: Any) -> Counter[str]:
    """Glyphs by font that come from no font of the page but from one of this machine, which a screen may not have."""
    tools = page.context.new_cdp_session(page)
    tools.send("DOM.enable")
    tools.send("CSS.enable")
    root = tools.send("DOM.getDocument", {"depth": -1})["root"]
    found: Counter[str] = Counter()
    for node in _with_text(root):
        for font in tools.send("CSS.getPlatformFontsForNode", {"nodeId": node["nodeId"]})["fonts"]:
            if not font["isCustomFont"]:
                found[font["familyName"]] += int(font["glyphCount"])
    tools.detach()
    return found


def _with_text(node: dict[str, Any]) -> list[dict[str, Any]]:
    """Elements that hold text of their own; 3 is the type of a text node."""
    children = node.get("children", [])
    own = any(child["nodeType"] == 3 and child["nodeValue"].strip() for child in children)
    below = [found for child in children for found in _with_text(child)]
    skipped = node["nodeName"] in ("SCRIPT", "STYLE", "TITLE", "HEAD")
    return [] if skipped else ([node] if own else []) + below
