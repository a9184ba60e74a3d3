"""Channels over HTTP: what there is, and the test button."""

from __future__ import annotations

from typing import Any

import flask

from layouts.words import Words
from streams.records import LogUnavailable
from streams.redis_adapters.connection import StoreUnavailable
from wall.people.permits import api_for
from wall.people.viewer import current_viewer, language_for
from wall.refusal import Refused

from .channels import Channel
from .permits import CHANNELS
from .testing import ChannelTest


def add_channel_routes(server: flask.Flask, test: ChannelTest) -> None:
    """Add `GET /api/v1/channels` and `POST /api/v1/channels/NAME/test`."""

    @server.get("/api/v1/channels")
    @api_for(CHANNELS)
    def channels() -> flask.Response:
        return flask.jsonify(channels=[shown(one) for one in test.channels])

    @server.post("/api/v1/channels/<name>/test")
    @api_for(CHANNELS)
    def test_channel(name: str) -> tuple[flask.Response, int]:
        asked = flask.request.get_json(silent=True)
        to = asked.get("to", "") if isinstance(asked, dict) else ""
        words = Words.of(language_for(flask.request.args.get("lang"), "en"))
        try:
            attempt = test.send(name, str(to), current_viewer(), words)
        except Refused as refused:
            return flask.jsonify(error=str(refused)), 400 if test.channels.get(name) else 404
        except (StoreUnavailable, LogUnavailable):
            return flask.jsonify(error=words("people.away")), 503
        return flask.jsonify(outcome=attempt.outcome, error=attempt.error), 200 if attempt.outcome == "sent" else 502


def shown(channel: Channel) -> dict[str, Any]:
    """A channel without its address and secrets."""
    return {
        "name": channel.id,
        "address": channel.shown,
        "personal": channel.personal,
        "unit": channel.unit,
        "kinds": list(channel.kinds),
        "least": channel.least,
        "rate": channel.rate,
        "language": channel.language,
    }
