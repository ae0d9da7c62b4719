"""A connection that breaks while a message is on its way to the server: what came of it is no message, and the whole one is stored when it comes again."""
import socket
from urllib.parse import urlencode

from sqlalchemy import select

from support.database import db
from support.tickets.models import Conversation, Message
from tests.recovery.caller import MESSAGE, Caller, fresh

WORDS = "Please send it to my sister, not to me, because I am away until the end of the month."


def bodies(server, ticket_id: int) -> list[str]:
    with server.app.app_context():
        db.session.rollback()
        return list(db.session.scalars(select(Message.body).join(Conversation, Conversation.id == Message.conversation_id).where(Conversation.ticket_id == ticket_id, Message.seq > 1)))


def sent_in_part(server, caller: Caller, path: str, body: str, missing: int) -> str:
    """The request with the end of its body cut off; what the server says to it."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: switchboard={caller.token}\r\nSec-Fetch-Site: same-origin\r\nAccept: {MESSAGE}\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as wire:
        wire.sendall((head + body[:-missing]).encode())
        wire.shutdown(socket.SHUT_WR)
        with wire.makefile("rb") as answer:
            return answer.readline().decode(errors="replace")  # the whole line, in however many pieces it comes


def test_a_message_whose_end_did_not_come_is_not_stored_and_the_whole_one_is(live):
    maja, name = Caller(live, "maja"), fresh()
    ticket_id = maja.asks("On a bad line", "form")
    path = f"/questions/{ticket_id}/messages"
    for ending in ("", "&padding=" + "x" * 100_000):  # taken in before anything else, and read by the page
        answer = sent_in_part(live, maja, path, urlencode({"client_id": name, "body": WORDS}) + ending, 40 if not ending else 100_040)
        assert answer == "" or " 400 " in answer, answer
    assert bodies(live, ticket_id) == []
    assert maja.writes(path, WORDS, name)[0] == 201
    assert bodies(live, ticket_id) == [WORDS]
