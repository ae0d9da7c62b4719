"""The roof: puts the rooms together. Only here are all of them known.

    gunicorn -c gunicorn.conf.py        serves what `create_app()` makes
    flask --app wsgi …                  the commands
"""
from flask import Flask

import agent_console
import kb
import portal
from migrations import commands
from support import (
    bus,
    calendars,
    catalogue,
    classification,
    cli,
    clock,
    contact,
    database,
    deliveries,
    demo,
    demo_traffic,
    files,
    first_run,
    fleeting,
    importing,
    jobs,
    kept,
    limits,
    links,
    orders,
    past_tickets,
    people,
    quality,
    relay,
    routing,
    shop,
    tickets,
    training,
    web,
)
from support.settings import Settings
from support.web import attachments, identity, live, logs, pulse, watching

FLOORS = (
    clock, database, links, limits, relay, kept, jobs, files, bus, fleeting, demo, shop, web, attachments, live, pulse, watching, people, training, calendars, catalogue, importing, orders, tickets, routing, classification, contact,
    quality, past_tickets, first_run, kb, portal, agent_console, demo_traffic, cli, commands,
)


def create_app(settings: Settings | None = None) -> Flask:
    """A complete application. Its loops are started by the process that serves it (`support.web.background`)."""
    settings = settings or Settings.from_env()
    app = Flask(__name__, static_folder=None)
    app.config["SETTINGS"] = settings
    app.secret_key = settings.secret_key
    logs.init_app(app, settings)
    for floor in FLOORS:
        floor.init_app(app, settings)
    jobs.every(app, 3600, "prune deliveries", deliveries.prune)
    identity.check_routes(app)
    return app
