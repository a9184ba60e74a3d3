"""What channels need of whoever asks; the log of deliveries, too, as it tells who was sent what and when."""

from __future__ import annotations

from scoring.roles import Capability
from wall.people.permits import Permit

#: A channel reaches people whatever units they are of: who tests one manages all of them.
CHANNELS = Permit((Capability.MANAGE_USERS,), whole=True)
