"""Tells accounts something through their channels; who is away is stood in for, who sees nothing of it is not told."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from layouts.words import Words, language_or
from scoring.calendar import BusinessCalendar
from streams.redis_adapters.outbox import Outbox
from wall.people.absence import stand_in
from wall.people.account import Account
from wall.people.accounts import Accounts
from wall.people.entrance import real_ms
from wall.people.reach import viewer_of
from wall.sight.look import WHOLE
from wall.sight.visible import Sights, Visible

from .channels import Channels
from .message import Message, MessageKind, message_id
from .view import FollowedBoard

#: What a text is made of for one reader: words and what the reader sees. Nothing means that they are not told.
TextOf = Callable[[Words, Visible], str]


class Messenger:
    """Puts messages to people into the outbox. `public_url` is where links lead."""

    def __init__(
        self, view: FollowedBoard, sights: Sights, accounts: Accounts, channels: Channels, outbox: Outbox,
        public_url: str = "",
    ) -> None:  # fmt: skip
        self._view = view
        self._sights = sights
        self._accounts = accounts
        self._channels = channels
        self._outbox = outbox
        self._public_url = public_url.rstrip("/")

    def tell(
        self, accounts: Sequence[str], kind: MessageKind, title_of: TextOf, text_of: TextOf, link: str, about: str
    ) -> None:
        """Put a message for each account into the outbox, for each of its channels one.

        `about` names the matter: the same for the same one, which is told once, however often this is called. `link` is
        a path of this server.
        """
        made = [
            one for name in dict.fromkeys(accounts) for one in self._made(name, kind, title_of, text_of, link, about)
        ]
        self._outbox.put([one.parcel for one in made])

    def _made(
        self, name: str, kind: MessageKind, title_of: TextOf, text_of: TextOf, link: str, about: str
    ) -> Iterator[Message]:
        account = self._reader(name)
        if account is None:
            return
        visible = self.visible(account)
        for channel in self._channels.of(account, kind):
            language = self.language(account, channel.language)
            title = title_of(Words.of(language), visible)
            if title:
                named = message_id(about, kind, account.id, channel.id)
                yield Message(
                    id=named, kind=kind, recipient=account.id, channel=channel.id, severity="info", title=title,
                    text=text_of(Words.of(language), visible), link=self._public_url + link,
                    at_ms=self._view.now_ms(), made_ms=real_ms(), language=language,
                )  # fmt: skip

    def _reader(self, name: str) -> Account | None:
        """Who reads what is meant for an account today."""
        people = self._accounts.people()
        found = people.accounts.get(name)
        if found is None or found.disabled:
            return None
        calendar = BusinessCalendar(self._view.applied.model.calendar)
        return stand_in(found, people, calendar.business_date(self._view.now_ms()))

    def visible(self, account: Account) -> Visible:
        """What an account sees today."""
        model, now_ms = self._view.applied.model, self._view.now_ms()
        viewer = viewer_of(account, self._sights.visible(model, WHOLE, now_ms))
        return self._sights.visible(model, viewer.sight(), now_ms)

    def language(self, account: Account, channel: str) -> str:
        """The language of an account's messages: its own, else that of the channel, else the model's."""
        return language_or(account.language, language_or(channel, self._view.applied.model.language))
