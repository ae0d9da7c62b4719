"""The first start of an empty installation: the first administrator, the shop's profile, its hours and its first queue, in one step.

Open only while there is no administrator at all. Whoever comes first must know the code that the start prints (`flask setup-code`
prints it again): who can read that may do everything with this installation anyhow. The code is derived from the secret key, so
nothing is stored, every process knows the same, and it opens nothing any more as soon as somebody was made administrator.
"""
import base64
import hashlib
import hmac

import click
from flask import Flask, current_app
from flask.cli import with_appcontext
from flask_babel import gettext as _

from support import calendars, limits, shop
from support.commands import Command
from support.database import db, lock, transaction
from support.errors import Invalid, NotFound
from support.people import passwords, sign_ins, staff
from support.people.person import Person
from support.routing import queues
from support.training import skills

GROUP, GROUPS = 4, 3  # 60 bits


def init_app(app: Flask, settings) -> None:
    app.extensions["first_run"] = {"over": False}
    app.cli.add_command(setup_code)


def is_open() -> bool:
    """Whether nobody is administrator yet. Once somebody is, this process asks no more: the last one can never be removed."""
    known = current_app.extensions["first_run"]
    if not known["over"]:
        known["over"] = staff.has_administrator(db.session)
    return not known["over"]


def code() -> str:
    """The code of this installation, such as K7QF-9XWT-2MNA."""
    key = current_app.config["SETTINGS"].secret_key.encode()
    letters = base64.b32encode(hmac.digest(key, b"first administrator", hashlib.sha256)).decode()
    return "-".join(letters[start : start + GROUP] for start in range(0, GROUP * GROUPS, GROUP))


def sentence() -> str:
    """What the start prints while nobody is administrator."""
    return f"This installation is empty. Set it up at {current_app.config['SETTINGS'].base_url}/setup with the code {code()}"


def check_code(told: str, client: str) -> None:
    """Raise Invalid for a wrong code; wrong ones are counted like failed sign-ins, TooMany ends the guessing."""
    limits.check("sign_in", f"client:{client}")
    plain = "".join(told.split()).replace("-", "").upper()
    if not hmac.compare_digest(plain.encode(), code().replace("-", "").encode()):
        limits.hit("sign_in", f"client:{client}")
        raise Invalid({"code": _("This is not the code. It was printed when the program started.")})


def begin(values: dict, week: dict, device: str) -> tuple[Person, tuple]:
    """Make it all, or nothing: (the administrator, a new sign-in with its token).

    `values`: administrator_name, email, password, shop_name, zone, country, language, currency, queue_name, queue_topic, queue_skill
    (a name; "" asks for none); `week`: slots as a calendar keeps them. Raises Invalid; NotFound for whoever was second.
    """
    passwords.check(values["password"], values["administrator_name"], values["email"].split("@")[0], values["shop_name"])
    password_hash = passwords.hashed(values["password"])
    with transaction() as session:
        lock(session, shop.ShopRow, shop.THE_ROW)  # two first visitors stand in line here
        if staff.has_administrator(session):
            raise NotFound()
        person = staff.make_first_administrator(values["administrator_name"], values["email"], password_hash, values["language"])
        _furnish(person, values, week)
        return person, sign_ins.begin(person, device)


def _furnish(person: Person, values: dict, week: dict) -> None:
    told = {"name": values["shop_name"], "zone": values["zone"], "country": values["country"], "languages": [values["language"]], "currency": values["currency"]}
    fixed = shop.profile().fixed
    shop.save_profile(person, {field: value for field, value in told.items() if field not in fixed})
    country = values["country"] if values["country"] in calendars.countries() else ""
    calendars.save_calendar(person, {"name": values["shop_name"], "zone": values["zone"], "country": country, "week": week})
    needs = []
    if values["queue_skill"]:
        needs = [(skills.add_skill(person, {"name": values["queue_skill"], "kind": "subject"}).id, 1, True)]
    queue = {"name": values["queue_name"], "description": values["queue_topic"], "public": True, "active": True, "priority": 2, "target_seconds": 120, "position": 10}
    queues.add_queue(person, {**queue, "ring_seconds": current_app.config["SETTINGS"].ring_seconds_chat, "needs": needs})


@click.command("setup-code", cls=Command)
@with_appcontext
def setup_code() -> None:
    """Print the code with which an empty installation is set up."""
    if not is_open():
        raise click.ClickException("This installation has an administrator already; nothing is left to set up.")
    click.echo(sentence())
