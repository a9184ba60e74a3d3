"""Notes and actions on phones: the page of one's own actions, and the steps that its forms send."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import flask
import msgspec

from layouts.followup.actions_page import actions_page
from layouts.followup.facts import MyActions
from layouts.followup.section import ACTIONS, STEPS
from layouts.words import Words, language_or
from streams.records import LogUnavailable
from streams.redis_adapters.connection import StoreUnavailable

from .followup.facts import FollowupPages
from .followup.items import ActionState, Anchor
from .people.viewer import Viewer, current_viewer
from .refusal import Refused

#: A page made of what a phone page is made of, as `PhonePages.whole` takes it.
Making = Callable[..., Any]


class _Asked(msgspec.Struct, frozen=True):
    """What a form says; each step takes its own part of it."""

    id: str = ""
    unit: str = ""
    kpi: str = ""
    alert: str = ""
    text: str = ""
    title: str = ""
    owner: str = ""
    due: str = ""
    state: ActionState | None = None
    outcome: str = ""
    reason: str = ""


class PhoneFollowup:
    """The routes; `whole` makes a phone page."""

    def __init__(self, pages: FollowupPages, whole: Callable[[Making], flask.Response], default: Callable[[], str]):
        self._pages = pages
        self._whole = whole
        self._default = default

    def add_to(self, server: flask.Flask) -> None:
        """Add the routes."""
        server.add_url_rule(ACTIONS, "phone actions", self.actions)
        server.add_url_rule(f"{STEPS}/<step>", "phone followup", self.step, methods=["POST"])

    def actions(self) -> flask.Response:
        """One's own actions."""
        viewer = current_viewer()
        mine = self._pages.mine(viewer) if viewer.kind == "person" else MyActions(self._pages.steps.today, 0)
        return self._whole(partial(actions_page, mine=mine))

    def step(self, step: str) -> flask.Response:
        """One step; what can't be taken is refused in words."""
        viewer = replace(current_viewer(), language=self._language())
        words = Words.of(viewer.language)
        steps: dict[str, Callable[[Viewer, _Asked], object]] = {
            "note": self._note, "action": self._action, "change": self._change, "withdraw": self._withdraw,
        }  # fmt: skip
        if step not in steps:
            return flask.make_response({"error": words("followup.refused.unknown")}, 404)
        try:
            asked = msgspec.json.decode(flask.request.get_data(), type=_Asked)
            steps[step](viewer, asked)
        except Refused as refused:
            return flask.make_response({"error": str(refused)}, 400)
        except (msgspec.DecodeError, ValueError):
            return flask.make_response({"error": words("followup.refused.form")}, 400)
        except (StoreUnavailable, LogUnavailable):
            return flask.make_response({"error": words("followup.away")}, 503)
        return flask.make_response({"done": True})

    def _note(self, viewer: Viewer, asked: _Asked) -> None:
        self._pages.steps.note(viewer, Anchor(asked.unit, asked.kpi), asked.text, alert=asked.alert)

    def _action(self, viewer: Viewer, asked: _Asked) -> None:
        anchor, due = Anchor(asked.unit, asked.kpi), dt.date.fromisoformat(asked.due)
        self._pages.steps.add_action(viewer, anchor, asked.title, asked.owner, due, alert=asked.alert)

    def _change(self, viewer: Viewer, asked: _Asked) -> None:
        self._pages.steps.change_action(
            viewer,
            asked.id,
            due=dt.date.fromisoformat(asked.due) if asked.due else None,
            owner=asked.owner or None,
            state=asked.state,
            outcome=asked.outcome,
            reason=asked.reason,
        )

    def _withdraw(self, viewer: Viewer, asked: _Asked) -> None:
        self._pages.steps.withdraw(viewer, asked.id)

    def _language(self) -> str:
        own = language_or(current_viewer().language, self._default())
        return language_or(flask.request.args.get("lang"), own)
