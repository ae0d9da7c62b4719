"""Past tickets to learn from, and what a question in one of the queues sounds like."""
import random

from support.clock import now
from support.database import transaction
from support.tickets.models import Conversation, Message, Ticket

SOUNDS = {
    "orders": (("parcel", "delivery", "courier", "tracking number"), ("has not arrived", "does not move", "is late", "went to the wrong door")),
    "returns": (("jacket", "boots", "rucksack", "zip"), ("is torn and I send it back", "is too small, exchange please", "is broken, repair it", "goes back, where is the label")),
    "payments": (("invoice", "voucher", "refund", "credit card"), ("was charged twice", "is not accepted", "has the wrong sum", "is missing in my account")),
}


def question(topic: str, draw: random.Random) -> str:
    things, troubles = SOUNDS[topic]
    return f"My {draw.choice(things)} {draw.choice(troubles)}, number {draw.randrange(10**6)}."


def lay_down(app, count: int = 20, topics=tuple(SOUNDS)) -> None:
    """So many closed tickets of each topic, of the cast's first customer."""
    draw, at = random.Random(7), now()
    with app.app_context(), transaction() as session:
        for number in range(count):
            for topic in topics:
                customer = app.extensions["cast"]["maja"]
                ticket = Ticket(customer_id=customer, subject="A question", topic=topic, state="closed", opened_at=at, activity_at=at, client_id=f"past-{topic}-{number}")
                ticket.conversations.append(Conversation(channel="form", seq=1, desk_seq=1, started_at=at, activity_at=at))
                session.add(ticket)
                session.flush()
                session.add(Message(
                    conversation_id=ticket.conversation.id, seq=1, desk_seq=1, kind="reply", author_id=customer, by_staff=False,
                    body=question(topic, draw), client_id=f"past-{topic}-{number}", created_at=at,
                ))
