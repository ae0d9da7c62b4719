"""Long computations leave gevent's loop, so that one sign-in does not freeze everybody else."""
import time

import gevent
from gevent import monkey

AT_WORK, AWAY = 0.004, 0.002  # seconds a long computation works, and then leaves the interpreter to others
_sleep, _local = monkey.get_original("time", "sleep"), monkey.get_original("threading", "local")()


def offload(function, *args, **kwargs):
    """Run a function that computes for more than 20 ms; under gevent in a native thread, else right here."""
    if monkey.is_module_patched("threading"):
        return gevent.get_hub().threadpool.apply(function, args, kwargs)
    return function(*args, **kwargs)


def breathe():
    """Called again and again in a computation of seconds in a thread of its own: lets others have the interpreter from time to time.

    Whoever computes is asked to give it up only every five milliseconds, and a request needs it back after every statement.
    """
    at = time.perf_counter()
    if at - getattr(_local, "since", 0.0) < AT_WORK:
        return
    _sleep(AWAY)
    _local.since = time.perf_counter()
