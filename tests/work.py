"""How much work something is, so that a bound holds on a slow and busy machine too."""

import gc
import time
from contextlib import contextmanager
from types import SimpleNamespace


@contextmanager
def work():
    """Yields something whose `seconds` say, afterwards, how long this thread itself computed.

    Waiting for others is not counted, nor is the collector: it walks over all that the tests before have left, which no server has.
    """
    spent, collects = SimpleNamespace(seconds=None), gc.isenabled()
    gc.disable()
    begun = time.thread_time()
    try:
        yield spent
    finally:
        spent.seconds = time.thread_time() - begun
        if collects:
            gc.enable()


def takes_less(seconds: float, act, tries: int = 3) -> bool:
    """Whether `act(number)` can be done with less work than this: what a neighbour on the same core adds is not the act's own."""
    for number in range(tries):
        with work() as spent:
            act(number)
        if spent.seconds < seconds:
            return True
    return False
