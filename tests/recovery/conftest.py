"""A server with a power switch, on both sizes, and the look into its books."""
from contextlib import contextmanager

import pytest
from playwright.sync_api import expect
from sqlalchemy import select, update

from support import routing
from support.contact.mail import Mail
from support.database import db, transaction
from support.events import Event
from support.people.person import Person
from support.routing.models import Offer, Queue, WorkItem
from support.tickets.models import Conversation, Message
from tests.pages import PATIENCE
from tests.recovery.caller import until
from tests.recovery.flow import WITHOUT_LIMITS
from tests.servers import SIZES

ENTRY = "tests.recovery.dying"


@pytest.fixture(autouse=True)
def patience():
    """What comes back after a power cut may take longer; only here, and also when other tests are collected beside."""
    expect.set_options(timeout=20_000)
    yield
    expect.set_options(timeout=PATIENCE)


class Mortal:
    """A server whose death can be timed, and what its database holds."""

    def __init__(self, server):
        self.server, self.app, self.url = server, server.app, server.url
        self.worker = "work" if "work" in server.commands else "web"  # the part that relays and does timed work

    def fails_at(self, point: str) -> None:
        (self.server.folder / "switch").write_text(point)

    def relay_stands(self) -> None:
        """From here on nothing that happens gets its position."""
        self.fails_at("relay stands")
        until((self.server.folder / "stood").exists, "the relay stands")

    def works_again(self) -> None:
        (self.server.folder / "switch").unlink(missing_ok=True)

    def dies(self) -> None:
        """Wait until the web part has died by its switch, then take the rest down, too."""
        self.server.processes["web"].wait(timeout=60)
        self.server.kill()

    def comes(self, *keys: str) -> None:
        with self.app.app_context():
            for key in keys:
                routing.choose_presence(self.person(key), "available")

    def person(self, key: str) -> Person:
        return db.session.get(Person, self.app.extensions["cast"][key])

    def rings_for(self, seconds: int) -> None:
        with self.app.app_context(), transaction() as session:
            session.execute(update(Queue).values(ring_seconds=seconds))

    def all(self, query) -> list:
        """Rows as they are now, detached from everything."""
        with self.app.app_context():
            db.session.rollback()
            found = list(db.session.scalars(query))
            db.session.expunge_all()
            return found

    def items(self, ticket_id: int) -> list[WorkItem]:
        return self.all(select(WorkItem).where(WorkItem.ticket_id == ticket_id).order_by(WorkItem.id))

    def offers(self, ticket_id: int, *states: str) -> list[Offer]:
        query = select(Offer).join(WorkItem, WorkItem.id == Offer.work_item_id).where(WorkItem.ticket_id == ticket_id).order_by(Offer.id)
        return self.all(query.where(Offer.state.in_(states)) if states else query)

    def ringing(self, ticket_id: int, key: str | None = None) -> Offer:
        """The live offer of a question, once it rings (at the desk of `key`)."""
        wanted = key and self.app.extensions["cast"][key]
        live = lambda: next((offer for offer in self.offers(ticket_id, "live") if wanted in (None, offer.agent_id)), None)  # noqa: E731
        return until(live, f"it rings at the desk of {key or 'somebody'}")

    def messages(self, ticket_id: int) -> list[Message]:
        query = select(Message).join(Conversation, Conversation.id == Message.conversation_id).where(Conversation.ticket_id == ticket_id)
        return self.all(query.order_by(Message.desk_seq))

    def mails(self, purpose: str) -> list[Mail]:
        return self.all(select(Mail).where(Mail.purpose == purpose).order_by(Mail.id))

    def events(self, ticket_id: int) -> list[Event]:
        return self.all(select(Event).where(Event.ticket_id == ticket_id).order_by(Event.id))


def with_a_switch(server) -> None:
    """Make the server start by the entry that can die at a named point."""
    server.env["POWER_SWITCH"] = str(server.folder / "switch")
    server.env["OFFLINE_SECONDS"] = "3600"  # most agents of these proofs have no page that gives a sign of life, and a start may take long
    server.commands["web"].append(f"{ENTRY}:create_app()")
    if "work" in server.commands:
        server.commands["work"][2] = ENTRY


def without_limits(server) -> None:
    """One person may write as much as it takes."""
    server.env.update(WITHOUT_LIMITS)


def living(size: str, folder, prepare):
    """A mortal server of that size; the last it said is shown when its test fails."""
    with contextmanager(SIZES[size])(folder, prepare) as server:
        yield Mortal(server)
        print("last lines of the server:", *server.log.read_text(errors="replace").splitlines()[-25:], sep="\n")


@pytest.fixture(params=list(SIZES))
def mortal(request, tmp_path):
    """Both sizes, one after the other, with a power switch."""
    yield from living(request.param, tmp_path, with_a_switch)


@pytest.fixture(params=list(SIZES))
def size(request):
    """Both sizes, one after the other."""
    return request.param


@pytest.fixture
def server(size, tmp_path):
    """A server of that size, where one person may write as much as it takes."""
    for one in living(size, tmp_path, without_limits):
        yield one.server
