"""The minutes of a stand-up as data: the same for the page, the Markdown and the PDF."""

from __future__ import annotations

from dataclasses import dataclass

from .. import formats
from ..lookup import Lookup
from . import wording
from .facts import SECTIONS, Item, MeetingFact, MeetingLink, Spoken, Task, Tone
from .item_view import risk_text
from .why import moved_points, signed_points


@dataclass(frozen=True, slots=True)
class Line:
    """A line of minutes: how it stands in a word, what it is, and what more there is to say; `said` belongs to it."""

    tone: Tone
    word: str
    title: str
    about: str = ""
    value: str = ""
    said: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Block:
    """A heading with its lines; `note` stands beside it."""

    title: str
    lines: tuple[Line, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Minutes:
    """A title, lines about the meeting, and blocks; `links` lead to minutes of units below and above."""

    title: str
    about: tuple[str, ...]
    blocks: tuple[Block, ...]
    links: tuple[tuple[str, MeetingLink], ...] = ()


def minutes(found: Lookup, fact: MeetingFact) -> Minutes:
    """The minutes of a meeting as its reader sees it."""
    words = found.words
    blocks = [block for name in SECTIONS if (block := _section(found, fact, name)) is not None]
    blocks += [
        block for block in (_actions(found, fact), _decisions(found, fact), _loose(found, fact)) if block is not None
    ]
    title = words("standup.minutes.title", unit=found.text(found.units[fact.unit].title))
    links = [(words("standup.minutes.below"), one) for one in fact.below]
    links += [(words("standup.minutes.above"), one) for one in fact.above]
    return Minutes(title, tuple(_about(found, fact)), tuple(blocks), tuple(links))


def _about(found: Lookup, fact: MeetingFact) -> list[str]:
    words = found.words
    date, begun = wording.date_text(found, fact.snapshot_ms), wording.clock(found, fact.snapshot_ms)
    took = (fact.ended_ms or fact.now_ms) - fact.begun_ms
    plan = wording.minutes_text(fact.budget_s)
    lines = [words("standup.minutes.when", date=date, time=begun, took=wording.minutes_text(took // 1000), plan=plan)]
    lines.append(words("standup.host", name=fact.host))
    if fact.attended:
        lines.append(words("standup.attended", names=words("standup.comma").join(fact.attended)))
    lines.append(words("standup.minutes.snapshot", time=f"{date} {begun}", version=fact.snapshot_version))
    own = found.unit_score(fact.unit)
    if own is not None:
        lines.append(f"{words('standup.unit_score')} {formats.score(own.score)} · {words(f'status.{own.status}')}")
    return lines


def _section(found: Lookup, fact: MeetingFact, name: str) -> Block | None:
    items = [one for one in fact.items if one.section == name]
    lines = [line for item in items for line in _lines(found, fact, item)]
    if not lines:
        return None
    spent = sum(fact.spent.get(one.key, 0) for one in items) // 1000
    note = f"{wording.minutes_text(spent)} / {wording.minutes_text(sum(one.seconds for one in items))}"
    return Block(wording.section(found, name), tuple(lines), note)


def _lines(found: Lookup, fact: MeetingFact, item: Item) -> list[Line]:
    if item.actions:
        return [_task(found, fact, one) for one in fact.tasks if one.id in item.actions]
    cells = [(item.unit, item.kpi)] if item.kpi else list(item.cells)
    return [line for cell in cells if (line := _cell(found, fact, item, cell)) is not None]


def _cell(found: Lookup, fact: MeetingFact, item: Item, cell: tuple[str, str]) -> Line | None:
    result = found.board.kpis.get(cell)
    if result is None:
        return None
    words = found.words
    about = [wording.turned(found, fact, result)] if item.kpi else []
    if item.kpi and (item.days or 0) > 1 and item.section != "new":
        about.append(words("standup.days", n=item.days))
    if item.raised_by:
        about.append(words("standup.raised_by", unit=found.text(found.units[item.raised_by].title)))
    if item.section == "risk":
        about.append(risk_text(found, result))
    if lost := wording.lost_text(found, result):
        about.append(lost)
    moved = moved_points(cell[1], fact.moved) if cell[0] == fact.unit else None
    if item.kpi and moved:
        since = "standup.moved" if fact.moved_from_ms else "standup.moved.yesterday"
        about.append(words(since, points=signed_points(moved)))
    owner = found.text(found.kpis[cell[1]].owner)
    if item.kpi and owner:
        about.append(words("standup.owner", name=owner))
    place = "" if cell[0] == fact.unit else f"{found.text(found.units[cell[0]].title)} · "
    value = f"{wording.value_text(found, result)} / {wording.target_text(found, result)}"
    said = _said(found, fact, cell) if item.kpi else ()
    tone: Tone = result.status.value
    return Line(tone, words(f"status.{result.status}"), place + found.text(found.kpis[cell[1]].title),
                " · ".join(one for one in about if one), value, said)  # fmt: skip


def _said(found: Lookup, fact: MeetingFact, cell: tuple[str, str]) -> tuple[tuple[str, str], ...]:
    """The notes about a KPI."""
    notes = [one for one in fact.spoken if (one.unit, one.kpi) == cell and one.kind == "note"]
    return tuple((_when(found, one), one.text) for one in notes)


def _when(found: Lookup, one: Spoken) -> str:
    return f"{wording.clock(found, one.at_ms)} {one.author}"


def _task(found: Lookup, fact: MeetingFact, task: Task) -> Line:
    state, word = wording.task_state(found, task, fact.today)
    pinned = found.text(found.kpis[task.kpi].title) if task.kpi in found.kpis else ""
    about = " · ".join(one for one in (task.owner, wording.due_text(found, task.due), pinned) if one)
    return Line(state, word, task.title, about)


def _actions(found: Lookup, fact: MeetingFact) -> Block | None:
    fresh = [_task(found, fact, one) for one in fact.tasks if one.fresh]
    return Block(found.words("standup.minutes.actions"), tuple(fresh)) if fresh else None


def _decisions(found: Lookup, fact: MeetingFact) -> Block | None:
    words = found.words
    lines = [
        Line("", "", one.text, words("standup.minutes.bound", when=_when(found, one), version=one.board))
        for one in fact.spoken if one.kind == "decision"
    ]  # fmt: skip
    return Block(words("standup.minutes.decisions"), tuple(lines)) if lines else None


def _loose(found: Lookup, fact: MeetingFact) -> Block | None:
    """Notes about nothing that has a step of its own."""
    about = {(one.unit, one.kpi) for one in fact.items if one.kpi}
    lines = [
        Line("", "", one.text, _when(found, one))
        for one in fact.spoken if one.kind == "note" and (one.unit, one.kpi) not in about
    ]  # fmt: skip
    return Block(found.words("standup.minutes.notes"), tuple(lines)) if lines else None


def markdown(found: Lookup, told: Minutes) -> str:
    """The minutes as Markdown; what people wrote stands in it as text."""
    lines = [f"# {_safe(told.title)}", "", *(f"- {_safe(one)}" for one in told.about), ""]
    for block in told.blocks:
        lines += [f"## {_safe(block.title)}" + (f" ({block.note})" if block.note else ""), ""]
        for line in block.lines:
            word = f"**{_safe(line.word)}** " if line.word else ""
            rest = " · ".join(_safe(one) for one in (line.value, line.about) if one)
            lines.append(f"- {word}{_safe(line.title)}" + (f" — {rest}" if rest else ""))
            lines += [f"  - {_safe(when)}: {_safe(text)}" for when, text in line.said]
        lines.append("")
    if told.links:
        lines += [f"## {found.words('standup.minutes.linked')}", ""]
        lines += [
            f"- {_safe(name)}: [{_safe(link_text(found, one))}]({href(one, found.words.language)})"
            for name, one in told.links
        ]
        lines.append("")
    return "\n".join(lines)


def _safe(text: str) -> str:
    r"""A text that Markdown reads as text, on one line.

    >>> _safe("a *b*\n[c](d) <i>")
    'a \\*b\\* \\[c\\](d) \\<i\\>'
    """
    return "".join(f"\\{one}" if one in "\\`*_[]<>#|" else one for one in " ".join(text.split()))


def href(one: MeetingLink, language: str) -> str:
    """The address of a meeting's minutes; of one that runs, the meeting itself."""
    return (
        f"/standup/{one.unit}?lang={language}" if one.runs else f"/standup/{one.unit}/minutes/{one.id}?lang={language}"
    )


def link_text(found: Lookup, one: MeetingLink) -> str:
    """What another meeting is called."""
    when = f"{wording.date_text(found, one.at_ms)} {wording.clock(found, one.at_ms)}"
    return f"{found.text(found.units[one.unit].title)} · {when}"
