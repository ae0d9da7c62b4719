"""What the hot pages cost: so many SQL statements and no more, with a little data and with ten times as much."""
from datetime import timedelta

import pytest
from sqlalchemy import select

from kb import articles
from support import classification, kept, orders, relay, routing, tickets
from support.catalogue import Product
from support.clock import now
from support.database import db, transaction
from support.people.person import Person
from support.routing.models import Offer, WorkItem
from support.tickets.talk import add_message

FRAGMENT = {"Accept": "text/vnd.switchboard.message+html"}
HOME = orders.Destination("Maja Lindqvist", "Rosenthaler Straße 40", "10178", "Berlin", "DE")

# who, page, at most so many statements; {ticket} is Maja's and with Ines, {waiting} Maja's and still in line
PAGES = (
    (None, "/", 6),
    ("maja", "/", 9),
    (None, "/answers", 4),
    (None, "/answers/where-is-my-parcel", 5),
    (None, "/search?q=parsel", 4),
    (None, "/suggest?q=parsel", 4),
    (None, "/hours", 1),
    (None, "/contact", 5),
    ("maja", "/ask", 10),
    ("maja", "/questions", 4),
    ("maja", "/questions/{ticket}", 6),
    ("maja", "/questions/{waiting}", 10),
    ("maja", "/questions/{ticket}/status", 5),
    ("maja", "/questions/{ticket}/messages", 2),
    ("maja", "/orders", 6),
    ("maja", "/orders/TT-204817", 6),
    ("ines", "/desk", 8),
    ("samuel", "/desk", 8),
    ("ines", "/desk/list", 6),
    ("ines", "/desk/ring", 4),
    ("ines", "/desk/presence", 4),
    ("ines", "/desk/tickets/{ticket}", 13),
    ("ines", "/desk/tickets/{ticket}/messages", 2),
    ("ines", "/desk/tickets/{ticket}/header", 7),
    ("ines", "/desk/tickets/{ticket}/answers", 6),
    ("ines", "/desk/tickets/{ticket}/context", 9),
    ("ines", "/desk/tickets/{ticket}/passing", 16),
    ("hanna", "/board", 9),
    ("hanna", "/board/numbers", 9),
    ("hanna", "/tickets", 5),
    ("hanna", "/tickets?q=parcel", 5),
    ("hanna", "/tickets/{ticket}", 11),
    ("hanna", "/tickets/{ticket}/story", 10),
    ("hanna", "/tickets/{ticket}/why", 8),
)
ACTS = {"ask": 13, "write": 9, "accept": 27, "reply": 11, "note": 9, "resolve": 10}


class Shop:
    """A shop in which Maja has asked, Ines answers, and Tomasz has room for more."""

    def __init__(self, app, settle, client_of, count_statements):
        self.app, self._settle, self._count = app, settle, count_statements
        self.clients = {key: client_of(app, key) for key in (None, "maja", "ines", "tomasz", "samuel", "hanna")}
        self.turn = 0

    def person(self, key: str) -> Person:
        return db.session.get(Person, self.app.extensions["cast"][key])

    def fresh(self) -> str:
        self.turn += 1
        return f"statement-{self.turn:06}"

    def open(self) -> None:
        with self.app.app_context():
            classification.sort("", "")  # as the first question of a process does, which reads the rules
            self.code = tickets.save_disposition(self.person("arno"), None, code="late-parcel", name="Late parcel", position=1, active=True).id
            self.ticket = self._asked("Where is my parcel?").id
            routing.choose_presence(self.person("ines"), "available")
            self.settle()
            routing.accept(self.person("ines"), db.session.scalar(select(Offer.id).where(Offer.state == "live")))
            routing.choose_presence(self.person("ines"), "break")
            routing.choose_presence(self.person("samuel"), "break")
            self.waiting = self._asked("Où est mon colis ?", language="fr").id
        self.settle()

    def _asked(self, subject: str, language: str = "en", key: str = "maja") -> tickets.Ticket:
        person = self.person(key)
        order = orders.find_bare(person, "TT-204817")
        return tickets.open_ticket(
            person, subject=subject, body="The parcel does not move, where is it?", topic="orders", channel="chat", language=language,
            client_id=self.fresh(), order=order, seen=[(1, "Where is my parcel?", False)],
        )

    def settle(self) -> None:
        self._settle(self.app)

    def grow(self) -> None:
        """Ten times as much of everything that the pages show."""
        with self.app.app_context():
            arno, skill = self.person("arno"), routing.queues.active()[0].needs[0].skill_id
            for number in range(30):
                articles.write(arno, title=f"Where is parcel {number}?", body=f"Parcel number {number} is on its way.", category=f"Shelf {number % 7}", state="public")
                routing.queues.add_queue(arno, {"name": f"Line {number}", "needs": [(skill, 2, True)]})
            product = db.session.scalar(select(Product.id).where(Product.active, Product.stock > 100).limit(1)) or db.session.scalar(select(Product.id))
            for number in range(30):
                orders.place_order(self.person("maja"), f"TT-9{number:05}", [(product, 1)], HOME)
            self._talk(30)
            self._more_tickets(40)
        self.settle()

    def _talk(self, count: int) -> None:
        with transaction() as session:
            ticket = session.get(tickets.Ticket, self.ticket)
            for number in range(count):
                author = self.person(("maja", "ines", "hanna")[number % 3])
                kind = "note" if author.role == "supervisor" else "reply"
                add_message(ticket.conversation, ticket, author, f"Words {number}", self.fresh(), kind=kind)

    def _more_tickets(self, count: int) -> None:
        """Half of them in the hands of Ines, half in a line that nobody at a desk is trained for."""
        queue = routing.queues.find_public("orders")
        with transaction() as session:
            maja, ines, at = self.person("maja"), self.person("ines"), now() - timedelta(hours=1)
            for number in range(count):
                taken = number % 2 == 0
                ticket = tickets.Ticket(
                    customer_id=maja.id, subject=f"More {number}", topic="orders", language="fr", opened_at=at, activity_at=at,
                    state="open" if taken else "new", assignee_id=ines.id if taken else None,
                )
                ticket.conversations.append(tickets.Conversation(channel="form", started_at=at, activity_at=at))
                session.add(ticket)
                session.flush()
                add_message(ticket.conversation, ticket, maja, f"Question {number}", self.fresh(), at=at)
                session.add(WorkItem(
                    ticket_id=ticket.id, queue_id=queue.id, channel="ticket", language="fr", entered_at=at, state_at=at, state="assigned" if taken else "waiting",
                    agent_id=ines.id if taken else None, answered_at=at if taken else None,
                ))

    def count(self, ask, status: int) -> list[str]:
        with self.app.app_context():
            relay.catch_up()
        with self._count(self.app) as count:
            answer = ask()
        assert answer.status_code == status, answer.text[:2000]
        return count.texts

    def pages(self) -> dict:
        return {(who, page): self._page(who, page.format(ticket=self.ticket, waiting=self.waiting)) for who, page, _most in PAGES}

    def _page(self, who, address: str) -> list[str]:
        self.clients[who].get(address)
        return self.count(lambda: self.clients[who].get(address), 200)

    def acts(self) -> dict:
        """One question from being asked to being resolved."""
        with self.app.app_context():
            routing.choose_presence(self.person("tomasz"), "available")
        self.clients["maja"].get("/ask")  # what this process keeps in memory is there from now on
        form = {"subject": "Where is it?", "body": "Where is my parcel?", "topic": "orders", "channel": "chat", "order": "TT-204817", "client_id": self.fresh()}
        counts = {"ask": self.count(lambda: self.clients["maja"].post("/ask", data=form), 303)}
        with self.app.app_context():
            ticket_id = db.session.scalar(select(tickets.Ticket.id).order_by(tickets.Ticket.id.desc()))
        counts["write"] = self._words("maja", f"/questions/{ticket_id}/messages")
        self.settle()
        with self.app.app_context():
            offer_id = db.session.scalar(select(Offer.id).where(Offer.state == "live", Offer.agent_id == self.person("tomasz").id))
        counts["accept"] = self.count(lambda: self.clients["tomasz"].post(f"/desk/offers/{offer_id}/acceptance"), 303)
        for kind in ("note", "reply"):
            counts[kind] = self._words("tomasz", f"/desk/tickets/{ticket_id}/messages", kind=kind)
        counts["resolve"] = self.count(lambda: self.clients["tomasz"].post(f"/desk/tickets/{ticket_id}/resolution", data={"disposition": self.code}), 303)
        return counts

    def _words(self, who: str, address: str, **more) -> list[str]:
        data = {"body": "It is on its way.", "client_id": self.fresh(), **more}
        return self.count(lambda: self.clients[who].post(address, data=data, headers=FRAGMENT), 201)


@pytest.fixture
def shop(any_app, settle, client_of, count_statements, monkeypatch):
    monkeypatch.setattr(kept, "TRUSTED_SECONDS", 600.0)  # whether a second has passed must not decide a count
    found = Shop(any_app, settle, client_of, count_statements)
    found.open()
    return found


def test_hot_pages_take_few_statements_and_no_more_with_more_rows(shop):
    few = shop.pages()
    shop.grow()
    many = shop.pages()
    grown = {page: many[page] for page in few if len(many[page]) != len(few[page])}
    assert not grown, "\n".join(f"{page}: {len(few[page])} became {len(texts)}\n  " + "\n  ".join(texts) for page, texts in grown.items())
    dear = {(who, page): many[who, page] for who, page, most in PAGES if len(many[who, page]) > most}
    assert not dear, "\n".join(f"{page}: {len(texts)}\n  " + "\n  ".join(texts) for page, texts in dear.items())


def test_acts_take_few_statements_and_no_more_with_more_rows(shop):
    few = shop.acts()
    shop.grow()
    many = shop.acts()
    grown = {act: many[act] for act in few if len(many[act]) != len(few[act])}
    assert not grown, "\n".join(f"{act}: {len(few[act])} became {len(texts)}\n  " + "\n  ".join(texts) for act, texts in grown.items())
    dear = {act: texts for act, texts in many.items() if len(texts) > ACTS[act]}
    assert not dear, "\n".join(f"{act}: {len(texts)}\n  " + "\n  ".join(texts) for act, texts in dear.items())
