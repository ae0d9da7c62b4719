"""`flask settings` and `flask access`: what is set, and who may use which address."""
from dataclasses import fields

import click
from flask import current_app
from flask.cli import with_appcontext

from support.commands import Command
from support.settings import Settings
from support.web.identity import EVERYBODY, roles_of

HIDDEN = ("_secret", "_key", "_token", "_url")  # how names of settings end that hold a secret, or an address with one in it
SHOWN = ("base_url",)


@click.command("settings", cls=Command)
@with_appcontext
def settings() -> None:
    """List every setting with its value now; what could be secret is not shown."""
    current = current_app.config["SETTINGS"]
    for field in fields(Settings):
        value = getattr(current, field.name)
        if field.name.endswith(HIDDEN) and field.name not in SHOWN and value:
            value = str(value).partition(":")[0] + ":…" if field.name.endswith("_url") else "…"
        shown = ",".join(value) if isinstance(value, tuple) else value
        click.echo(f"{field.name.upper()}={shown}\n    {field.metadata['help']}")


@click.command("access", cls=Command)
@with_appcontext
def routes() -> None:
    """List every route with its methods and the roles that may use it, and every screen of the socket."""
    for rule in sorted(current_app.url_map.iter_rules(), key=lambda rule: rule.rule):
        roles = roles_of(current_app, rule.endpoint)
        who = "everybody" if roles == frozenset(EVERYBODY) else ", ".join(role for role in EVERYBODY if role in roles)
        methods = ",".join(sorted(rule.methods - {"HEAD", "OPTIONS"}))
        click.echo(f"{methods:10} {rule.rule:48} {who}")
    for name in sorted(current_app.extensions["live"].guards):
        click.echo(f"{'screen':10} {name}")
