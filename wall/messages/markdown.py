"""The text of a message as Markdown and as plain text, each with its link at the end."""

from __future__ import annotations

import re

from layouts.words import Words

#: What would be taken for Markdown; no more, as some services show the backslash.
_SPECIAL = re.compile(r"([\\`*\[\]<]|(?<!\w)_|_(?!\w))")
_START = re.compile(r"^(\d+)([.)])|^([#>])|^([-+])(?=\s)")


def escaped(line: str) -> str:
    r"""A line that stands for itself.

    >>> escaped("a_b *c*"), escaped("1. first"), escaped("# 3")
    ('a_b \\*c\\*', '1\\. first', '\\# 3')
    """
    return _START.sub(lambda found: found[0][:-1] + "\\" + found[0][-1], _SPECIAL.sub(r"\\\1", line))


def markdown_of(text: str, link: str, language: str) -> str:
    """Every line a paragraph of its own, as no two services break lines alike."""
    lines = [escaped(line) for line in text.splitlines() if line.strip()]
    if link:
        lines.append(f"[{Words.of(language)('message.open')}]({link})")
    return "\n\n".join(lines)


def plain_of(text: str, link: str) -> str:
    """The lines, and the address on one of its own."""
    return "\n".join([*text.splitlines(), *([link] if link else [])])


def fitting(text: str, most_bytes: int) -> str:
    r"""As many whole lines as fit; services count bytes, and a Chinese character has three.

    >>> fitting("first\nsecond\nthird", 16)
    'first\nsecond\n…'
    """
    if len(text.encode()) <= most_bytes:
        return text
    kept, used = [], len("…".encode())
    for line in text.splitlines():
        used += len(line.encode()) + 1
        if used > most_bytes:
            break
        kept.append(line)
    if not kept:
        return text.encode()[: max(0, most_bytes - 3)].decode("utf-8", "ignore") + "…"
    return "\n".join([*kept, "…"])
