"""What an account or a token may see and do, under the roles and in the tree of the day."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from scoring.roles import Capability
from wall.sight.look import Look, Sight, sights_of
from wall.sight.tree import Tree
from wall.sight.visible import Visible

from .account import Account, ApiToken
from .viewer import Viewer

_KEPT = 20_000


def viewer_of(account: Account, day: Visible, session: str = "") -> Viewer:
    """The viewer that somebody is; `day` is the edition of the day with nothing hidden."""
    sights = _sights(account, day)
    return Viewer(
        "person", account.id, account.name, sights, account.unit, account.person, account.language, session
    )  # fmt: skip


def token_viewer(token: ApiToken, account: Account, day: Visible) -> Viewer:
    """The viewer that a token is: its account, narrowed to what the token is for."""
    able = {
        capability: narrowed(sight, token.unit, day.tree) if token.unit else sight
        for capability, sight in _sights(account, day).items()
        if capability in token.capabilities
    }
    seen = {capability: sight for capability, sight in able.items() if sight.looks}
    return Viewer("token", token.id, token.title, seen, account.unit, account.person, account.language)


def _sights(account: Account, day: Visible) -> Mapping[Capability, Sight]:
    return sights_of(day.model.roles, account.grants, account.unit, account.person)


def narrowed(sight: Sight, unit: str, tree: Tree) -> Sight:
    """What a sight shows of a unit and what is below it; whoever holds the token sees the rest beside it."""
    if unit not in tree.units:
        return Sight()
    looks = frozenset(one for look in sight.looks for one in _within(look, unit, tree))
    return Sight(looks, frozenset() if sight.whole else (sight.looks | sight.beside) - looks)


def _within(look: Look, unit: str, tree: Tree) -> Iterator[Look]:
    if not look.unit:
        yield Look(unit, "everything", look.tags)
        return
    if look.unit not in tree.units:
        return
    above = tree.above(unit)
    if look.unit == unit or unit in tree.above(look.unit):
        yield look
    elif look.unit in above and look.depth == "everything":
        yield Look(unit, "everything", look.tags)
    elif above and above[0] == look.unit and look.depth == "children":
        yield Look(unit, "total", look.tags)


@dataclass(frozen=True, slots=True)
class _Made:
    account: Account
    token: ApiToken | None
    day: Visible
    viewer: Viewer


class Viewers:
    """Viewers, made once while account, token and edition are the same; for any number of threads."""

    def __init__(self, day: Callable[[], Visible]) -> None:
        self._day = day
        self._made: OrderedDict[tuple[str, str, str], _Made] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, account: Account, token: ApiToken | None = None, session: str = "") -> Viewer:
        """The viewer that an account is in a session, or by a token."""
        day, key = self._day(), (account.id, token.id if token is not None else "", session)
        made = self._made.get(key)
        if made is not None and made.account is account and made.token is token and made.day is day:
            return made.viewer
        viewer = viewer_of(account, day, session) if token is None else token_viewer(token, account, day)
        with self._lock:
            self._made[key] = _Made(account, token, day, viewer)
            if len(self._made) > _KEPT:
                self._made.popitem(last=False)
        return viewer
