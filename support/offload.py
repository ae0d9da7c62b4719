"""Long computations leave gevent's loop, so that one sign-in does not freeze everybody else."""
import gevent
from gevent import monkey


def offload(function, *args, **kwargs):
    """Run a function that computes for more than 20 ms; under gevent in a native thread, else right here."""
    if monkey.is_module_patched("threading"):
        return gevent.get_hub().threadpool.apply(function, args, kwargs)
    return function(*args, **kwargs)
