"""The Dash app on a Flask server: landing page, walls and phone pages; frames come over the push route, not here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from importlib.resources import files
from typing import Any, Protocol
from urllib.parse import parse_qs, unquote

import flask
from dash import ClientsideFunction, Dash, Input, Output, dcc, html

from layouts.index_page import index_page, missing_page
from layouts.phone_page import phone_page
from layouts.wall_page import wall_page
from layouts.words import language_or
from scoring.board import Board
from scoring.definitions import Model
from scoring.forms import text_in

#: Styles are inline because Dash components set them; nothing is fetched from another host.
CONTENT_SECURITY = {
    "default-src": "'self'",
    "img-src": "'self' data:",
    "style-src": "'self' 'unsafe-inline'",
    "worker-src": "'self' blob:",
    "object-src": "'none'",
    "base-uri": "'self'",
    "frame-ancestors": "'self'",
}


class Site(Protocol):
    """What pages are made from; each is asked anew for every page."""

    @property
    def model(self) -> Model:
        """The model in force."""

    @property
    def version(self) -> str:
        """Model and software version: a page of another version reloads itself."""

    def board(self) -> Board:
        """The last board."""


@dataclass(frozen=True, slots=True)
class Address:
    """What a path asks for: home, wall or phone, and whose."""

    page: str
    name: str
    language: str


def address_of(path: str, query: str, model: Model) -> Address:
    """The address of a path and its query; an unknown path is a page of kind "missing"."""
    asked = parse_qs(query.lstrip("?")).get("lang", [None])[0]
    language = language_or(asked, model.language)
    match [unquote(part) for part in path.strip("/").split("/")]:
        case [""]:
            return Address("home", "", language)
        case ["wall" | "phone" as page, name]:
            return Address(page, name, language)
    return Address("missing", path, language)


class PageApp(Dash):
    """Dash with an index of our own: language, title and kind of page are right before any script runs."""

    site: Site

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
    """Whether the model has the scene or unit of the address."""
    if address.page == "wall":
        return any(scene.id == address.name for scene in model.scenes)
    if address.page == "phone":
        return any(unit.id == address.name for unit in model.units)
    return address.page == "home"


def page_title(address: Address, model: Model) -> str:
    """The title of the browser's tab."""
    titles: Mapping[str, Any] = {
        "wall": {scene.id: scene.title for scene in model.scenes},
        "phone": {unit.id: unit.title for unit in model.units},
    }.get(address.page, {})
    return text_in(titles.get(address.name, model.title), address.language)


def create_dash(server: flask.Flask, site: Site) -> Dash:
    """The app, mounted at the server's root."""
    app = PageApp(
        __name__,
        server=server,  # type: ignore[arg-type]
        assets_folder=str(files("layouts").joinpath("assets")),
        serve_locally=True,
        suppress_callback_exceptions=True,
        update_title="",
        use_async=False,
        meta_tags=[{"name": "viewport", "content": "width=device-width, initial-scale=1"}],
    )
    app.site = site
    app.layout = html.Div([dcc.Location(id="address", refresh=False), html.Div(id="page")])

    @app.callback(Output("page", "children"), Input("address", "pathname"), Input("address", "search"))
    def show(path: str | None, query: str | None) -> html.Div:
        return page_of(address_of(path or "/", query or "", site.model), site)

    figure = ClientsideFunction("kpiwall", "figure")
    app.clientside_callback(figure, Output("trend", "figure"), Input("frame", "data"))  # type: ignore[no-untyped-call]
    return app


def page_of(address: Address, site: Site) -> html.Div:
    """The page of an address; an address that leads nowhere gets the list of those that do."""
    model, board = site.model, site.board()
    if not exists(address, model):
        kind = {"wall": "scene", "phone": "unit"}.get(address.page, "page")
        return missing_page(model, board, address.language, kind, address.name)
    if address.page == "wall":
        return wall_page(model, board, address.name, address.language, site.version)
    if address.page == "phone":
        return phone_page(model, board, address.name, address.language, site.version)
    return index_page(model, board, address.language)


def content_security_policy(app: Dash) -> str:
    """The policy that the pages work under; ask after all callbacks are declared."""
    scripts = " ".join(["'self'", *app.csp_hashes()])
    return "; ".join(f"{name} {value}" for name, value in {**CONTENT_SECURITY, "script-src": scripts}.items())
