"""The fleet as it is known at a moment, and what it tells each screen of itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from layouts.lookup import View

from .fleet import Register, Screen
from .remote import Remote


@dataclass(frozen=True, slots=True)
class Held:
    """Decisions and wishes; `move` is the address that all screens are sent to, if any."""

    register: Register = field(default_factory=Register)
    remotes: Mapping[str, Remote] = field(default_factory=dict)
    move: str = ""

    def frames(self) -> dict[str, View]:
        """What each screen is told of itself."""
        return {one.id: self.frame(one) for one in self.register.screens.values()}

    def frame(self, screen: Screen) -> View:
        """What a screen is told of itself."""
        remote = self.remotes.get(screen.id, Remote())
        return {
            "id": screen.id,
            "name": screen.name,
            "place": screen.place,
            "unit": screen.unit,
            "playlist": screen.playlist,
            "language": screen.language,
            "theme": screen.theme,
            "margin": screen.margin,
            "hold": bool(remote.hold),
            "step": remote.step,
            "goto": {"key": remote.key, "number": remote.number},
            "reload": remote.reload,
            "identify_until": remote.identify_until,
            "move": self.move or None,
            "revoked": screen.revoked_ms is not None,
        }

    def changed(self, before: Held) -> set[str]:
        """The ids of screens that are told something else than before."""
        was, now = before.frames(), self.frames()
        return {name for name in was.keys() | now.keys() if was.get(name) != now.get(name)}
