"""A company whose people write: accounts by role, the board of a moment, and steps, ledger and reminders of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from layouts.words import Words
from scoring.board import Board
from streams.redis_adapters.outbox import Outbox
from streams.redis_adapters.site import AppliedModel
from streams.redis_adapters.told import ToldStore
from tests.desk.counted_site import board_at
from tests.server.teams import MARCH, NOW_MS, company, count, teams
from wall.followup.ledger import Ledger
from wall.followup.reminders import Reminders
from wall.followup.steps import FollowupSteps
from wall.messages.channels import Channel, Channels
from wall.messages.messenger import Messenger
from wall.people.accounts import Accounts
from wall.people.entrance import open_entrance
from wall.people.reach import viewer_of
from wall.people.viewer import Viewer
from wall.sight.look import WHOLE
from wall.sight.visible import Sights
from wall.wiring import Site

_WORDS = Words.of("en")
ROLES = [
    {"id": "lead", "title": "Lead", "scope": "subtree", "capabilities": ["view", "note", "assign"]},
    {"id": "worker", "title": "Worker", "scope": "own_person", "capabilities": ["view", "note"]},
    {"id": "reader", "title": "Reader", "scope": "subtree", "capabilities": ["view"]},
    {"id": "counter", "title": "Counter", "scope": "list", "units": ["red"], "kpi_tags": ["quality"],
     "capabilities": ["view", "note"]},
]  # fmt: skip
#: Account, title, grants, unit, person.
PEOPLE = (
    ("eve", "Eve", ["admin"], "", ""),
    ("rita", "Rita Red", ["lead"], "red", ""),
    ("bert", "Bert Blue", ["lead"], "blue", ""),
    ("ann", "Ann", ["worker"], "red", "ann"),
    ("max", "马克斯", ["reader"], "red", ""),
    ("tom", "Tom", ["counter"], "", ""),
)


@dataclass
class Stage:
    """The company; `now_ms` moves when the test says so."""

    site: Site
    applied: AppliedModel
    made: Board
    ms: int = NOW_MS
    sights: Sights = field(default_factory=Sights)

    def __post_init__(self) -> None:
        self.accounts: Accounts = open_entrance(self.site).accounts
        self.ledger = Ledger(self.site.journal)
        self.steps = FollowupSteps(self.site, self, self.sights, self.accounts, self.ledger)
        self.outbox = Outbox(self.site.redis, self.site.settings.site)

    def board(self) -> Board:
        """The last board."""
        return self.made

    def now_ms(self) -> int:
        """Business time."""
        return self.ms

    def viewer(self, name: str) -> Viewer:
        """An account as it would be signed in."""
        day = self.sights.visible(self.applied.model, WHOLE, self.ms)
        return viewer_of(self.accounts.people().accounts[name], day)

    def reminders(self) -> Reminders:
        """Reminders as a service that has just begun has them, with one channel that reaches everybody."""
        hook = Channel(id="hook", url="json://127.0.0.1:9/{account}", personal=True)
        messenger = Messenger(self, self.sights, self.accounts, Channels({"hook": hook}), self.outbox)
        marks = ToldStore(self.site.redis, self.site.settings.site)
        return Reminders(self, self.sights, self.accounts, Ledger(self.site.journal), messenger, marks)


@contextmanager
def staged() -> Iterator[Stage]:
    """The company on Friday, 20 March 2026, at noon."""
    kpis = [one.model_dump(mode="json", by_alias=True, exclude_unset=True) for one in teams().kpis]
    kpis = [{**one, "tags": ["quality"] if one["id"] == "quality" else []} for one in kpis]
    calendar = {"zone": "UTC", "working_days": ["mon", "tue", "wed", "thu", "fri"]}
    with company(teams(roles=ROLES, kpis=kpis, calendar=calendar)) as site:
        count(site, MARCH)
        loaded = board_at(site, NOW_MS)
        accounts = open_entrance(site).accounts
        for name, title, grants, unit, person in PEOPLE:
            accounts.add(name, {"title": title, "grants": grants, "unit": unit, "person": person}, "test", _WORDS)
        yield Stage(site, loaded.applied, loaded.board())
