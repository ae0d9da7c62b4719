"""How gunicorn serves Switchboard, from the product's settings: `gunicorn -c gunicorn.conf.py`, or `flask --app wsgi serve`.

Default size: one worker with threads. Grown: gevent workers. See docs/configuration.md.
"""
import _thread
import gc
import signal
import sys
from pathlib import Path

from support.handover import Handover
from support.settings import Settings

_settings = Settings.from_env()

wsgi_app = "wsgi:create_app()"
pythonpath = str(Path(__file__).resolve().parent)
bind = f"[{_settings.host}]:{_settings.port}" if ":" in _settings.host else f"{_settings.host}:{_settings.port}"
workers = _settings.workers
proc_name = "switchboard"

if _settings.async_mode == "gevent":
    worker_class = "support.green.Worker"
    worker_connections = _settings.socket_places + 2000  # pages must always find room beside the sockets
else:
    worker_class = "support.threads.Worker"
    threads = _settings.socket_places + _settings.waiting_places + 36  # an open socket keeps a thread, and so does whoever waits for his turn; pages must always find a free one

timeout = 60
# Default size: open sockets are told to move at once, and nothing else takes that long. Grown: they are told one after the other, and whoever uploads may finish.
graceful_timeout = 2 if _settings.async_mode == "threading" else 28
keepalive = 5
limit_request_line = 8190
accesslog = None  # it would hold addresses of people; requests are counted in /metrics, refusals and failures logged with the id of the request
loglevel = "warning"
control_socket_disable = True  # nobody steers it that way


# The workers import the program themselves, so that SIGHUP brings a new version of it; what the master knows of it would be older.
for _name in [name for name in sys.modules if name.partition(".")[0] == "support"]:
    del sys.modules[_name]


def on_starting(server):
    """What the master shares with its workers."""
    server.handover = Handover()


def pre_fork(server, worker):
    """A worker is about to start; until it serves, older ones do not end."""
    server.handover.starts(worker.age)
    worker.handover = server.handover


def post_fork(server, worker):
    """Until everything is loaded, nothing could be thrown away: looking for it would be a fifth of the start."""
    gc.disable()


def post_worker_init(worker):
    """Start the loops of this process, see to an orderly end, and spare the collector what lives for ever."""
    from support.web import background  # only in the worker: gevent must have patched the world before

    background.start(worker.wsgi)
    worker.handover.serves(worker.age)
    _at(signal.SIGTERM, lambda end: _leave(worker, background, end))
    for number in (signal.SIGINT, signal.SIGQUIT):
        _at(number, lambda end: background.stop(worker.wsgi), wait=False)
    gc.collect()
    gc.freeze()
    gc.set_threshold(5000, 20, 20)
    gc.enable()


def worker_exit(server, worker):
    """Give the loops that do work the time to finish what they have begun, and to give back the rest."""
    from support.web import background

    if worker.booted:
        background.finish(worker.wsgi, 1)


def _leave(worker, background, end):
    """First the new workers must serve; then sockets move and nothing new is taken, and what is in hand is finished."""
    worker.handover.wait_for_younger(worker.age)
    _thread.start_new_thread(background.stop, (worker.wsgi,))
    end()


def _at(number, action, wait=True):
    """Call `action(end)` when a signal comes, once; `end()` is gunicorn's own handler, called right away unless the action does it (`wait`).

    In a thread of its own, since a handler may not wait; the plain call, since `Thread.start` itself waits, which gevent forbids here.
    """
    former, seen = signal.getsignal(number), []

    def handler(received, frame):
        if not seen:
            seen.append(received)
            _thread.start_new_thread(action, (lambda: former(received, frame),))
        if not wait:
            former(received, frame)

    signal.signal(number, handler)
