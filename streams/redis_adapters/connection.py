"""The Redis client as everything here uses it: no silent retries, explicit protocol, our own exception."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

#: A command that takes longer is taken for a lost connection; blocking reads stay below it.
TIMEOUT_S = 5.0

#: A client. Its stubs mix the replies of sync and async clients, so replies are typed by the functions here instead.
Redis = Any


class StoreUnavailable(ConnectionError):
    """Redis can't be reached or can't write now; the caller backs off and tries again."""


def connect(url: str) -> Redis:
    """A client of the server at `url` (redis://host:port/db).

    Retries are off: a repeated write after a lost reply would count twice; callers repeat what is safe to repeat.
    """
    return redis.Redis.from_url(
        url,
        protocol=2,
        retry=Retry(NoBackoff(), 0),
        socket_timeout=TIMEOUT_S,
        socket_connect_timeout=2.0,
        health_check_interval=0,
        decode_responses=False,
    )


@contextmanager
def reaching() -> Iterator[None]:
    """Turn the client's failures into `StoreUnavailable`."""
    try:
        yield
    except (redis.ConnectionError, redis.TimeoutError, redis.BusyLoadingError) as error:
        raise StoreUnavailable(f"Redis can't be reached: {error}") from error
    except (redis.exceptions.OutOfMemoryError, redis.ReadOnlyError, redis.exceptions.MasterDownError) as error:
        # The client takes the word that tells these apart off their texts.
        raise StoreUnavailable(f"Redis can't serve now: {error}") from error
    except redis.ResponseError as error:
        if str(error).startswith(("LOADING", "READONLY", "MASTERDOWN", "UNBLOCKED", "MISCONF", "OOM")):
            raise StoreUnavailable(f"Redis can't serve now: {error}") from error
        raise


def text_map(found: Any) -> dict[str, str]:
    """A hash reply as text."""
    return {name.decode(): value.decode() for name, value in found.items()}
