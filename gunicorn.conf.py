"""How gunicorn serves Switchboard, from the product's settings: `gunicorn -c gunicorn.conf.py`, or `flask --app wsgi serve`.

Default size: one worker with threads. Grown: gevent workers. See docs/configuration.md.
"""
import _thread
import gc
import signal
from pathlib import Path

from support.settings import Settings

_settings = Settings.from_env()

wsgi_app = "wsgi:create_app()"
pythonpath = str(Path(__file__).resolve().parent)
bind = f"[{_settings.host}]:{_settings.port}" if ":" in _settings.host else f"{_settings.host}:{_settings.port}"
workers = _settings.workers
proc_name = "switchboard"

if _settings.async_mode == "gevent":
    worker_class = "gevent"
    worker_connections = 6000
else:
    worker_class = "gthread"
    threads = _settings.socket_places + 24  # an open socket keeps a thread; pages must always find a free one

timeout = 60
graceful_timeout = 2  # open sockets are told to move at once; nothing else takes that long
keepalive = 5
limit_request_line = 8190
accesslog = None  # it would hold addresses of people; requests are counted in /metrics, refusals and failures logged with the id of the request
loglevel = "warning"
control_socket_disable = True  # nobody steers it that way


def post_worker_init(worker):
    """Start the loops of this process, see to a quick end, and spare the collector what lives for ever."""
    from support.web import background  # only in the worker: gevent must have patched the world before

    background.start(worker.wsgi)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT):
        _before(number, lambda: background.stop(worker.wsgi))
    gc.collect()
    gc.freeze()
    gc.set_threshold(5000, 20, 20)


def _before(number, action):
    """Do something before gunicorn's own handler of a signal.

    In a thread of its own, since a handler may not wait; the plain call, since `Thread.start` itself waits, which gevent forbids here.
    """
    former = signal.getsignal(number)

    def handler(received, frame):
        _thread.start_new_thread(action, ())
        former(received, frame)

    signal.signal(number, handler)
