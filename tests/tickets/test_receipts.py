"""What became of a message: sent, delivered to a screen of the other side, read there. Through the pages, on both databases."""
import pytest
from sqlalchemy import func, select

from support.database import db
from support.events import Event
from support.tickets import kinds


@pytest.fixture
def talk(any_app, desk):
    """`talk.receipts("maja")`: what stands below Maja's messages on a page without script, as pairs of message and word."""

    class Talk:
        ticket_id = desk.taken(body="First words")

        def __init__(self):
            self.clients = {}
            desk.customer_writes(self.ticket_id, "Second words")

        def client(self, key: str):
            if key not in self.clients:
                self.clients[key] = desk.client_of(any_app, key)
            return self.clients[key]

        def page_of(self, key: str) -> str:
            return f"/questions/{self.ticket_id}" if key == "maja" else f"/desk/tickets/{self.ticket_id}"

        def marks(self, key: str, seen: int, got: int) -> int:
            return self.client(key).post(f"{self.page_of(key)}/reading", data={"seen": seen, "got": got}).status_code

        def receipts(self, key: str) -> list[str]:
            text = self.client(key).get(self.page_of(key)).text.split("<template")[0]
            return [part.partition('"')[0] for part in text.split('data-receipt="')[1:]]

        def events(self) -> int:
            with any_app.app_context():
                return db.session.scalar(select(func.count()).select_from(Event).where(Event.ticket_id == self.ticket_id))

    return Talk()


def test_a_message_is_sent_then_delivered_then_read_by_whoever_is_responsible(talk):
    assert talk.receipts("maja") == ["sent"]
    assert talk.marks("ines", seen=1, got=2) == 204
    assert talk.receipts("maja") == ["read", "delivered"]
    assert talk.marks("ines", seen=2, got=2) == 204
    assert talk.receipts("maja") == ["read"]


def test_nobody_goes_back_and_nobody_is_further_than_what_was_written(talk):
    talk.marks("ines", seen=2_000_000_000, got=2_000_000_000)
    talk.marks("ines", seen=1, got=1)
    assert talk.receipts("maja") == ["read"]
    newer = talk.client("maja").get(f"{talk.page_of('maja')}/messages?after=2").text
    assert 'data-got="2" data-seen="2"' in newer and "Second words" not in newer


def test_staff_who_only_look_are_not_noticed(talk):
    for key in ("tomasz", "hanna"):
        assert talk.marks(key, seen=2, got=2) == 204
    assert talk.receipts("maja") == ["sent"]


def test_the_agent_sees_what_the_customer_got_and_only_her_reading_is_an_event(talk, desk):
    talk.client("ines").post(f"{talk.page_of('ines')}/messages", data={"body": "An answer", "client_id": "agent-words-0009"})
    assert talk.receipts("maja") == ["read"], "who answers has read"
    assert talk.receipts("ines") == ["sent"]
    before = talk.events()
    talk.marks("maja", seen=0, got=3)
    assert talk.receipts("ines") == ["delivered"] and talk.events() == before
    talk.marks("maja", seen=3, got=3)
    talk.marks("maja", seen=3, got=3)
    assert talk.receipts("ines") == ["read"] and talk.events() == before + 1
    with desk.app.app_context():
        assert db.session.scalar(select(Event.data).where(Event.kind == kinds.READ, Event.ticket_id == talk.ticket_id))["seq"] == 3


def test_the_other_side_is_shown_at_once_and_a_mark_that_is_no_news_writes_nothing(talk, desk, count_statements):
    io = desk.app.extensions["live"].io
    maja = io.test_client(desk.app, flask_test_client=desk.client_of(desk.app, "maja"))
    conversation = desk.ticket(talk.ticket_id).conversation.id
    maja.emit("join", {"screen": f"conversation:{conversation}"}, callback=True)
    maja.get_received()
    talk.marks("ines", seen=1, got=2)
    assert [entry["args"][0] for entry in maja.get_received() if entry["name"] == "numbers"] == [{"screen": f"conversation:{conversation}", "got": 2, "seen": 1}]
    with count_statements(desk.app) as count:
        talk.marks("ines", seen=1, got=2)
    assert not [text for text in count.texts if text.lstrip().upper().startswith(("UPDATE", "INSERT"))]
    assert maja.get_received() == []
