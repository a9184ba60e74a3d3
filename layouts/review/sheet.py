"""A review as a document of plain text (Markdown) and as rows of a workbook: the same words and numbers as the page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction

from scoring.board import WEIGHT

from .. import formats
from ..kpi_view import amount_text, form_for
from ..lookup import Lookup
from ..moved_card import part_title
from ..moved_view import Bar, moved_view
from .facts import ReviewFacts
from .texts import change_text, lost_text, moment_text, proposal_text, tried_place

#: A table with its title, its heads and its rows, all texts.
Table = tuple[str, tuple[str, ...], list[tuple[str, ...]]]


def tables(found: Lookup, facts: ReviewFacts) -> Iterator[Table]:
    """Everything of the page in tables; one without rows is left out."""
    made = (_head(found, facts), _results(found, facts), _moved(found, facts), _tried(found, facts),
            _lessons(found, facts), _proposals(found, facts))  # fmt: skip
    return (one for one in made if one[2])


def _head(found: Lookup, facts: ReviewFacts) -> Table:
    words, target = found.words, formats.fixed(Fraction(found.units[facts.unit].target_score), 1)
    score, before = (formats.score(one) for one in (facts.score, facts.score_before))
    row = (
        facts.title,
        words(f"review.{facts.state}"),
        score,
        target,
        before,
        change_text(facts.score, facts.score_before),
    )
    heads = ("desk.period", "review.state", "review.score", "desk.target", "review.before.head", "review.difference")
    return words("review.result"), tuple(words(one) for one in heads), [row]


def _results(found: Lookup, facts: ReviewFacts) -> Table:
    words = found.words
    heads = ("desk.kpi", "review.status", "review.value", "desk.target", "review.before.head", "review.score",
             "desk.weight", "review.lost")  # fmt: skip
    rows: list[tuple[str, ...]] = []
    for line in facts.lines:
        kpi, result = found.kpis[line.result.kpi], line.result
        form = form_for(found, kpi, result.target)
        rows.append((
            found.text(kpi.title), words(f"status.{result.status}"), amount_text(form, result.value),
            form.target(result.target), amount_text(form, None if line.before is None else line.before.value),
            formats.score(result.score), formats.plain(Fraction(result.weight, WEIGHT)),
            lost_text(line.lost),
        ))  # fmt: skip
    return words("review.kpis"), tuple(words(one) for one in heads), rows


def _moved(found: Lookup, facts: ReviewFacts) -> Table:
    words = found.words
    title, heads = words("review.moved", period=facts.before_title), ("review.cause", "review.points")
    rows: list[tuple[str, ...]] = []
    if facts.moved is not None:
        moved = moved_view(facts.moved)

        def row(name: str, bar: Bar) -> tuple[str, ...]:
            return name, bar.text

        rows = [row(words(f"cause.{one.key}"), one) for one in moved.causes]
        rows += [row(part_title(found, one.key), one) for one in moved.parts]
    return title, tuple(words(one) for one in heads), rows


def _tried(found: Lookup, facts: ReviewFacts) -> Table:
    words = found.words
    heads = ("review.when", "review.what", "review.where", "review.text", "review.who")
    rows = [
        (moment_text(found, one.at_ms), words(f"review.what.{one.what}"), tried_place(found, facts.unit, one),
         one.text, one.who)
        for one in facts.tried
    ]  # fmt: skip
    return words("review.tried"), tuple(words(one) for one in heads), list(rows)


def _lessons(found: Lookup, facts: ReviewFacts) -> Table:
    words = found.words
    rows = [(words(f"review.{one.kind}"), one.text, one.author) for one in facts.lessons]
    heads = ("review.lesson", "review.text", "review.who")
    return words("review.lessons"), tuple(words(one) for one in heads), list(rows)


def _proposals(found: Lookup, facts: ReviewFacts) -> Table:
    words = found.words
    heads = ("review.what", "review.why", "review.who", "review.state")
    rows = [
        (proposal_text(found, one), one.reason, one.author,
         words("review.applied", n=one.applied) if one.applied is not None else words("review.open"))
        for one in facts.proposals
    ]  # fmt: skip
    return words("review.proposals"), tuple(words(one) for one in heads), list(rows)


def as_markdown(found: Lookup, facts: ReviewFacts) -> str:
    """The review as Markdown; what people wrote stays text, whatever characters it has."""
    unit = found.text(found.units[facts.unit].title)
    lines = [f"# {_plain(found.words('review.title', unit=unit, period=facts.title))}"]
    for title, heads, rows in tables(found, facts):
        lines += ["", f"## {_plain(title)}", "", _row(heads), _row(["---"] * len(heads), plain=False)]
        lines += [_row(row) for row in rows]
    return "\n".join(lines) + "\n"


def _row(cells: tuple[str, ...] | list[str], plain: bool = True) -> str:
    return f"| {' | '.join(_plain(one) if plain else one for one in cells)} |"


def _plain(text: str) -> str:
    r"""Text that Markdown shows as it is, on one line.

    >>> _plain("a|b\n*c* <i>")
    'a\\|b \\*c\\* \\<i\\>'
    """
    return re.sub(r"([\\`*_{}\[\]<>#|~!])", r"\\\1", " ".join(text.split()))
