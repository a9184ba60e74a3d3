"""A process that delivers a site's outbox until it is killed: redis URL, site, file of channels."""

from __future__ import annotations

import sys
import time

from wall.messages.channels import open_channels
from wall.messages.delivery import Delivery
from wall.people.entrance import real_ms
from wall.settings import Settings
from wall.wiring import open_site


def main(redis: str, name: str, file: str) -> None:
    """Deliver for ever."""
    site = open_site(Settings(site=name, redis=redis, topic=name, group=name, partitions=2, channels=file))
    delivery = Delivery(site, open_channels(file))
    print("ready", flush=True)  # noqa: T201
    while True:
        delivery.run_once(real_ms())
        time.sleep(0.01)


if __name__ == "__main__":
    main(*sys.argv[1:])
