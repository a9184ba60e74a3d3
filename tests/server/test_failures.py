"""A page or an answer that fails says so in words and tells nothing of its insides."""

from __future__ import annotations

import flask
import pytest

from layouts.words import Words
from tests.server.teams import teams
from wall.failures import add_failures


@pytest.mark.parametrize(("language", "accept"), [("en", "text/html"), ("zh-CN", "text/html"), ("en", "*/*")])
def test_what_nobody_expected_is_told_in_words(language: str, accept: str) -> None:
    server, model = flask.Flask("failing"), teams()
    add_failures(server, lambda: model, lambda title, text, language: f"<html lang={language}>{title}: {text}")

    @server.get("/broken")
    def broken() -> str:
        raise KeyError("a secret of the insides")

    scope = {"path": "/broken", "headers": [(b"accept", accept.encode())]}
    answer = server.test_client().get(f"/broken?lang={language}", environ_overrides={"asgi.scope": scope})
    content = answer.get_data(as_text=True)
    assert answer.status_code == 500
    assert Words.of(language)("people.no.failed") in (answer.json["error"] if answer.is_json else content)
    assert answer.is_json == (accept == "*/*")
    assert "secret" not in content
