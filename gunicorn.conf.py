"""How gunicorn serves Switchboard, from the product's settings: `gunicorn -c gunicorn.conf.py`, or `flask --app wsgi serve`.

Default size: one worker with threads. Grown: gevent workers. See docs/configuration.md.
"""
import gc

from support.settings import Settings

_settings = Settings.from_env()

wsgi_app = "wsgi:create_app()"
bind = f"[{_settings.host}]:{_settings.port}" if ":" in _settings.host else f"{_settings.host}:{_settings.port}"
workers = _settings.workers
proc_name = "switchboard"

if _settings.async_mode == "gevent":
    worker_class = "gevent"
    worker_connections = 6000
else:
    worker_class = "gthread"
    threads = _settings.max_sockets + 24  # an open socket keeps a thread; pages must always find a free one

timeout = 60
graceful_timeout = 3  # open sockets are told to move at once; nothing else takes that long
keepalive = 5
limit_request_line = 8190
accesslog = None  # the product logs requests itself, with ids and without personal text
loglevel = "warning"
control_socket_disable = True  # nobody steers it that way


def post_worker_init(worker):
    """What is loaded now lives for ever: keep the collector from walking it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(5000, 20, 20)
