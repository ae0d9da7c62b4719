"""`flask serve`: the web server with the settings of gunicorn.conf.py. `flask work`: relay and timed work beside it."""
import os
import signal
import socket
import sys
import threading

import click
from flask import current_app
from flask.cli import with_appcontext

from support import first_run
from support.commands import Command, demand_schema
from support.web import background

PATIENCE = 25  # seconds in which `flask work` ends what it has begun, such as a mail whose server is slow


@click.command("serve", cls=Command)
@with_appcontext
def serve() -> None:
    """Serve people until Ctrl-C."""
    demand_schema()
    settings = current_app.config["SETTINGS"]
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            raise click.ClickException(f"Cannot listen on {settings.host}:{settings.port} ({error.strerror}). Set PORT to a free one.") from error
    if first_run.is_open():
        click.echo(first_run.sentence())
    config = os.path.join(current_app.root_path, "gunicorn.conf.py")
    os.execv(sys.executable, [sys.executable, "-m", "gunicorn", "-c", config])


@click.command("work", cls=Command)
@with_appcontext
def work() -> None:
    """Relay events, send mails and do timed work beside the web workers; any number of these may run."""
    demand_schema()
    app = current_app._get_current_object()
    background.start(app, web=False, work=True)
    stop = threading.Event()
    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, lambda *_: stop.set())
    click.echo("Working.")
    stop.wait()
    background.stop(app)
    background.finish(app, PATIENCE)
