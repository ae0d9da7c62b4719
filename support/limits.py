"""How often something may happen, counted over all doors by the same keys.

In memory for one process, in Redis when there are several. If the counter cannot be asked, a sensitive
act is refused rather than let through.
"""
import time

from flask import current_app
from limits import RateLimitItemPerDay, RateLimitItemPerHour, RateLimitItemPerMinute, RateLimitItemPerSecond
from limits.storage import storage_from_string
from limits.strategies import FixedWindowRateLimiter

from support.errors import TooMany, Unavailable


def init_app(app, settings) -> None:
    """One table of names; the numbers are settings."""
    waits = {"socket_timeout": 2, "socket_connect_timeout": 2} if settings.redis_url else {}
    storage = storage_from_string(settings.redis_url or "memory://", **waits)
    failures = RateLimitItemPerSecond(settings.sign_in_failures, settings.sign_in_window)
    app.extensions["limits"] = {
        "limiter": FixedWindowRateLimiter(storage),
        "sign_in": failures,
        "track": failures,
        "token": RateLimitItemPerMinute(20),
        "mail": RateLimitItemPerHour(settings.mails_per_hour),
        "sign_up": RateLimitItemPerHour(10),
        "message": RateLimitItemPerMinute(settings.messages_per_minute),
        "ticket": RateLimitItemPerHour(settings.tickets_per_hour),
        "callback": RateLimitItemPerDay(settings.callbacks_per_day),
        "confirmation": RateLimitItemPerDay(1),
        "search": RateLimitItemPerMinute(settings.searches_per_minute),
        "judgement": RateLimitItemPerMinute(30),
        "upload": RateLimitItemPerMinute(settings.uploads_per_minute),
        "upload_day": RateLimitItemPerDay(settings.upload_megabytes_per_day * 1024 * 1024),
    }


def hit(name: str, *keys, cost: int = 1) -> None:
    """Count one attempt (or what else is limited: `cost`) for each key against the named limit; raises TooMany once a key is over it.

    Every key is counted even when an earlier one is already over, so no key can hide behind another.
    """
    over = [key for key in _keys(keys) if not _ask("hit", name, key, cost=cost)]
    if over:
        raise TooMany(retry_after=_seconds(name, over[0]))


def check(name: str, *keys, cost: int = 1) -> None:
    """Raise TooMany if a key is already over the limit, or would be by that much more; counts nothing."""
    for key in _keys(keys):
        if not _ask("test", name, key, cost=cost):
            raise TooMany(retry_after=_seconds(name, key))


def clear(name: str, *keys) -> None:
    """Forget the count of these keys, after a success that proves the person."""
    for key in _keys(keys):
        _ask("clear", name, key)


def _keys(keys) -> list[str]:
    return [str(key).strip().lower() for key in keys if key not in (None, "")]


def _ask(verb: str, name: str, key: str, **how):
    table = current_app.extensions["limits"]
    try:
        return getattr(table["limiter"], verb)(table[name], name, key, **how)
    except Exception as error:  # the storage's own kinds of failure: any of them means "cannot be counted"
        raise Unavailable() from error


def _seconds(name: str, key: str) -> int:
    table = current_app.extensions["limits"]
    reset = table["limiter"].get_window_stats(table[name], name, key).reset_time
    return max(1, int(reset - time.time()))  # the storage counts in wall time, not in ours
