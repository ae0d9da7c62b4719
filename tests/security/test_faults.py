"""FLT: what fails, stops or comes twice. Whatever was acknowledged is stored once, and what was missed is caught up with."""
import os
import signal
import smtplib
import sqlite3
import subprocess
import sys
import threading
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from support import relay, tickets
from support.clock import now
from support.contact import transports
from support.contact.mail import Mail
from support.database import db, transaction
from support.events import Event
from support.tickets.models import Message, Ticket
from wsgi import create_app

ROOT = Path(__file__).resolve().parents[2]
COMPOSER = {"Accept": "text/vnd.switchboard.message+html"}


@pytest.mark.parametrize("role", ["maja", "ines"])
def test_FLT_04_the_same_client_id_five_times_is_one_message_and_one_acknowledgement(desk, role):
    ticket_id = desk.taken()
    client, path = desk.client_of(desk.app, role), f"/{'questions' if role == 'maja' else 'desk/tickets'}/{ticket_id}/messages"
    answers = [client.post(path, data={"body": "Once", "client_id": "client-again-01"}, headers=COMPOSER) for _try in range(5)]
    assert {answer.status_code for answer in answers} == {201} and len({answer.text for answer in answers}) == 1
    assert desk.words(ticket_id).count("Once") == 1
    with desk.app.app_context():
        assert db.session.scalar(select(func.count()).where(Event.kind == "message.posted", Event.ticket_id == ticket_id)) == 2


@pytest.mark.both_stores
def test_FLT_04_also_when_the_five_come_at_the_same_instant(desk):
    ticket_id = desk.taken()
    clients, codes = [desk.client_of(desk.app, "maja") for _tab in range(5)], []
    together = threading.Barrier(5)

    def send(client):
        together.wait()
        codes.append(client.post(f"/questions/{ticket_id}/messages", data={"body": "Once", "client_id": "client-again-02"}, headers=COMPOSER).status_code)

    _all(send, clients)
    assert codes == [201] * 5 and desk.words(ticket_id).count("Once") == 1


def test_FLT_07_what_was_committed_before_a_crash_is_told_after_it(desk, settings, clock):
    """Nothing was relayed when the process died: the next one numbers, hints, routes and mails."""
    ticket_id = desk.taken(channel="form")
    desk.client_of(desk.app, "ines").post(f"/desk/tickets/{ticket_id}/messages", data={"body": "It comes on Friday", "client_id": "client-crash-01"})
    with desk.app.app_context():
        assert db.session.scalar(select(func.count()).where(Event.position.is_(None))) > 0
        db.engine.dispose()
    after = create_app(settings)
    told = []
    after.extensions["relay"].push = lambda screen, version: told.append(screen)
    with after.app_context():
        while relay.run_once():
            pass
        conversation = tickets.find(desk.person("hanna"), ticket_id).conversation.id
        assert {f"conversation:{conversation}", f"ticket:{ticket_id}"} <= set(told)
        assert db.session.scalar(select(func.count()).where(Mail.purpose == "answered")) == 1
        assert db.session.scalar(select(func.count()).where(Event.position.is_(None))) == 0
        db.engine.dispose()


WRITER = """
import os, sys
from pathlib import Path
from support.database import db
from support.people.person import Person
from support import clock, tickets
from tests.worlds import SHIFT, settings_for
from wsgi import create_app
folder, person_id, ticket_id, run = Path(sys.argv[1]), *map(int, sys.argv[2:])
app = create_app(settings_for(folder, database_url=f"sqlite:///{folder}/switchboard.db", messages_per_minute=100000))
clock.move(SHIFT)
with app.app_context():
    for number in range(100000):
        tickets.post(db.session.get(Person, person_id), ticket_id, f"{run}-{number}", f"client-{run}-{number:06}")
        os.write(1, f"{run}-{number}\\n".encode())
"""


def test_FLT_10_killed_while_writing_nothing_acknowledged_is_lost(desk, tmp_path):
    """Ten times kill -9, each a little later; many more times is tests/recovery."""
    ticket_id, acknowledged = desk.ask(), []
    with desk.app.app_context():
        db.engine.dispose()
    for run in range(10):
        command = [sys.executable, "-W", "ignore", "-c", WRITER, str(tmp_path), str(desk.app.extensions["cast"]["maja"]), str(ticket_id), str(run)]
        writer = subprocess.Popen(command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE)
        first = b"".join(writer.stdout.readline() for _ in range(1 + 2 * run))
        time.sleep(0.01 * run)
        writer.send_signal(signal.SIGKILL)
        rest = writer.stdout.read().decode().rpartition("\n")[0].split()
        writer.wait()
        acknowledged += [*first.decode().split(), *rest]
        connection = sqlite3.connect(tmp_path / "switchboard.db")
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        connection.close()
    with desk.app.app_context():
        stored = list(db.session.execute(select(Message.seq, Message.body).order_by(Message.seq)))
    assert len(acknowledged) > 20 and set(acknowledged) <= {body for _seq, body in stored}
    assert [seq for seq, _body in stored] == list(range(1, len(stored) + 1)), "numbered without a gap"
    assert len({body for _seq, body in stored}) == len(stored), "none twice"


def test_FLT_11_thirty_writers_at_once_never_see_a_locked_database(desk):
    ticket_ids = [desk.ask(client_id=f"client-writer-{number:02}", channel="form") for number in range(10)]
    codes, seconds = [], []

    def write(number):
        client = desk.client_of(desk.app, "maja")
        for turn in range(3):
            begun = time.monotonic()
            words = {"body": f"{number} {turn}", "client_id": f"client-{number:02}-{turn:04}"}
            codes.append(client.post(f"/questions/{ticket_ids[number % 10]}/messages", data=words, headers=COMPOSER).status_code)
            seconds.append(time.monotonic() - begun)

    desk.app.extensions["limits"].update(message=desk.app.extensions["limits"]["search"])  # this is not about how much one may write,
    desk.app.extensions["crowd"].free = 30  # nor about a line before the pages, of which few would come to the database at once
    _all(write, range(30))
    assert codes == [201] * 90
    with desk.app.app_context():
        for ticket_id in ticket_ids:
            numbers = [message.seq for message in tickets.newer(desk.person("maja"), ticket_id)[1]]
            assert numbers == list(range(1, 11))


@pytest.mark.both_stores
def test_FLT_14_timers_due_while_the_server_was_stopped_fire_once_each_in_order(desk, clock):
    """A hundred solved questions whose day of closing passed while nobody ran."""
    for number in range(100):
        desk.app.extensions["limits"]["limiter"].storage.reset()
        desk.ask(client_id=f"client-timer-{number:03}", channel="form")
    with desk.app.app_context(), transaction() as session:
        begun = now()
        for number, ticket in enumerate(session.scalars(select(Ticket).order_by(Ticket.id))):
            ticket.state, ticket.resolved_at = "resolved", begun + timedelta(seconds=number)
        session.execute(update(Event).where(Event.position.is_(None)).values(history=True))
    clock.move(desk.app.config["SETTINGS"].close_after_days * 86_400 + 7200)
    for _start in range(2):
        desk.settle()
    with desk.app.app_context():
        closed = list(db.session.scalars(select(Event.ticket_id).where(Event.kind == "ticket.closed").order_by(Event.position)))
        assert closed == sorted(closed) and len(closed) == len(set(closed)) == 100
        assert db.session.scalar(select(func.count()).where(Ticket.state == "closed")) == 100


def test_FLT_18_a_mail_server_that_refuses_for_half_an_hour_gets_each_mail_once_afterwards(desk, clock, monkeypatch):
    desk.app.config["SETTINGS"] = replace(desk.app.config["SETTINGS"], mail_url="smtp://127.0.0.1:1")
    up, delivered, tried = [False], [], []

    class Server:
        def __init__(self, host, port, timeout, **kwargs):
            tried.append(now())
            if not up[0]:
                raise ConnectionRefusedError("refused")

        def __enter__(self):
            return self

        def __exit__(self, *error):
            return False

        def ehlo(self):
            return (250, b"")

        def has_extn(self, name):
            return False

        def send_message(self, message):
            delivered.append((message["To"], message["Message-ID"]))

    monkeypatch.setattr(transports.smtplib, "SMTP", Server)
    assert smtplib.SMTP is Server
    for number in range(3):
        desk.ask(client_id=f"client-smtp-{number:03}", channel="form")
    for _minute in range(30):
        desk.settle()
        clock.move(60)
    assert not delivered and 3 * 3 <= len(tried) <= 3 * 12, "tried again and again, with growing pauses"
    page = desk.client_of(desk.app, "arno").get("/admin/mail").text
    assert page.count("Waiting") >= 3 and "ConnectionRefusedError" in page, "its state is to be seen"
    up[0] = True
    for _minute in range(40):
        desk.settle()
        clock.move(60)
    assert len(delivered) == 3 and len(set(delivered)) == 3
    with desk.app.app_context():
        assert set(db.session.scalars(select(Mail.state))) == {"sent"}


def _all(function, arguments) -> None:
    threads = [threading.Thread(target=function, args=(argument,)) for argument in arguments]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not any(thread.is_alive() for thread in threads)
