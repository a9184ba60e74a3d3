"""The phone: plain documents, their parts for a move without a load, pinned KPIs, and the app that they make."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from functools import partial
from importlib.resources import files
from typing import Any, Protocol

import flask
import msgspec

from layouts.followup.facts import Pinned
from layouts.followup.section import ACTIONS
from layouts.links import unit_href
from layouts.lookup import lookup
from layouts.markup import markup
from layouts.phone.document import MANIFEST, WORKER, Document, manifest, phone_document
from layouts.phone.frame import PhoneReader
from layouts.phone.kpi_page import kpi_page
from layouts.phone.kpi_views import Pin
from layouts.phone.notes import missing_unit_page, nothing_page, offline_page
from layouts.phone.peers_page import peers_page
from layouts.phone.pinned_page import pinned_page
from layouts.phone.trend_page import COUNTS, Kind, PeriodPoint, Seen, is_kind, trend_lines, trend_page
from layouts.phone.unit_page import unit_page
from layouts.phone.way import HOME, OWN, PINNED, PINS, Step
from layouts.words import Words, language_or
from scoring.forms import text_in
from scoring.roles import Capability
from streams.records import LogUnavailable
from streams.redis_adapters.connection import StoreUnavailable
from streams.redis_adapters.pins import MOST_PINS

from .followup.facts import FollowupPages
from .people.viewer import Viewer, current_viewer
from .phone_alerts import PhoneAlerts
from .phone_followup import PhoneFollowup
from .sight.seen_site import SeenSite
from .sight.visible import Visible
from .wall_pages import asset

#: Tells the page's worker whose pages it keeps.
OWNER = "Kpiwall-Owner"
_KPI_OR_UNIT = 128


class Pins(Protocol):
    """Keeps what accounts pinned."""

    def of(self, account: str) -> list[str]:
        """What an account pinned, first to last."""

    def put(self, account: str, pins: Sequence[str]) -> None:
        """Keep an account's pins."""


class Timelines(Protocol):
    """Knows how a unit stood at the ends of past periods."""

    def of(self, unit: str, kind: Kind, count: int) -> Sequence[PeriodPoint]:
        """The last periods of a kind, oldest first."""


class PhonePages:
    """Answers what phones ask; each answer is made from what the viewer sees."""

    def __init__(
        self,
        site: SeenSite,
        pins: Pins,
        timelines: Timelines,
        followup: FollowupPages | None = None,
        alerts: PhoneAlerts | None = None,
    ) -> None:
        self._site = site
        self._alerts = alerts
        self._followup = followup
        self._pins = pins
        self._timelines = timelines

    def add_to(self, server: flask.Flask) -> None:
        """Add the routes."""
        for rule, answer in (
            (HOME, self.home),
            (f"{HOME}/<unit>", self.unit),
            (f"{HOME}/<unit>/peers", self.peers),
            (f"{HOME}/<unit>/trend", self.trend),
            (f"{HOME}/<unit>/kpi/<kpi>", self.kpi),
            (PINNED, self.pinned),
            (f"{OWN}/offline", self.offline),
            (MANIFEST, self.manifest),
            (WORKER, self.worker),
        ):
            server.add_url_rule(rule, f"phone{rule}", answer)
        if self._followup is not None:
            PhoneFollowup(self._followup, self._whole, lambda: self._site.model.language).add_to(server)
        if self._alerts is not None:
            self._alerts.add_to(server, self._whole, self._missing)
        server.add_url_rule(PINS, "phone pins", self.pins)
        server.add_url_rule(PINS, "phone pins put", self.put_pins, methods=["PUT"])

    def home(self) -> flask.Response:
        """The viewer's own unit, else the first that they see."""
        unit = self._home(self._site.visible())
        return self._whole(nothing_page) if not unit else self.unit(unit)

    def unit(self, unit: str) -> flask.Response:
        """A unit."""
        return self._of_unit(unit, lambda *given: unit_page(*given))

    def peers(self, unit: str) -> flask.Response:
        """A unit among its peers."""
        kpi = flask.request.args.get("by", "")
        if kpi and not self._site.visible().sees_kpi(unit, kpi):
            return self._missing()
        return self._of_unit(unit, lambda model, board, *rest: peers_page(model, board, rest[0], kpi, *rest[1:]))

    def kpi(self, unit: str, kpi: str) -> flask.Response:
        """A KPI of a unit."""
        if not self._site.visible().sees_kpi(unit, kpi):
            return self._missing()
        return self._of_unit(unit, lambda model, board, *rest: kpi_page(model, board, rest[0], kpi, *rest[1:]), True)

    def trend(self, unit: str) -> flask.Response:
        """A unit's past periods: the page, or with `part=lines` what fills it."""
        asked = flask.request.args.get("by", "")
        kind: Kind = asked if is_kind(asked) else "month"
        if flask.request.args.get("part") == "lines":
            return self._lines(unit, kind, flask.request.args.get("kpi", ""))
        return self._of_unit(unit, lambda model, board, *rest: trend_page(model, board, rest[0], kind, *rest[1:]))

    def _lines(self, unit: str, kind: Kind, kpi: str) -> flask.Response:
        seen = self._site.visible()
        if not seen.has_unit(unit):
            return self._missing()
        try:
            points = self._timelines.of(unit, kind, COUNTS[kind])
        except (StoreUnavailable, LogUnavailable):
            return flask.Response(status=503, headers={"Cache-Control": "no-store"})
        found = lookup(seen.model, self._site.board(), self._language())
        kpis = frozenset(one.id for one in seen.model.kpis if seen.sees_kpi(unit, one.id))
        lines = trend_lines(found, found.units[unit], kind, points, Seen(seen.sees_score(unit), kpis), kpi)
        return self._answer(markup(lines))

    def pinned(self) -> flask.Response:
        """What the viewer pinned."""
        unit = self._home(self._site.visible())
        return self._whole(partial(pinned_page, unit=unit), True)

    def pins(self) -> flask.Response:
        """The viewer's pins, as far as they are seen."""
        reader = self._reader(self._site.visible(), True)
        return flask.make_response({"pins": [f"{unit}/{kpi}" for unit, kpi in reader.pins], "most": MOST_PINS})

    def put_pins(self) -> flask.Response:
        """Keep the viewer's pins; one that they do not see is left out, whether it exists or not."""
        viewer, seen = current_viewer(), self._site.visible()
        if not _can_pin(viewer):
            return flask.make_response({"error": "only people who signed in have pins of their own"}, 403)
        try:
            asked = msgspec.json.decode(flask.request.get_data(), type=list[str])
        except msgspec.DecodeError:
            return flask.make_response({"error": 'send a list such as ["UNIT/KPI"]'}, 400)
        kept = [f"{unit}/{kpi}" for unit, kpi in _seen_pins(asked, seen)][:MOST_PINS]
        try:
            self._pins.put(_account(viewer), kept)
        except StoreUnavailable as outage:
            return flask.make_response({"error": str(outage)}, 503)
        return flask.make_response({"pins": kept, "most": MOST_PINS})

    def offline(self) -> flask.Response:
        """What the worker shows for a page that it has not kept; it holds no number."""
        words = Words.of(self._language())
        return self._document(words("phone.offline.title"), offline_page(words))

    def manifest(self) -> flask.Response:
        """How the page is called and looks on a home screen; nothing of it is of a site."""
        words = Words.of(language_or(flask.request.args.get("lang"), "zh-CN"))
        content = msgspec.json.encode(manifest(words, asset))
        return flask.Response(content, mimetype="application/manifest+json", headers={"Cache-Control": "no-cache"})

    def worker(self) -> flask.Response:
        """The service worker; from the root, as its scope may not be above it."""
        script = files("layouts").joinpath("assets", "phone", "worker.js").read_bytes()
        return flask.Response(script, mimetype="text/javascript", headers={"Cache-Control": "no-cache"})

    def _of_unit(self, unit: str, make: Callable[..., Any], pins: bool = False) -> flask.Response:
        if not self._site.visible().has_unit(unit):
            return self._missing()
        return self._whole(lambda model, board, language, reader: make(model, board, unit, language, reader), pins)

    def _missing(self) -> flask.Response:
        answer = self._whole(missing_unit_page)
        answer.status_code = 404
        return answer

    def _whole(self, make: Callable[..., Any], pins: bool = False) -> flask.Response:
        """The document, or the page alone for who is on another one already."""
        seen, language = self._site.visible(), self._language()
        page = make(seen.model, self._site.board(), language, self._reader(seen, pins))
        if flask.request.args.get("part"):
            return self._answer(markup(page))
        return self._document(getattr(page, "data-title"), page)

    def _document(self, title: str, page: Any) -> flask.Response:
        words, viewer, seen = Words.of(self._language()), current_viewer(), self._site.visible()
        about = Document(words, self._site.software, owner_of(viewer), viewer.title or viewer.name,
                         _entries(seen, words.language), self._links(viewer, words))  # fmt: skip
        return self._answer(phone_document(about, title, page, asset))

    def _answer(self, content: str) -> flask.Response:
        headers = {"Cache-Control": "no-store", OWNER: owner_of(current_viewer())}
        return flask.Response(content, mimetype="text/html", headers=headers)

    def _reader(self, seen: Visible, pins: bool) -> PhoneReader:
        viewer = current_viewer()
        explained = self._site.visible(Capability.EXPLAIN)
        can_pin, held = _can_pin(viewer), []
        if pins and can_pin:
            try:
                held = self._pins.of(_account(viewer))
            except StoreUnavailable:
                can_pin = False
        return PhoneReader(
            version=self._site.version,
            home=self._home(seen),
            pins=_seen_pins(held, seen),
            can_pin=can_pin,
            shows=seen.sees_kpi,
            withheld=seen.withholds,
            explained=explained.has_unit,
            followup=lambda unit, kpi: self._pinned(viewer, unit, kpi),
            alerts=self._site.alerts(),
        )

    def _pinned(self, viewer: Viewer, unit: str, kpi: str) -> Pinned | None:
        """The notes and actions of a unit or KPI, for whoever sees its numbers."""
        return None if self._followup is None else self._followup.seen(viewer, unit, kpi)

    def _links(self, viewer: Viewer, words: Words) -> list[Step]:
        """Pages that belong to whoever reads."""
        if self._followup is None or viewer.kind != "person":
            return []
        n = self._followup.count(viewer)
        title = words("followup.mine.count", n=n) if n else words("followup.mine")
        return [Step(f"{ACTIONS}?lang={words.language}", title)]

    def _home(self, seen: Visible) -> str:
        viewer = current_viewer()
        own = next((unit for unit in (viewer.person, viewer.unit) if unit and seen.has_unit(unit)), "")
        return own or next((unit.id for unit in seen.model.units if unit.parent is None), "")

    def _language(self) -> str:
        own = language_or(current_viewer().language, self._site.model.language)
        return language_or(flask.request.args.get("lang"), own)


def owner_of(viewer: Viewer) -> str:
    """A name for who reads and what they see, which tells neither: pages kept for one are dropped for another."""
    looks = sorted(viewer.sight().looks)
    told = f"{viewer.kind}|{viewer.name}|{viewer.session}|{looks}"
    return hashlib.sha256(told.encode()).hexdigest()[:24]


def _can_pin(viewer: Viewer) -> bool:
    return viewer.kind == "person"


def _account(viewer: Viewer) -> str:
    return f"{viewer.kind}:{viewer.name}"


def _seen_pins(pins: Sequence[str], seen: Visible) -> list[Pin]:
    pairs = [one.partition("/") for one in pins if len(one) < _KPI_OR_UNIT]
    return [pin for pin in dict.fromkeys((unit, kpi) for unit, _, kpi in pairs) if seen.sees_kpi(*pin)]


def _entries(seen: Visible, language: str) -> list[Step]:
    """The units that stand at the top of what is seen."""
    tops = [unit for unit in seen.model.units if unit.parent is None]
    return [Step(unit_href(unit.id, language), text_in(unit.title, language)) for unit in tops]
