"""The Dash app on a Flask server: landing page, explain pages, desk; frames come over the push route."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from importlib.resources import files
from typing import Any, Protocol
from urllib.parse import parse_qs, parse_qsl, unquote

import flask
from dash import Dash, Input, Output, Patch, State, dcc, html, no_update

from layouts.alerts.facts import AlertFact
from layouts.events_list import LOADING, READ, button_text, event_rows, events_failed, events_foot
from layouts.explain_kpi_page import explain_kpi_page, withheld_kpi_page
from layouts.explain_unit_page import explain_unit_page
from layouts.followup.facts import Pinned
from layouts.index_page import index_page, missing_page
from layouts.lookup import lookup
from layouts.moved_card import LOADING as MOVED_LOADING
from layouts.moved_card import READ as MOVED_READ
from layouts.moved_card import SINCE, moved_body, moved_failed
from layouts.reader import NO_READER, Reader
from layouts.stories import EventPage, KpiStory, UnitStory
from layouts.words import Words, language_or
from scoring.definitions import Model
from scoring.forms import PeriodKind, text_in
from scoring.roles import Capability
from scoring.waterfall import Waterfall
from streams.records import LogUnavailable
from streams.redis_adapters.connection import StoreUnavailable

from .people.permits import SIGNED_IN, Permit, callback_for
from .people.viewer import language_for
from .sight.site import Site

VIEW, EXPLAIN = Permit((Capability.VIEW,)), Permit((Capability.EXPLAIN,))
#: Styles are inline because Dash components set them; nothing is fetched from another host.
CONTENT_SECURITY = {
    "default-src": "'self'",
    "img-src": "'self' data:",
    "style-src": "'self' 'unsafe-inline'",
    "worker-src": "'self' blob:",
    "object-src": "'none'",
    "base-uri": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'self'",
}


class Stories(Protocol):
    """What explain pages are made from."""

    def explain_unit(self, unit: str) -> UnitStory | None:
        """Why a unit's score is what it is; None for a unit without one."""

    def moved_since(self, unit: str, kind: PeriodKind) -> Waterfall | None:
        """Why a unit's score moved since the last period of a kind ended; None where it was or is unknown."""

    def explain_kpi(self, unit: str, kpi: str) -> KpiStory | None:
        """Why a KPI's score is what it is; None where it does not stand at the unit."""

    def shows_events(self, unit: str, kpi: str) -> bool:
        """Whether whoever asks may read the events behind a KPI."""

    def events_behind(self, unit: str, kpi: str, cursor: str | None, language: str) -> EventPage:
        """The newest events behind a KPI, or older ones from a cursor on; may take a second."""


class SiteWithAlerts(Site, Protocol):
    """A site that knows which alerts its viewer sees."""

    def alerts(self) -> Sequence[AlertFact]:
        """Those that stand, and those that have recovered lately."""


class Rooms(Protocol):
    """The pages of the desk."""

    def page(self, name: str, asked: Mapping[str, str], language: str) -> html.Div | None:
        """The page of an address after /desk/, with what its query asks for; None where it leads nowhere."""

    def alarms(self, language: str) -> list[Any]:
        """What the landing page must tell first."""

    def reader(self) -> Reader:
        """Who reads."""


#: The notes and actions of a unit's KPI, as far as whoever asks sees them.
PinnedAt = Callable[[str, str], Pinned | None]


def no_pinned(_unit: str, _kpi: str) -> None:
    """Where nobody writes anything."""


@dataclass(frozen=True, slots=True)
class Address:
    """What a path asks for: home, wall or explain, whose, and for an explanation of a KPI which."""

    page: str
    name: str
    language: str
    kpi: str = ""


def address_of(path: str, query: str, model: Model) -> Address:
    """The address of a path and its query; an unknown path is a page of kind "missing"."""
    asked = parse_qs(query.lstrip("?")).get("lang", [None])[0]
    language = language_for(asked, model.language)
    match [unquote(part) for part in path.strip("/").split("/")]:
        case [""]:
            return Address("home", "", language)
        case ["wall", name]:
            return Address("wall", name, language)
        case ["desk", *rest]:
            return Address("desk", "/".join(rest), language)
        case ["explain", name]:
            return Address("explain", name, language)
        case ["explain", name, kpi]:
            return Address("explain", name, language, kpi)
    return Address("missing", path, language)


class PageApp(Dash):
    """Dash with an index of our own: language, title and kind of page are right before any script runs."""

    site: Site

    def callback(self, *given: Any, permit: Permit, **options: Any) -> Callable[..., Any]:
        """A callback for those whom its permit admits; there is none without a permit."""
        declared = super().callback(*given, **options)
        return lambda answering: declared(callback_for(permit)(answering))

    def interpolate_index(  # type: ignore[override]
        self, metas: str, css: str, config: str, scripts: str, app_entry: str, renderer: str, **_replaced: str
    ) -> str:
        """The HTML of the page that is being asked for."""
        model = self.site.model
        address = address_of(flask.request.path, flask.request.query_string.decode(), model)
        page = address.page if exists(address, model) else "home"
        template = files("layouts").joinpath("index.html").read_text("utf-8")
        return template.format(
            lang=address.language,
            page=page,
            title=escape(page_title(address, model)),
            icon=self.get_asset_url("glyphs/live.svg"),
            metas=metas,
            css=css,
            config=config,
            scripts=scripts,
            app_entry=app_entry,
            renderer=renderer,
        )


def exists(address: Address, model: Model) -> bool:
    """Whether the model has the scene, unit and KPI of the address."""
    if address.page == "wall":
        return any(scene.id == address.name for scene in model.scenes)
    if address.page == "explain" and address.kpi and all(kpi.id != address.kpi for kpi in model.kpis):
        return False
    if address.page == "explain":
        return any(unit.id == address.name for unit in model.units)
    return address.page in ("home", "desk")


def page_title(address: Address, model: Model) -> str:
    """The title of the browser's tab."""
    titles: Mapping[str, Any] = {
        "wall": {scene.id: scene.title for scene in model.scenes},
        "explain": {unit.id: unit.title for unit in model.units},
    }.get(address.page, {})
    return text_in(titles.get(address.name, model.title), address.language)


def create_dash(
    server: flask.Flask, site: SiteWithAlerts, stories: Stories, desk: Rooms | None = None, pinned: PinnedAt = no_pinned
) -> PageApp:
    """The app, mounted at the server's root."""
    app = PageApp(
        __name__,
        server=server,  # type: ignore[arg-type]
        assets_folder=str(files("layouts").joinpath("assets")),
        serve_locally=True,
        assets_path_ignore=["^walls", "^phone", "^scenes", "^people", "^standup"],
        suppress_callback_exceptions=True,
        update_title="",
        use_async=False,
        meta_tags=[{"name": "viewport", "content": "width=device-width, initial-scale=1"}],
    )
    app.site = site
    app.layout = html.Div([dcc.Location(id="address", refresh=False), html.Div(id="page")])

    @app.callback(
        Output("page", "children"), Input("address", "pathname"), Input("address", "search"), permit=SIGNED_IN
    )
    def show(path: str | None, query: str | None) -> html.Div:
        address = address_of(path or "/", query or "", site.model)
        reader = NO_READER if desk is None else desk.reader()
        if address.page == "desk" and desk is not None:
            page = desk.page(address.name, dict(parse_qsl((query or "").lstrip("?"))), address.language)
            return page or missing_page(site.model, site.board(), address.language, "page", path or "/", reader)
        if address.page == "home" and desk is not None:
            alarms = desk.alarms(address.language)
            return index_page(
                site.model, site.board(), address.language, alarms=alarms, reader=reader, alerts=site.alerts()
            )
        return page_of(address, site, stories, reader, pinned)

    add_events(app, site, stories)
    add_moved(app, site, stories)
    return app


def add_events(app: PageApp, site: Site, stories: Stories) -> None:
    """Fill the events of an explain page once it stands, and add older ones when asked."""

    @app.callback(
        Output("events-rows", "children"),
        Output("events-foot", "children"),
        Output("events-older", "children"),
        Output("events-older", "hidden"),
        Output("events-cursor", "data"),
        Input("events-of", "data"),
        Input("events-older", "n_clicks"),
        State("events-cursor", "data"),
        permit=EXPLAIN,
        running=[
            (Output("events-card", "className"), LOADING, READ),
            (Output("events-older", "disabled"), True, False),
        ],
    )
    def events(of: dict[str, str], _: int, cursor: str | None) -> tuple[Any, ...]:
        words = Words.of(language_or(of["language"], site.model.language))
        try:
            page = stories.events_behind(of["unit"], of["kpi"], cursor, words.language)
        except (LogUnavailable, StoreUnavailable) as outage:
            return no_update, events_failed(words, str(outage)), button_text(words, failed=True), False, cursor
        shown = event_rows(site.model, site.board(), words.language, page)
        rows: Any = shown
        if cursor is not None:
            rows = Patch()
            rows.extend(shown)
        foot = events_foot(words, page, first=cursor is None)
        return rows, foot, button_text(words, failed=False), not page.has_more, page.cursor


def add_moved(app: PageApp, site: Site, stories: Stories) -> None:
    """Work out what moved a unit's score since the end of the period that the reader picks."""

    @app.callback(
        Output("moved-body", "children"),
        Input("moved-since", "value"),
        State("moved-of", "data"),
        permit=VIEW,
        running=[(Output("moved-body", "className"), MOVED_LOADING, MOVED_READ)],
        prevent_initial_call=True,
    )
    def moved(kind: PeriodKind, of: dict[str, str]) -> list[html.Div]:
        found = lookup(site.model, site.board(), language_or(of["language"], site.model.language))
        if kind not in SINCE or of["unit"] not in found.units:
            return moved_body(found, SINCE[0], None)
        try:
            return moved_body(found, kind, stories.moved_since(of["unit"], kind))
        except (LogUnavailable, StoreUnavailable) as outage:
            return moved_failed(found, str(outage))


def page_of(
    address: Address, site: Site, stories: Stories, reader: Reader = NO_READER, pinned: PinnedAt = no_pinned
) -> html.Div:
    """The page of an address; an address that leads nowhere gets the list of those that do."""
    model, board = site.model, site.board()
    if not exists(address, model):
        return missing_page(model, board, address.language, *_missing(address, model), reader)
    if address.page == "explain":
        return explain_page_of(address, site, stories, reader, pinned)
    return index_page(model, board, address.language, reader=reader)


def _missing(address: Address, model: Model) -> tuple[str, str]:
    """What an address asks for that does not exist: its kind and its id."""
    if address.page == "explain" and any(unit.id == address.name for unit in model.units):
        return "kpi", address.kpi
    return {"wall": "scene", "explain": "unit"}.get(address.page, "page"), address.name


def explain_page_of(
    address: Address, site: Site, stories: Stories, reader: Reader, pinned: PinnedAt = no_pinned
) -> html.Div:
    """The explain page of a unit or a KPI; a KPI that does not stand at the unit is missing."""
    model, board = site.model, site.board()
    found = lookup(model, board, address.language, reader=reader)
    if not address.kpi:
        return explain_unit_page(found, address.name, stories.explain_unit(address.name))
    told = stories.explain_kpi(address.name, address.kpi)
    if told is None and reader.withheld.isdisjoint({address.name}):
        return missing_page(model, board, address.language, "kpi", address.kpi, reader)
    if told is None:
        return withheld_kpi_page(found, address.name, address.kpi)
    shows_events = stories.shows_events(address.name, address.kpi)
    return explain_kpi_page(found, told, shows_events, pinned(address.name, address.kpi))


def content_security_policy(app: Dash) -> str:
    """The policy that the pages work under; ask after all callbacks are declared."""
    scripts = " ".join(["'self'", *app.csp_hashes()])
    return "; ".join(f"{name} {value}" for name, value in {**CONTENT_SECURITY, "script-src": scripts}.items())
