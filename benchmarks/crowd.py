"""Many customers, agents, conversations and sign-ins, written in bulk, for benchmarks/live.py. No part of it is random."""
from datetime import timedelta

from sqlalchemy import insert, select

from support.clock import now
from support.database import transaction
from support.people import sign_ins
from support.people.person import Person
from support.people.sign_ins import SignIn
from support.routing.models import ASSIGNED, CHAT, Queue, WorkItem
from support.tickets.models import Conversation, Message, Ticket
from support.tickets.talk import add_message
from support.web.identity import cookie_name

TABS = 5  # sockets of one sign-in


def sign_in_all(role: str, count: int) -> tuple[list[int], list[str]]:
    """So many people of a role, each signed in once: their ids and cookies."""
    at = now()
    people = [
        {"role": role, "name": f"{role.title()} {number}", "email": f"{role}-{number}@bench.example", "email_proven_at": at, "created_at": at, "active": True, "locale": "en"}
        for number in range(count)
    ]
    with transaction() as session:
        first = session.scalar(select(Person.id).order_by(Person.id.desc()).limit(1)) or 0
        session.execute(insert(Person), people)
        ids = list(session.scalars(select(Person.id).where(Person.id > first, Person.role == role).order_by(Person.id)))
        tokens = [f"{role}-{person_id}" for person_id in ids]
        session.execute(insert(SignIn), [
            {
                "person_id": person_id, "token_hash": sign_ins.hashed(token), "scope": "account", "device": "benchmark", "created_at": at, "seen_at": at,
                "rotated_at": at, "expires_at": at + timedelta(hours=8),
            }
            for person_id, token in zip(ids, tokens, strict=True)
        ])
    return ids, [f"{cookie_name()}={token}" for token in tokens]


def converse(customers: list[int], agents: list[int]) -> list[tuple[int, int]]:
    """One question of each customer, with its place in the line, taken by one agent after the other, with one message: (ticket, conversation) of each."""
    at = now()
    with transaction() as session:
        tickets = [
            Ticket(
                customer_id=customer, subject="Where is my parcel?", topic="orders", language="en", opened_at=at, activity_at=at, state="open",
                assignee_id=agents[number % len(agents)], first_reply_at=at, conversations=[Conversation(channel="chat", started_at=at, activity_at=at, seq=1, desk_seq=1)],
            )
            for number, customer in enumerate(customers)
        ]
        session.add_all(tickets)
        session.flush()
        pairs = [(ticket.id, ticket.conversation.id) for ticket in tickets]
        queue = Queue(slug="orders", name="Orders")
        session.add(queue)
        session.flush()
        session.execute(insert(WorkItem), [
            {
                "ticket_id": ticket.id, "queue_id": queue.id, "channel": CHAT, "language": "en", "state": ASSIGNED, "entered_at": at, "state_at": at,
                "agent_id": ticket.assignee_id, "last_agent_id": ticket.assignee_id, "answered_at": at,
            }
            for ticket in tickets
        ])
        session.execute(insert(Message), [
            {
                "conversation_id": conversation, "seq": 1, "desk_seq": 1, "kind": "reply", "author_id": customer, "by_staff": False, "body": "Where is it?",
                "client_id": f"first-{conversation}", "created_at": at,
            }
            for (_ticket, conversation), customer in zip(pairs, customers, strict=True)
        ])
    return pairs


def write_everywhere(pairs: list[tuple[int, int]], rounds: int) -> None:
    """So many messages of the customer in each conversation, with their events, in one commit."""
    with transaction() as session:
        found = [(session.get(Ticket, ticket), session.get(Conversation, conversation)) for ticket, conversation in pairs]
        for number in range(rounds):
            for ticket, conversation in found:
                add_message(conversation, ticket, ticket.customer, f"Words {number}", f"stored-{number}-{conversation.id}-{conversation.seq}")


def tabs(cookies: list[str], screens: list[list[str]]) -> list[dict]:
    """The sockets of these sign-ins, TABS each, one for each list of screens."""
    return [{"cookie": cookies[number // TABS], "screens": joined} for number, joined in enumerate(screens)]
