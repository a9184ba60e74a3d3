"""What went wrong in a page or an answer of our own: told in words, and in full in the server's log."""

from __future__ import annotations

from collections.abc import Callable

import flask

from layouts.words import Words, language_or
from scoring.definitions import Model

from .people.refusals import Page, is_page, json
from .people.requests import Headers
from .people.viewer import current_viewer


def add_failures(server: flask.Flask, model: Callable[[], Model], page: Page) -> None:
    """Answer what no code expected; Flask has logged it by then. `page` makes a page of title, text and language."""

    @server.errorhandler(500)
    def failed(_: Exception) -> tuple[str, int, dict[str, str]]:
        scope = flask.request.environ.get("asgi.scope", {"path": flask.request.path, "headers": []})
        words = Words.of(language_or(flask.request.args.get("lang"), current_viewer().language or model().language))
        if is_page(scope, Headers(scope)):
            return page(words("people.no.failed.title"), words("people.no.failed"), words.language), 500, {}
        answer = json(500, words("people.no.failed"))
        return bytes(answer.body).decode(), 500, {"Content-Type": "application/json"}
