"""Telling people: through their channels, in their language, once; the substitute of who is away as far as they see."""

from __future__ import annotations

import datetime as dt

import pytest

from layouts.words import Words
from streams.redis_adapters.outbox import Outbox
from tests.server.teams import NOW_MS
from tests.support.signed_in import account
from wall.board_follower import BoardFollower
from wall.messages.channels import Channel, Channels
from wall.messages.message import Message, message_of
from wall.messages.messenger import Messenger
from wall.people.account import Absence
from wall.people.accounts import Accounts
from wall.people.entrance import open_entrance
from wall.sight.visible import Sights, Visible
from wall.wiring import Site

WORDS = Words.of("en")
TODAY = dt.date(2026, 3, 20)
CHANNELS = Channels({
    "app": Channel(id="app", url="json://127.0.0.1/{account}", personal=True),
    "mail": Channel(id="mail", url="mailto://smtp.example.com?to={email}&from=a@b.c", personal=True, kinds=["due"]),
    "group": Channel(id="group", url="json://127.0.0.1/", unit="company"),
})  # fmt: skip


@pytest.fixture
def accounts(site: Site) -> Accounts:
    return open_entrance(site).accounts


@pytest.fixture
def messenger(site: Site, accounts: Accounts, outbox: Outbox) -> Messenger:
    applied = site.store.model()
    assert applied is not None
    follower = BoardFollower(site, applied, "test")
    return Messenger(follower, Sights(), accounts, CHANNELS, outbox, "https://kpi.example.com/")


def _title(words: Words, seen: Visible) -> str:
    return f"{words('message.open')} red" if seen.has_unit("red") else ""


def _text(words: Words, seen: Visible) -> str:
    return ",".join(sorted(unit.id for unit in seen.model.units))


def _waiting(outbox: Outbox) -> list[Message]:
    return sorted((message_of(one) for one in outbox.contents()), key=lambda one: (one.recipient, one.channel))


def test_each_account_is_told_once_through_its_channels_in_its_language(
    site: Site, outbox: Outbox, accounts: Accounts, messenger: Messenger
) -> None:
    ann, bob = account(site, "lead@red"), account(site, "lead@red")
    accounts.change(ann.id, {"language": "zh-CN", "email": "ann@example.com"}, "test", WORDS)
    for _ in range(3):
        messenger.tell([ann.id, bob.id, ann.id], "due", _title, _text, "/phone/red", "action-1:due")
    made = {(one.recipient, one.channel): one for one in _waiting(outbox)}
    assert made.keys() == {(ann.id, "app"), (ann.id, "mail"), (bob.id, "app")}
    assert made[ann.id, "mail"].title == "打开 red"
    assert made[bob.id, "app"].title == "Open red"
    assert made[bob.id, "app"].link == "https://kpi.example.com/phone/red"
    assert made[bob.id, "app"].at_ms == NOW_MS
    messenger.tell([bob.id], "due", _title, _text, "/phone/red", "action-1:moved")
    assert len(_waiting(outbox)) == 4


def test_who_sees_nothing_of_it_is_disabled_or_unknown_is_not_told(
    site: Site, outbox: Outbox, accounts: Accounts, messenger: Messenger
) -> None:
    blue, gone = account(site, "lead@blue"), account(site, "lead@red")
    accounts.disable(gone.id, "test", WORDS)
    messenger.tell([blue.id, gone.id, "nobody"], "mentioned", _title, _text, "/", "note-1")
    assert _waiting(outbox) == []


def test_a_substitute_is_told_as_far_as_the_substitute_sees(
    site: Site, outbox: Outbox, accounts: Accounts, messenger: Messenger
) -> None:
    ann, bob, cat = account(site, "lead@company"), account(site, "lead@red"), account(site, "lead@blue")
    accounts.set_away(ann.id, Absence(TODAY, TODAY, bob.id), "test", WORDS)
    messenger.tell([ann.id], "assigned", _title, _text, "/", "action-2")
    (told,) = _waiting(outbox)
    assert (told.recipient, told.text) == (bob.id, "ann,bob,red")
    accounts.set_away(ann.id, Absence(TODAY, TODAY, cat.id), "test", WORDS)
    messenger.tell([ann.id], "assigned", _title, _text, "/", "action-3")
    assert len(_waiting(outbox)) == 1, "cat sees nothing of red"
    accounts.set_away(ann.id, Absence(TODAY + dt.timedelta(1), TODAY + dt.timedelta(2), cat.id), "test", WORDS)
    messenger.tell([ann.id], "assigned", _title, _text, "/", "action-4")
    assert {one.recipient for one in _waiting(outbox)} == {ann.id, bob.id}


def test_who_reads_for_two_people_is_told_what_each_was_told(
    site: Site, outbox: Outbox, accounts: Accounts, messenger: Messenger
) -> None:
    ann, bob = account(site, "lead@red"), account(site, "lead@red")
    accounts.set_away(ann.id, Absence(TODAY, TODAY, bob.id), "test", WORDS)
    messenger.tell([ann.id, bob.id], "mentioned", _title, _text, "/", "note-2")
    assert [one.recipient for one in _waiting(outbox)] == [bob.id], "one message, as it is the same matter"
