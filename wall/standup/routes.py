"""Addresses of stand-ups: the meeting of a unit and its steps, all meetings, and their minutes in three forms."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from html import escape
from importlib.resources import files
from typing import Any
from urllib.parse import quote

import flask
import msgspec

from layouts.lookup import Lookup, lookup
from layouts.markup import markup
from layouts.standup.meeting_page import meeting_page
from layouts.standup.minutes import markdown, minutes
from layouts.standup.reading_pages import meetings_page, minutes_page, units_page
from layouts.words import Words
from scoring.roles import Capability
from streams.records import LogUnavailable
from streams.redis_adapters.connection import StoreUnavailable
from wall.followup.items import ActionState, Anchor
from wall.people.audit import Act, AuditTrail
from wall.people.entrance import real_ms
from wall.people.permits import no_such_page
from wall.people.viewer import Viewer, current_viewer, language_for
from wall.refusal import Refused
from wall.sight.seen_site import SeenSite
from wall.wall_pages import asset

from .gather import Gatherer, Shown
from .meetings import Meeting
from .minutes_pdf import pdf
from .standups import Standups

PLACE = "/standup"
MEETING_STYLES = ("tokens.css", "standup/standup.css")
READING_STYLES = ("tokens.css", "standup/reading.css")
#: Older meetings are found by searching.
MOST_LISTED = 60


class StandupPages:
    """Answers what is asked of stand-ups; each answer is made from what the viewer sees."""

    def __init__(self, site: SeenSite, standups: Standups, gatherer: Gatherer, trail: AuditTrail) -> None:
        self._site = site
        self._standups = standups
        self._gatherer = gatherer
        self._trail = trail

    def add_to(self, server: flask.Flask) -> None:
        """Add the routes."""
        for rule, answer in (
            (PLACE, self.units),
            (f"{PLACE}/<unit>", self.meeting),
            (f"{PLACE}/<unit>/now", self.now),
            (f"{PLACE}/<unit>/minutes", self.meetings),
            (f"{PLACE}/<unit>/minutes/<name>", self.minutes),
        ):
            server.add_url_rule(rule, f"standup{rule}", answer)
        server.add_url_rule(f"{PLACE}/<unit>/<step>", "standup step", self.step, methods=["POST"])

    def units(self) -> flask.Response:
        """All units that the viewer sees, with their last or running meeting."""
        self._standups.refresh()
        seen, viewer = self._site.visible(), current_viewer()
        meetings = {
            unit.id: self._gatherer.link(held[0], seen)
            for unit in seen.model.units
            if (held := self._standups.meetings.of(unit.id))
        }
        leads = frozenset(one.id for one in seen.model.units if self._standups.may_run(viewer, one.id))
        found = lookup(seen.model, self._site.board(), self._language())
        return self._reading(found, found.words("standup.plain"), units_page(found, meetings, leads))

    def meeting(self, unit: str) -> Any:
        """A unit's meeting, as a whole or with `part` the page alone."""
        if not self._site.visible().has_unit(unit):
            return no_such_page()
        shown = self._gatherer.now(current_viewer(), unit)
        found = self._found(shown)
        page = meeting_page(found, shown.fact)
        if flask.request.args.get("part"):
            return _html(markup(page))
        title = found.words("standup.title", unit=found.text(found.units[unit].title))
        return self._document("standup", title, page, MEETING_STYLES, ("standup/standup.js",))

    def now(self, unit: str) -> Any:
        """Whether the page is another by now, and what time it is; asked once a second by every screen."""
        if not self._site.visible().has_unit(unit):
            return flask.jsonify(error="there is no such meeting"), 404
        stamp, meeting = self._gatherer.stamp(current_viewer(), unit)
        return flask.jsonify(stamp=stamp, now_ms=real_ms(), meeting=meeting)

    def meetings(self, unit: str) -> Any:
        """The meetings of a unit, newest first; with `q` those in which it is found."""
        seen = self._site.visible()
        if not seen.has_unit(unit):
            return no_such_page()
        self._standups.refresh()
        asked = flask.request.args.get("q", "").strip()
        links = [self._gatherer.link(one, seen) for one in self._standups.meetings.of(unit) if self._has(one, asked)]
        found = lookup(seen.model, self._site.board(), self._language())
        title = found.words("standup.meetings", unit=found.text(found.units[unit].title))
        return self._reading(found, title, meetings_page(found, unit, links[:MOST_LISTED], asked))

    def _has(self, meeting: Meeting, asked: str) -> bool:
        """Whether the minutes, as the viewer sees them, have a text."""
        if not asked:
            return True
        shown = self._gatherer.of(current_viewer(), meeting)
        found = self._found(shown)
        return asked.casefold() in markdown(found, minutes(found, shown.fact)).replace("\\", "").casefold()

    def minutes(self, unit: str, name: str) -> Any:
        """The minutes of a meeting: a page, or with an ending a file."""
        name, _, ending = name.partition(".")
        self._standups.refresh()
        meeting = self._standups.meetings.one(name)
        capability = Capability.EXPORT if ending else Capability.VIEW
        known = meeting is not None and meeting.unit == unit and self._site.visible(capability).has_unit(unit)
        if meeting is None or not known or ending not in ("", "md", "pdf"):
            return no_such_page()
        shown = self._gatherer.of(current_viewer(), meeting, capability)
        found = self._found(shown)
        told = minutes(found, shown.fact)
        if not ending:
            return self._reading(found, told.title, minutes_page(found, shown.fact))
        self._trail.note(
            Act.EXPORTED, current_viewer(), {"what": "standup minutes", "unit": unit, "name": name, "format": ending}
        )
        if ending == "md":
            return _file(markdown(found, told).encode(), "text/markdown; charset=utf-8", f"{name}.md")
        return _file(pdf(told, found.words.language), "application/pdf", f"{name}.pdf")

    def step(self, unit: str, step: str) -> Any:
        """Take a step; the answer says why where it can't be taken."""
        viewer = current_viewer()
        if not self._site.visible().has_unit(unit) or step not in _STEPS:
            return flask.jsonify(error=f"there is no {flask.request.method} {flask.request.path}"), 404
        try:
            asked = msgspec.json.decode(flask.request.get_data() or b"{}", type=_Asked)
            return flask.jsonify(_STEPS[step](self, viewer, unit, asked) or {})
        except msgspec.DecodeError as error:
            return flask.jsonify(error=str(error)), 400
        except Refused as refused:
            return flask.jsonify(error=str(refused)), 409
        except (StoreUnavailable, LogUnavailable) as outage:
            return flask.jsonify(error=str(outage)), 503

    def _begin(self, viewer: Viewer, unit: str, asked: _Asked) -> None:
        self._standups.begin(viewer, unit, asked.minutes)

    def _move(self, viewer: Viewer, unit: str, asked: _Asked) -> None:
        self._standups.move(viewer, unit, asked.before, asked.to)

    def _refresh(self, viewer: Viewer, unit: str, asked: _Asked) -> None:
        self._standups.take_anew(viewer, unit)

    def _end(self, viewer: Viewer, unit: str, asked: _Asked) -> dict[str, str]:
        meeting = self._standups.end(viewer, unit)
        return {"goto": f"{PLACE}/{quote(unit)}/minutes/{meeting.id}?lang={self._language(asked.language)}"}

    def _here(self, viewer: Viewer, unit: str, asked: _Asked) -> None:
        if viewer.kind != "person":
            raise Refused(self._words(asked)("standup.refused.person"))
        self._standups.here(viewer, self._running(unit, asked))

    def _note(self, viewer: Viewer, unit: str, asked: _Asked) -> None:
        meeting = self._running(unit, asked)
        self._standups.steps(meeting).note(viewer, _anchor(unit, asked), asked.text, meeting.id)

    def _action(self, viewer: Viewer, unit: str, asked: _Asked) -> None:
        meeting = self._running(unit, asked)
        due = self._day(asked)
        self._standups.steps(meeting).add_action(
            viewer, _anchor(unit, asked), asked.title, asked.owner, due, meeting.id
        )

    def _decide(self, viewer: Viewer, unit: str, asked: _Asked) -> None:
        meeting = self._running(unit, asked)
        self._standups.steps(meeting).decide(viewer, _anchor(unit, asked), asked.text, meeting.id)

    def _action_state(self, viewer: Viewer, unit: str, asked: _Asked) -> None:
        self._standups.steps(self._running(unit, asked)).change_action(viewer, asked.id, state=asked.state)

    def _undo(self, viewer: Viewer, unit: str, asked: _Asked) -> None:
        """Take back what the viewer wrote last in this meeting."""
        meeting = self._running(unit, asked)
        last = self._standups.last_written(viewer, meeting)
        if not last:
            raise Refused(self._words(asked)("standup.refused.undo"))
        self._standups.steps(meeting).withdraw(viewer, last)

    def _running(self, unit: str, asked: _Asked) -> Meeting:
        self._standups.refresh(now=True)
        found = self._standups.meetings.running(unit)
        if found is None:
            raise Refused(self._words(asked)("standup.refused.over"))
        return found

    def _day(self, asked: _Asked) -> dt.date:
        try:
            return dt.date.fromisoformat(asked.due) if asked.due else self._standups.due()
        except ValueError:
            raise Refused(self._words(asked)("standup.refused.due")) from None

    def _found(self, shown: Shown) -> Lookup:
        return lookup(shown.seen.model, shown.board, self._language())

    def _language(self, asked: str = "") -> str:
        return language_for(asked or flask.request.args.get("lang"), self._site.model.language)

    def _words(self, asked: _Asked) -> Words:
        return Words.of(self._language(asked.language))

    def _reading(self, found: Lookup, title: str, page: Any) -> flask.Response:
        return self._document("reading", title, page, READING_STYLES, ())

    def _document(
        self, kind: str, title: str, page: Any, styles: tuple[str, ...], scripts: tuple[str, ...]
    ) -> flask.Response:  # fmt: skip
        words = Words.of(self._language())
        content = files("layouts").joinpath("standup.html").read_text("utf-8").format(
            lang=words.language,
            page=kind,
            title=escape(title),
            icon=asset("glyphs/live.svg"),
            styles="\n".join(f'<link rel="stylesheet" href="{asset(name)}">' for name in styles),
            scripts="\n".join(f'<script src="{asset(name)}" defer></script>' for name in scripts),
            failed=escape(words("standup.failed")),
            content=markup(page),
        )  # fmt: skip
        return _html(content)


class _Asked(msgspec.Struct, rename={"before": "from"}):
    """What a step may say."""

    language: str = ""
    minutes: int | None = None
    before: str = ""
    to: str = ""
    unit: str = ""
    kpi: str = ""
    text: str = ""
    title: str = ""
    owner: str = ""
    due: str = ""
    id: str = ""
    state: ActionState | None = None


_STEPS: Mapping[str, Any] = {
    "begin": StandupPages._begin,
    "move": StandupPages._move,
    "refresh": StandupPages._refresh,
    "end": StandupPages._end,
    "here": StandupPages._here,
    "note": StandupPages._note,
    "action": StandupPages._action,
    "decide": StandupPages._decide,
    "action-state": StandupPages._action_state,
    "undo": StandupPages._undo,
}


def _anchor(unit: str, asked: _Asked) -> Anchor:
    return Anchor(asked.unit or unit, asked.kpi)


def _html(content: str) -> flask.Response:
    return flask.Response(content, mimetype="text/html", headers={"Cache-Control": "no-store"})


def _file(content: bytes, kind: str, name: str) -> flask.Response:
    headers = {"Cache-Control": "no-store", "Content-Disposition": f'attachment; filename="standup-{name}"'}
    return flask.Response(content, content_type=kind, headers=headers)
