"""Announcements for a unit: those made for it or for one above it, newest first, until they end."""

from __future__ import annotations

from collections.abc import Sequence

from scoring.scenes import AnnouncementsTile

from . import moments
from .lookup import Announcement, Lookup, ShownScene, View
from .room import Room, Slots, filling, rooms, slots

#: An announcement keeps this size if it can; smaller only if it stands alone.
SIZES, SMALLEST = (56, 48, 40, 34, 28, 24), (20, 18)
#: Padding at the sides, above and below; the head from this height on; author and end with the gap below, in u.
SIDES, ENDS, HEAD, TALL = 56, 28, 40, 220
META, LEAST = 44, 34


def announcement_slots(tile: AnnouncementsTile) -> Slots:
    """How many there is room for at most."""
    return slots(tile, ENDS + HEAD, META + LEAST)


def announcements_view(found: Lookup, scene: ShownScene, tile: AnnouncementsTile) -> View:
    """The keys under `ann.*` and one set per slot, `ann.0.*` and so on."""
    every = _standing(found, scene)
    count, size = _fit([one.text for one in every], tile)
    view: View = {
        "ann.title": found.words("ann.title"),
        "ann.none": not every,
        "ann.size": str(size),
        "ann.more": found.words("list.more", n=len(every) - count) if len(every) > count else "",
    }
    for index in range(announcement_slots(tile).most):
        view |= _slot(found, every[index] if index < count else None, f"ann.{index}")
    return view


def _standing(found: Lookup, scene: ShownScene) -> list[Announcement]:
    above, now = set(found.line_up(scene.unit)), found.board.as_of_ms
    standing = [one for one in found.announcements if one.unit in above and one.from_ms <= now]
    standing = [one for one in standing if one.until_ms is None or one.until_ms > now]
    return sorted(standing, key=lambda one: (-one.from_ms, one.text))


def _fit(texts: Sequence[str], tile: AnnouncementsTile) -> tuple[int, int]:
    """How many of the newest are shown, and at which size: the same on either wall."""
    spaces = [_space(room) for room in rooms(tile)]
    for count in range(min(len(texts), announcement_slots(tile).least), 0, -1):
        sizes = SIZES if count > 1 else SIZES + SMALLEST
        fit = [filling(texts[:count], sizes, space.width, space.height / count - META) for space in spaces]
        if all(fit):
            return count, min(size for size in fit if size)
    return min(len(texts), 1), SMALLEST[-1]


def _space(room: Room) -> Room:
    return Room(room.width - SIDES, room.height - ENDS - (HEAD if room.height >= TALL else 0))


def _slot(found: Lookup, announcement: Announcement | None, prefix: str) -> View:
    if announcement is None:
        return {f"{prefix}.shown": False, f"{prefix}.text": "", f"{prefix}.author": "", f"{prefix}.until": ""}
    until = announcement.until_ms
    return {
        f"{prefix}.shown": True,
        f"{prefix}.text": announcement.text,
        f"{prefix}.author": announcement.author,
        f"{prefix}.until": "" if until is None else found.words("ann.until", time=_moment(found, until)),
    }


def _moment(found: Lookup, ms: int) -> str:
    return moments.clock(ms, found.zone, found.board.as_of_ms, found.words)
