"""Minutes as a PDF, in the fonts of the pages, so that every character that a page shows is in it, too."""

from __future__ import annotations

import io
import tempfile
import threading
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont
from fpdf import FPDF
from fpdf.enums import XPos, YPos

from layouts.standup.minutes import Block, Line, Minutes

#: Fonts are read and cut one at a time: they take some ten megabytes.
_LOCK = threading.Lock()
#: Colours on paper: darker than on a wall, of the same meaning.
_INK, _SOFT, _RULE = (20, 26, 33), (90, 102, 114), (205, 212, 219)
_TONES = {"good": (15, 118, 110), "watch": (146, 96, 0), "bad": (190, 40, 24)}
_MARGIN_MM, _LINE_MM = 18, 5.6


def pdf(told: Minutes, language: str) -> bytes:
    """The minutes as a PDF of A4 pages."""
    with _LOCK:
        return _made(told, language)


def _made(told: Minutes, language: str) -> bytes:
    page = FPDF(format="A4")
    page.set_title(told.title)
    page.set_lang(language)
    page.set_creator("kpiwall")
    page.set_margin(_MARGIN_MM)
    page.set_auto_page_break(True, _MARGIN_MM)
    for family, style, path in font_files():
        page.add_font(family, style, path)
    page.set_fallback_fonts(["noto"], exact_match=False)
    page.add_page()
    _text(page, told.title, 18, bold=True, gap=2)
    for one in told.about:
        _text(page, one, 10, _SOFT)
    for block in told.blocks:
        _block(page, block)
    return bytes(page.output())


def _block(page: FPDF, block: Block) -> None:
    if page.get_y() > page.eph - 12:  # a heading never stands alone at the foot
        page.add_page()
    page.ln(4)
    note = f"   {block.note}" if block.note else ""
    _text(page, block.title + note, 13, bold=True, gap=1)
    for line in block.lines:
        _line(page, line)


def _line(page: FPDF, line: Line) -> None:
    page.set_draw_color(*_RULE)
    page.line(page.l_margin, page.get_y(), page.w - page.r_margin, page.get_y())
    page.ln(1.2)
    value = f"   {line.value}" if line.value else ""
    _text(page, line.title + value, 11, bold=True)
    if line.word:
        page.set_text_color(*_TONES.get(line.tone, _SOFT))
        page.set_font("inter", "B", 9.5)
        page.write(_LINE_MM, line.word + ("   " if line.about else ""))
    page.set_text_color(*_SOFT)
    page.set_font("inter", "", 9.5)
    page.write(_LINE_MM, line.about)
    page.ln(_LINE_MM)
    for when, text in line.said:
        page.set_x(page.l_margin + 5)
        _text(page, f"{when}  {text}", 10)
    page.ln(1.4)


def _text(
    page: FPDF, text: str, size: float, ink: tuple[int, int, int] = _INK, bold: bool = False, gap: float = 0
) -> None:
    page.set_text_color(*ink)
    page.set_font("inter", "B" if bold else "", size)
    height = max(_LINE_MM, size * 0.5)
    page.multi_cell(0, height, text, align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    if gap:
        page.ln(gap)


@lru_cache(maxsize=1)
def font_files() -> tuple[tuple[str, str, Path], ...]:
    """The fonts of the pages as TrueType files, made once for each process: family, style, file."""
    folder = Path(tempfile.mkdtemp(prefix="kpiwall-fonts-"))
    made = []
    for name, family, style, weight in (
        ("InterVariable.woff2", "inter", "", 400),
        ("InterVariable.woff2", "inter", "B", 700),
        ("NotoSansSC-400.woff2", "noto", "", None),
        ("NotoSansSC-700.woff2", "noto", "B", None),
    ):
        path = folder / f"{family}{style}.ttf"
        path.write_bytes(_true_type(name, weight))
        made.append((family, style, path))
    return tuple(made)


def _true_type(name: str, weight: int | None) -> bytes:
    """A web font as a plain one; of one with every weight, this weight."""
    font = TTFont(io.BytesIO(files("layouts").joinpath("assets", "fonts", name).read_bytes()))
    if weight is not None and "fvar" in font:
        axes = {axis.axisTag: axis.defaultValue for axis in font["fvar"].axes}
        font = instantiateVariableFont(font, axes | {"wght": weight})
    font.flavor = None
    held = io.BytesIO()
    font.save(held)
    return held.getvalue()
