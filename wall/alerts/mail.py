"""Messages of alerts: each made from what its recipient sees, for each of the recipient's channels."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from layouts.alerts.facts import AlertFact
from layouts.words import language_or
from scoring.alerts.record import Record
from scoring.alerts.rules import SEVERITIES
from wall.messages.channels import Channel, Channels
from wall.messages.message import Message, message_id
from wall.messages.texts import alert_message
from wall.messages.view import FollowedBoard
from wall.people.account import People
from wall.people.entrance import real_ms
from wall.people.reach import viewer_of
from wall.sight.look import WHOLE
from wall.sight.visible import Sights, Visible

from .handling import UNTOUCHED, Handled
from .planning import Telling
from .recipients import CHANNEL
from .shown import fact_of
from .sight import sees_alert


@dataclass(slots=True)
class Mail:
    """What a plan tells, as messages; a telling without a channel, or of nothing that is seen, reaches nobody."""

    view: FollowedBoard
    sights: Sights
    channels: Channels
    people: People
    handled: Mapping[str, Handled]
    public_url: str
    now_ms: int
    messages: list[Message] = field(default_factory=list)

    def reach(self, telling: Telling) -> Iterable[str]:
        """Make the messages of a telling; the ids of the alerts that they tell of."""
        facts = self._facts(telling)
        made = [one for channel in self._channels(telling, facts) if (one := self._message(telling, facts, channel))]
        self.messages += made
        return sorted({alert for one in made for alert in one.alerts})

    def _facts(self, telling: Telling) -> list[AlertFact]:
        visible = self._visible(telling.recipient)
        if visible is None:
            return []
        return [self._fact(one, telling, visible) for one in telling.alerts if _seen(visible, one)]

    def _fact(self, record: Record, telling: Telling, visible: Visible) -> AlertFact:
        folded = sum(_seen(visible, one) for one in telling.folded.get(record.alert.id, ()))
        return fact_of(record, self.handled.get(record.alert.id, UNTOUCHED), self.now_ms, folded)

    def _visible(self, recipient: str) -> Visible | None:
        model = self.view.applied.model
        if recipient.startswith(CHANNEL):
            group = self.channels.group(recipient.removeprefix(CHANNEL))
            return None if group is None else self.sights.visible(model, group.sight, self.now_ms)
        account = self.people.accounts.get(recipient)
        if account is None or account.disabled:
            return None
        viewer = viewer_of(account, self.sights.visible(model, WHOLE, self.now_ms))
        return self.sights.visible(model, viewer.sight(), self.now_ms)

    def _channels(self, telling: Telling, facts: list[AlertFact]) -> Iterator[Channel]:
        """The ways to a recipient that take messages of this kind and severity."""
        severity = worst(facts)
        if not facts:
            return
        if telling.recipient.startswith(CHANNEL):
            group = self.channels.group(telling.recipient.removeprefix(CHANNEL))
            yield from [group] if group is not None and group.tells(telling.kind, severity) else []
        else:
            yield from self.channels.of(self.people.accounts[telling.recipient], telling.kind, severity)

    def _message(self, telling: Telling, facts: list[AlertFact], channel: Channel) -> Message | None:
        visible = self._visible(telling.recipient)
        if visible is None:
            return None
        account = self.people.accounts.get(telling.recipient)
        language = language_or(channel.language, self.view.applied.model.language)
        language = language_or(account.language if account is not None else "", language)
        board = self.view.board()
        draft = alert_message(telling.kind, facts, visible, board, language, self.now_ms, self.public_url)
        if draft is None:
            return None
        ids = sorted(draft.alerts)
        return Message(
            id=message_id("alert", telling.kind, telling.recipient, channel.id, telling.name, *ids),
            kind=telling.kind, recipient=telling.recipient, channel=channel.id, severity=worst(facts),
            title=draft.title, text=draft.text, link=draft.link, at_ms=self.now_ms, made_ms=real_ms(),
            language=language, alerts=tuple(ids),
        )  # fmt: skip


def worst(facts: Iterable[AlertFact]) -> str:
    """The worst severity of some alerts."""
    return max((one.severity for one in facts), key=lambda one: SEVERITIES.index(one), default=SEVERITIES[0])


def _seen(visible: Visible, record: Record) -> bool:
    return sees_alert(visible, record.alert.key, record.of)
