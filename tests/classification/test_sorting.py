"""Where a question goes that came without a queue: rules, then what was learned, else a person; and how a person puts it right."""
import random
import re

import pytest
from sqlalchemy import select

from support import classification, routing
from support.classification import learning
from support.classification.models import READY, Sorting, Training
from support.classification.rules import pattern_of
from support.clock import now
from support.database import db, transaction
from support.events import Event
from support.people.person import Person
from support.tickets import open_ticket
from support.tickets.models import Ticket
from tests.classification.past import SOUNDS, question


@pytest.fixture(scope="module")
def weights() -> bytes:
    draw = random.Random(3)
    return learning.learn([(question(topic, draw), topic) for topic in SOUNDS for _one in range(30)]).model.packed()


@pytest.fixture
def taught(any_app, weights):
    """A shop whose classifier knows what questions sound like."""
    with any_app.app_context(), transaction() as session:
        session.add(Training(state=READY, live=None, wanted_at=now(), ended_at=now(), examples=90, accuracy=0.97, by_queue={"orders": [30, 29]}, weights=weights))
    return any_app


def ask(client, text: str, topic: str = "?", channel: str = "form") -> int:
    sent = client.post("/ask", data={"subject": text[:60], "body": text, "topic": topic, "channel": channel, "client_id": f"client-{random.randrange(10**9):010}"})
    assert sent.status_code == 303, re.findall(r'sb-error.*?</p>', sent.text)
    return int(sent.location.rsplit("/", 1)[1])


def ticket_of(app, ticket_id: int) -> tuple[Ticket, Sorting | None]:
    with app.app_context():
        found = db.session.get(Ticket, ticket_id)
        sorting = classification.of_ticket(found)
        db.session.expunge_all()
        return found, sorting


def rule(app, **values):
    with app.app_context():
        slug = values.pop("queue", None)
        queue = next((one.id for one in routing.queues.active() if one.slug == slug), None)
        arno = db.session.get(Person, app.extensions["cast"]["arno"])
        given = {"phrases": "", "only_subject": False, "queue_id": queue, "priority": "", "position": 1, "active": True, **values}
        return classification.rules.save(arno, None, **given).id


def test_what_was_learned_decides_when_it_is_sure(taught, client_of):
    ticket, sorting = ticket_of(taught, ask(client_of(taught, "maja"), "The zip of my jacket is torn and I send it back"))
    assert (ticket.topic, ticket.sorting) == ("returns", "learned")
    assert sorting.suggested == "returns" and sorting.confidence >= 0.6 and sorting.training_id
    with taught.app_context():
        told = db.session.scalar(select(Event.data).where(Event.kind == "ticket.sorted", Event.ticket_id == ticket.id))
    assert told["way"] == "learned" and "jacket" not in str(told)


@pytest.mark.parametrize("settings", [{"classify_confidence": 101}], indirect=True)
def test_below_the_sureness_a_person_decides_and_the_work_goes_along_in_its_place(taught, client_of, settle):
    ines, maja = client_of(taught, "ines"), client_of(taught, "maja")
    asked = ask(maja, "My invoice was charged twice")
    settle(taught)
    ticket, sorting = ticket_of(taught, asked)
    assert (ticket.topic, ticket.sorting, sorting.suggested) == ("orders", "open", "payments")
    page = ines.get(f"/desk/tickets/{asked}").text
    assert "To be sorted." in page and re.search(r'<option value="payments" selected>', page) and "Payments (" in page
    with taught.app_context():
        place = db.session.scalar(select(routing.WorkItem.entered_at).where(routing.WorkItem.ticket_id == asked))
    assert f'href="/tickets/{asked}"' in client_of(taught, "hanna").get("/tickets?sorting=open").text
    stale = ines.post(f"/desk/tickets/{asked}/queue", data={"queue": "payments", "version": ticket.version - 1})
    assert stale.status_code == 409
    assert ines.post(f"/desk/tickets/{asked}/queue", data={"queue": "payments", "version": ticket.version}).status_code == 303
    settle(taught)
    ticket, sorting = ticket_of(taught, asked)
    assert (ticket.topic, ticket.sorting, sorting.topic) == ("payments", "settled", "orders") and sorting.settled_by_id == taught.extensions["cast"]["ines"]
    with taught.app_context():
        item = db.session.scalar(select(routing.WorkItem).where(routing.WorkItem.ticket_id == asked))
        assert (item.queue_id, item.entered_at) == (routing.queues.find_public("payments").id, place)
        told = db.session.scalar(select(Event.data).where(Event.kind == "ticket.queue_settled", Event.ticket_id == asked))
    assert told["corrected"] is True and told["way"] == "open"
    assert "To be sorted." not in ines.get(f"/desk/tickets/{asked}").text
    assert "settled the queue: Payments" in client_of(taught, "hanna").get(f"/tickets/{asked}").text


def test_the_customers_choice_wins_then_rules_then_what_was_learned(taught, client_of):
    maja = client_of(taught, "maja")
    rule(taught, phrases="pro forma\nzip*", queue="payments", position=5)
    rule(taught, phrases="urgent", priority="urgent", position=9)
    rule(taught, phrases="parcel", queue="returns", active=False)
    text = "Urgent: the zip of my jacket is torn and I send it back"
    chosen, no_row = ticket_of(taught, ask(maja, text, topic="products"))
    assert (chosen.topic, chosen.sorting, chosen.priority, no_row) == ("products", "", "urgent", None)
    ruled, sorting = ticket_of(taught, ask(maja, text))
    assert (ruled.topic, ruled.sorting, ruled.priority, sorting.way) == ("payments", "rule", "urgent", "rule")
    learned, _sorting = ticket_of(taught, ask(maja, "My parcel does not move, where is it"))
    assert (learned.topic, learned.sorting, learned.priority) == ("orders", "learned", "normal"), "a rule that is off counts for nothing"


@pytest.mark.parametrize(("phrases", "text", "fits"), [
    ("refund", "My REFUND is late", True), ("refund", "refunding", False), ("refund*", "refunding", True), ("pro forma", "a pro\n forma please", True),
    ("Rechnung", "Eine Rechnung, bitte", True), ("c++ (old)", "about c++ (old) things", True), (".*", "anything", False),
])
def test_phrases_are_whole_words_and_never_patterns(phrases, text, fits):
    assert bool(pattern_of(phrases).search(text)) is fits


def test_a_ring_is_taken_back_when_its_question_goes_to_another_queue(desks, weights):
    desks.sit("ines")
    with desks.app.app_context():
        found = classification.sort("", "Hello there")
        ticket = open_ticket(
            desks.person("maja"), subject="Hello there", body="I have something", topic=found.queue.slug, channel="chat", client_id="client-0000001", sorting=found.way, then=found.keep,
        ).id
    desks.flow()
    assert desks.rings_at(ticket) == "ines"
    with desks.app.app_context():
        classification.settle(desks.person("hanna"), ticket, "payments")
    desks.flow()
    assert desks.history(ticket)[0] == ("ines", "withdrawn")
    assert desks.rings_at(ticket) != "ines" and desks.item(ticket).state in ("waiting", "offered")


def test_corrections_lower_the_figure_that_was_lived(taught, client_of):
    maja, hanna, arno = (client_of(taught, key) for key in ("maja", "hanna", "arno"))
    asked = [ask(maja, text) for text in ("My parcel is late and does not move", "The courier went to the wrong door", "My boots are too small, exchange please")]
    hanna.post(f"/desk/tickets/{asked[0]}/queue", data={"queue": "returns"})
    hanna.post(f"/desk/tickets/{asked[1]}/queue", data={"queue": "orders"})
    page = arno.get("/admin/classification").text
    assert "It has sorted 3 questions in 30 days; 67% stayed where they were put." in page
    with taught.app_context():
        figures = classification.figures(db.session.get(Person, taught.extensions["cast"]["arno"]))
    assert figures.ways == {"learned": (3, 1)} and figures.to_sort == 0


def test_only_sorted_and_live_questions_can_be_settled_and_only_by_those_who_may(taught, client_of):
    maja, ines, tomasz = (client_of(taught, key) for key in ("maja", "ines", "tomasz"))
    chosen, found = ask(maja, "My parcel is late", topic="orders"), ask(maja, "My parcel is late and does not move")
    assert ines.post(f"/desk/tickets/{chosen}/queue", data={"queue": "returns"}).status_code == 409
    assert ines.post(f"/desk/tickets/{found}/queue", data={"queue": "nowhere"}).status_code == 422
    with taught.app_context(), transaction() as session:
        session.get(Ticket, found).assignee_id = taught.extensions["cast"]["ines"]
    assert tomasz.post(f"/desk/tickets/{found}/queue", data={"queue": "returns"}).status_code == 403
    assert ines.post(f"/desk/tickets/{found}/queue", data={"queue": "returns"}).status_code == 303


def test_a_model_that_cannot_be_read_is_as_if_nothing_was_learned(taught, weights, client_of):
    with taught.app_context(), transaction() as session:
        session.scalar(select(Training)).weights = weights[:-200]
    ticket, _sorting = ticket_of(taught, ask(client_of(taught, "maja"), "The zip of my jacket is torn"))
    assert ticket.sorting == "open"


def test_the_language_of_a_question_is_the_one_it_is_written_in(any_app, client_of):
    ticket, _sorting = ticket_of(any_app, ask(client_of(any_app, "maja"), "Wo ist mein Paket und wann kann ich es bekommen?", topic="orders"))
    assert ticket.language == "de"


def test_nobody_is_asked_to_choose_once_something_is_learned(taught, client_of):
    page = client_of(taught, "maja").get("/ask").text
    tag = next(tag for tag in re.findall(r'<input[^>]*name="topic"[^>]*>', page) if 'value="?"' in tag)
    assert " checked" in tag


