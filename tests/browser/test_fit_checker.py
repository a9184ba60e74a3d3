"""The checker of fit has teeth: each kind of fault is found on a page that has it, and none on a page without."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser import fit
from wall.bench.screen import browser

_FONT = Path(__file__).parents[2] / "layouts" / "assets" / "fonts" / "InterVariable.woff2"
#: Served by the test itself; nothing leaves the browser.
_ROOT = "http://fit.invalid"
_STYLE = """
@font-face{font-family:Inter;font-weight:100 900;src:url(/inter.woff2)}
*{box-sizing:border-box}
html,body{margin:0;height:100%;overflow:hidden;background:#0C1014}
html{font-size:10px;font-family:Inter}
:root{--good:#2FC4B2;--watch:#F5B83D;--bad:#FF6B57;--off:#9AA6B2;--accent:#5CB2FF}
.wall{position:relative;width:192rem;height:108rem;padding:2rem;font-size:2rem;line-height:1.25;color:#F2F5F8}
.panel{position:absolute;width:60rem;height:40rem;left:2rem;top:2rem;padding:2rem;background:#141A21;overflow:hidden}
.track{position:relative;height:1rem;background:#2A343F;overflow:hidden}
.fill{position:absolute;inset:0;background:var(--good)}
.glyph{display:inline-block;width:2.4rem;height:2.4rem}
"""
_DISC = "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 9 9'>%s</svg>"


def _glyph(content: str) -> str:
    return f'<i class="glyph" style="background:url(&quot;{_DISC % content}&quot;)"></i>'.replace("#", "%23")


def _panel(content: str, style: str = "", css: str = "panel") -> str:
    return f'<div class="{css}" style="{style}">{content}</div>'


_BAR = '<div class="track"><div class="fill" style="transform:translateX(-30%)"></div></div>'
_SVG = '<svg viewBox="0 0 200 100" width="200" height="100">{}</svg>'
_LABEL = '<text x="{x}" y="50" font-size="{size}" fill="{fill}">Label</text>'
_CLEAN = [
    _panel(
        "<h2>Revenue</h2><span>256.91</span>"
        + _BAR
        + _glyph("<circle cx='4' cy='4' r='4' fill='#2FC4B2'/>")
        + _SVG.format(
            '<path d="M0 90H200" stroke="#2FC4B2" stroke-width="4" fill="none"/>'
            + _LABEL.format(x=10, size=20, fill="#F2F5F8")
        )
    ),
    _panel('<div style="overflow:hidden;height:2.4rem;line-height:2.4rem">Just high enough: gjpqy ÄÅ</div>'),
    _panel('<b style="font-size:2.4rem;color:#FFF;background:#C8452F">Large and bold, 4.5 not reached</b>'),
    _panel('<div class="number"><span>9</span><span style="margin-left:-.2rem">2</span></div>'),
    _panel("<div>Nonesuch annuls nothing</div>"),
    _panel('<div class="own" style="height:2.5rem;overflow:hidden;display:flex;flex-wrap:wrap">'
           '<span style="width:100%">stays</span><span>gives way</span></div>'),
    _panel('<div style="overflow:hidden;height:1rem"><p style="position:absolute;top:9rem">Out of the flow</p></div>'),
]  # fmt: skip

_SHORT = "width:8rem;overflow:hidden;white-space:nowrap"
_FAULTY = {
    "small type 17.0 u": _panel('<span style="font-size:1.7rem">Small</span>'),
    "small type 9.0 u": _panel('<svg viewBox="0 0 400 200" width="200" height="100">'
                               + _LABEL.format(x=10, size=18, fill="#FFF") + "</svg>"),
    "outside its panel: span “Outside": _panel('<span style="position:absolute;left:57rem;width:9rem">Outside</span>'),
    "cut: div “Cut below": _panel('<div style="height:1.6rem;overflow:hidden">Cut below, pqg</div>'),
    "cut: span “Too long": _panel(f'<div style="{_SHORT}"><span>Too long for it</span></div>'),
    "cut: span “With dots": _panel(f'<div style="{_SHORT};text-overflow:ellipsis"><span>With dots at it</span></div>'),
    "out of sight: p “Second": _panel('<div style="height:2.5rem;overflow:hidden">First<p>Second</p></div>'),
    "wider than its box": _panel('<div class="facts" style="width:9rem;white-space:nowrap">Wider than its box</div>'),
    "texts collide": _panel('<span>One text</span><span style="position:absolute;left:4rem;top:2.2rem">another</span>'),
    "scrolls: div": _panel('<div style="height:5rem;overflow:auto">' + "<p>line</p>" * 9 + "</div>"),
    "panels overlap": _panel("One") + _panel("Other", "left:50rem;top:30rem"),
    "leaves the wall": _panel("One", "left:0"),
    "leaves the screen": _panel("One", "left:150rem"),
    "of the screen unused": _panel("One") + "<style>.wall{width:180rem;height:100rem}</style>",
    "safe margin": _panel("One") + "<style>html{--margin:5}</style>",
    "drawing leaves its panel: text": _panel(
        '<svg viewBox="0 0 200 100" width="200" height="100" style="overflow:visible;position:absolute;right:0">'
        + _LABEL.format(x=190, size=20, fill="#FFF") + "</svg>"
    ),
    "drawing leaves its panel: i.fill": _panel('One<i class="fill" style="left:50rem;width:20rem;height:9px"></i>'),
    "drawing cut: div.spark": _panel('<div style="overflow:hidden;height:2rem">'
                                     '<div class="spark" style="height:3rem;background:#FFF">One</div></div>'),
    "empty: div.panel": _panel('<div class="track" style="visibility:hidden"></div>'),
    "chart not drawn": _panel('One<div><div data-chart="trend.figure" style="height:10rem"></div></div>'),
    "contrast 2.9": _panel('<span style="color:#5A646E">Too pale</span>'),
    "needs 4.5, #ff6b57 on": _panel('<b style="color:#FF6B57;background:#7A4A44">Off target</b>'),
    "needs 3, #f2f5f8 on #2fc4b2": _panel('<b style="font-size:3rem;background:var(--good)">Block</b>'),
    "needs 4.5, #f2f5f8 on #f5b83d": _panel(_SVG.format(
        '<rect width="200" height="100" fill="#F5B83D"/>' + _LABEL.format(x=10, size=20, fill="#F2F5F8"))),
    "contrast 1.04, needs 4.5": _panel('<div style="opacity:.02">Faded away</div>'),
    "covered by div": _panel('<span>Covered</span><div style="position:absolute;inset:0;background:#222"></div>'),
    "mark contrast": _panel('One<div class="track" style="background:#5FA79E"><div class="fill"></div></div>'),
    "mark contrast 2.": _panel(_SVG.format('<path d="M0 90H200" stroke="#FF6B57" stroke-width="9" fill="none"/>')
                               + "One", "background:#8A5A55"),
    "placeholder: span “NaN": _panel("<span>NaN %</span>"),
    "placeholder: span “Target {target}": _panel("<span>Target {target}</span>"),
    "placeholder: div “undefined": _panel("<div>undefined</div>"),
    "no font has": _panel("<span>Ä \u05ff</span>"),
    "no glyph in": _panel("One" + _glyph("")),
    "does not stand out": _panel("One" + _glyph("<circle cx='4' cy='4' r='4' fill='#1C242D'/>")),
}  # fmt: skip


@pytest.fixture(scope="module")
def page() -> Iterator[Any]:
    with browser() as chromium:
        found = chromium.new_page(viewport={"width": 1920, "height": 1080})
        found.route("**/*", lambda route: route.fulfill(path=_FONT))
        yield found


def _shown(page: Any, content: str, style: str = _STYLE) -> Any:
    head = f"<!DOCTYPE html><html><head><style>{style}</style></head>"
    answer = {"body": f"{head}<body>{content}</body></html>", "content_type": "text/html; charset=utf-8"}
    page.route(f"{_ROOT}/", lambda route: route.fulfill(**answer))
    page.goto(f"{_ROOT}/")
    page.evaluate("document.fonts.ready.then(() => undefined)")
    page.unroute(f"{_ROOT}/")
    return page


def _on_a_wall(page: Any, content: str) -> Any:
    return _shown(page, f'<div class="wall">{content}</div>')


@pytest.mark.parametrize("content", _CLEAN)
def test_a_page_without_a_fault_is_passed(page: Any, content: str) -> None:
    assert fit.faults(_on_a_wall(page, content)) == []


@pytest.mark.parametrize("fault", _FAULTY)
def test_a_fault_is_found(page: Any, fault: str) -> None:
    found = fit.faults(_on_a_wall(page, _FAULTY[fault]))
    assert any(fault in one for one in found), found


def test_a_page_that_is_no_wall_may_scroll_downwards_only(page: Any) -> None:
    phone = _STYLE.replace("overflow:hidden;background", "background")
    line = '<div class="card" style="width:{};font-size:1.6rem;color:#FFF"><p>One</p></div>'
    assert fit.faults(_shown(page, line.format("100%") * 40, phone)) == []
    assert fit.faults(_shown(page, line.format("200rem") * 40, phone)) == ["the page scrolls sideways"]


def test_a_font_that_the_page_does_not_bring_is_found(page: Any) -> None:
    assert not fit.strange_fonts(_on_a_wall(page, _panel("<span>Inter only</span>")))
    strange = fit.strange_fonts(_on_a_wall(page, _panel("<span>Inter 车间</span>")))
    assert sum(strange.values()) == 2


def test_a_wall_that_moves_or_loads_has_not_come_to_rest(page: Any) -> None:
    stage = '<div class="stage"><div class="wall"><b data-clock>14:24</b>{}</div></div>'
    _shown(page, stage.format(""))
    fit.settle(page)
    for moving in ('<i id="a" style="display:block;height:1rem"></i>', '<div class="stage unseen"></div>'):
        _shown(page, stage.format(moving))
        page.evaluate("document.querySelector('#a')?.animate([{opacity: 0}, {opacity: 1}], 60000) && undefined")
        page.evaluate(fit.SCRIPT)
        assert page.evaluate("kpiwallFit.settled()") is False
