"""What the hot pages cost: SQL statements and CPU time per request, beside the plainest page there is. Run by hand:

    .venv/bin/python -m benchmarks.pages [requests per page]

Makes the demo shop (fixed seed) in a temporary folder and asks the program inside this process, so that neither network nor
server is measured. The floor is a page of 50 rows by SQLAlchemy Core through the same client; ratios to it bear comparison
between machines, milliseconds do not. Written down in docs/performance.md.
"""
import sys
import tempfile
from pathlib import Path
from statistics import median
from time import process_time

import click
from flask import Flask, render_template_string
from sqlalchemy import event, select

import migrations
from support import demo, jobs, relay, routing
from support.database import db
from support.people import sign_ins
from support.people.person import Person
from support.routing.models import WorkItem
from support.settings import Settings
from support.tickets.models import Ticket
from support.web.identity import cookie_name
from wsgi import create_app

ROWS = """<!doctype html><title>50 rows</title><h1>50 rows</h1>
<table>{% for row in rows %}<tr><td>{{ row.id }}</td><td>{{ row.subject }}</td><td>{{ row.state }}</td><td>{{ row.opened_at }}</td></tr>{% endfor %}</table>"""

# name, who asks, page, goal for statements and goal for the ratio (../shared/design/speed.md, section 4)
PAGES = (
    ("front page, nobody", None, "/", "", ""),
    ("front page, customer", "maja", "/", "", ""),
    ("search for an answer", None, "/search?q=parsel", 4, 7),
    ("an answer", None, "/answers/where-is-my-parcel", "", ""),
    ("ask a person", "maja", "/ask", "", ""),
    ("my questions", "maja", "/questions", 6, 5),
    ("customer opens a ticket", "maja", "/questions/{hers}", 7, 5),
    ("my orders", "maja", "/orders", "", ""),
    ("an order", "maja", "/orders/TT-204817", "", ""),
    ("desk with its lists", "ines", "/desk", 8, 9),
    ("list of the desk", "ines", "/desk/list", "", ""),
    ("ringing offer of the desk", "ines", "/desk/ring", "", ""),
    ("agent opens a ticket", "ines", "/desk/tickets/{mine}", 10, 8),
    ("new messages of a ticket", "ines", "/desk/tickets/{mine}/messages?after=1", "", ""),
    ("board", "hanna", "/board/numbers", "", ""),
    ("list of tickets", "hanna", "/tickets", "", ""),
)


def main(requests: int = 60) -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as folder:
        app = _shop(Path(folder))
        with app.app_context():
            cast, names = _people(), _tickets()
            clients = {key: _client(app, cast[key] if key else None) for key in {who for _name, who, *_rest in PAGES}}
        floor = _floor(app)
        base = _cpu(lambda: floor.get("/"), requests)
        click.echo("| page | statements | goal | CPU ms | × floor | goal |\n| --- | --- | --- | --- | --- | --- |")
        click.echo(f"| floor: 50 rows by SQLAlchemy Core | 1 | | {base:.2f} | 1.0 | |")
        for name, who, page, most, ratio in PAGES:
            client, address = clients[who], page.format(**names)
            spent = _cpu(lambda client=client, address=address: _ask(client, address), requests)
            click.echo(f"| {name} | {_statements(app, client, address)} | {most} | {spent:.2f} | {spent / base:.1f} | {ratio} |")
        with app.app_context():
            db.engine.dispose()


def _shop(folder: Path):
    app = create_app(Settings.from_env({}, mode="demo", data_dir=folder, secret_key="benchmark " * 4, base_url="http://localhost", log_level="WARNING"))
    with app.app_context():
        migrations.upgrade(db.engine)
        demo.build("full")
        db.session.rollback()
        relay.catch_up()
        routing.choose_presence(db.session.scalar(select(Person).where(Person.email.startswith("ines@"))), "available")
        while relay.run_once() + relay.catch_up() + jobs.run_due(app):
            pass
    return app


def _people() -> dict[str, Person]:
    emails = {"maja": "maja@%", "ines": "ines@%", "hanna": "hanna@%"}
    return {key: db.session.scalar(select(Person).where(Person.email.like(email))) for key, email in emails.items()}


def _tickets() -> dict[str, int]:
    """A ticket of Maja's and one in the hands of Ines."""
    people = _people()
    hers = select(Ticket.id).where(Ticket.customer_id == people["maja"].id).order_by(Ticket.id.desc())
    mine = select(WorkItem.ticket_id).where(WorkItem.agent_id == people["ines"].id).order_by(WorkItem.state != "assigned", WorkItem.id.desc())
    return {"hers": db.session.scalar(hers), "mine": db.session.scalar(mine)}


def _client(app, person: Person | None):
    client = app.test_client()
    if person is not None:
        client.set_cookie(cookie_name(), sign_ins.begin(person, device="benchmark")[1])
    return client


def _floor(app):
    """A program of one page, on the same database."""
    plain = Flask("floor")
    with app.app_context():
        engine = db.engine
    ticket = Ticket.__table__

    @plain.get("/")
    def rows():
        with engine.connect() as connection:
            found = connection.execute(select(ticket.c.id, ticket.c.subject, ticket.c.state, ticket.c.opened_at).order_by(ticket.c.id.desc()).limit(50))
            return render_template_string(ROWS, rows=found.all())

    return plain.test_client()


def _ask(client, address: str) -> None:
    answer = client.get(address)
    if answer.status_code != 200:
        raise click.ClickException(f"{address} answered {answer.status_code}")


def _cpu(ask, requests: int) -> float:
    """Median CPU time of one request in milliseconds, after a few to warm up."""
    for _warm in range(5):
        ask()
    spent = []
    for _request in range(requests):
        began = process_time()
        ask()
        spent.append(process_time() - began)
    return median(spent) * 1000


def _statements(app, client, address: str) -> int:
    texts = []

    def note(connection, cursor, statement, parameters, context, many):
        texts.append(statement) if not statement.lstrip().upper().startswith(("BEGIN", "PRAGMA")) else None

    with app.app_context():
        engine = db.engine
        relay.catch_up()
    event.listen(engine, "before_cursor_execute", note)
    _ask(client, address)
    event.remove(engine, "before_cursor_execute", note)
    return len(texts)


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:2]))
