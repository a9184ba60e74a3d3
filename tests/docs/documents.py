"""The documents, and what can be read out of them: code, links, headings, tables."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")


def documents() -> list[Path]:
    """Every document of the project."""
    return sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "deploy").rglob("README.md")])


def text_of(name: str) -> str:
    """A document by its path from the root."""
    return (ROOT / name).read_text(encoding="utf-8")


def fences(text: str, language: str) -> list[str]:
    """The contents of the fenced blocks of a language."""
    return [content for found, content in _FENCE.findall(text) if found == language]


def inline_code(text: str) -> list[str]:
    """What stands in backquotes outside fenced blocks."""
    return re.findall(r"`([^`\n]+)`", _FENCE.sub("", text))


def shell_lines(text: str) -> list[str]:
    """Lines of shell blocks with continuations joined, without comments."""
    joined = "\n".join(fences(text, "sh")).replace("\\\n", " ")
    return [line.split(" #")[0].strip() for line in joined.splitlines() if line.strip()]


def calls(text: str, command: str) -> Iterator[list[str]]:
    """The arguments of every call of a command in shell blocks and inline code."""
    for line in [*shell_lines(text), *inline_code(text)]:
        for part in re.split(r"&&|\||;|>", line):
            if part.strip().split(" ")[0].removeprefix(".venv/bin/") == command:
                yield shlex.split(part)[1:]


def links(text: str) -> list[str]:
    """The targets of links and pictures."""
    return _LINK.findall(_FENCE.sub("", text))


def anchors(text: str) -> set[str]:
    """The anchors of a document's headings, made as on GitHub."""
    heads = re.findall(r"^#+ (.+)$", _FENCE.sub("", text), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


def tables(text: str) -> dict[str, list[list[str]]]:
    """The rows of the tables under each heading, without heads."""
    found: dict[str, list[list[str]]] = {}
    heading = ""
    for line in _FENCE.sub("", text).splitlines():
        if line.startswith("#"):
            heading = line.lstrip("# ")
        elif line.startswith("|"):
            found.setdefault(heading, []).append([cell.strip() for cell in line.strip("|").split("|")])
    return {heading: _bodies(rows) for heading, rows in found.items()}


def _bodies(rows: list[list[str]]) -> list[list[str]]:
    ruled = [number for number, row in enumerate(rows) if set(row[0]) <= set("-: ") and row[0]]
    return [row for number, row in enumerate(rows) if number not in ruled and number + 1 not in ruled]


def coded(rows: list[list[str]]) -> list[str]:
    """What stands in backquotes in the first cells."""
    return [name for row in rows for name in re.findall(r"`([^`]+)`", row[0])]
