"""Receipts: how far the other side has got the messages of a conversation on a screen, and read them.

For the customer the other side is whoever is responsible for the ticket; other staff may look without being noticed. The marks go
forward only, lie at the conversation, and cost nothing while nothing changes. Only the customer's reading is an event: mails go by it.
"""
from collections.abc import Iterable
from dataclasses import dataclass

from support import relay
from support.database import lock, transaction
from support.events import record
from support.tickets import kinds
from support.tickets.access import find, is_customer_of
from support.tickets.models import Conversation, Message, Ticket


@dataclass(frozen=True)
class Receipts:
    """Up to which `seq` the other side has got (`got`) and read (`seen`) what there is; `seen` is never beyond `got`."""

    got: int
    seen: int

    def shown_at(self, messages: Iterable[Message], by_staff: bool) -> dict[int, str]:
        """Below which of one side's messages, by `seq`, stands what: at the last read, the last delivered, the last sent one."""
        own = [message.seq for message in messages if message.seq and message.by_staff == by_staff]
        reached = {"sent": own, "delivered": [seq for seq in own if seq <= self.got], "read": [seq for seq in own if seq <= self.seen]}
        return {max(numbers): word for word, numbers in reached.items() if numbers}


def of(person, conversation: Conversation) -> Receipts:
    """How far the other side of this reader is."""
    if person.is_staff:
        return Receipts(conversation.customer_got, conversation.customer_seq)
    return Receipts(conversation.staff_got, conversation.staff_seq)


def mark(person, ticket_id: int, seen: int = 0, got: int = 0) -> None:
    """A page of this person has got the messages up to `got` and shows them up to `seen`. Raises NotFound; never goes back."""
    ticket = find(person, ticket_id)
    side = _side(person, ticket)
    if side is None or not _is_news(ticket.conversation, side, seen, got):
        return
    with transaction() as session:
        conversation = lock(session, Conversation, ticket.conversation.id)
        seen = min(seen, conversation.seq)
        got = min(max(seen, got), conversation.seq)
        if side == "customer" and seen > conversation.customer_seq:
            record(kinds.READ, ticket_id=ticket_id, actor=person, conversation_id=conversation.id, seq=seen)
        move(conversation, side, seen, got)
        marks = of_side(conversation, side)
    other = "conversation" if side == "staff" else "desk-conversation"
    relay.tell(f"{other}:{conversation.id}", got=marks.got, seen=marks.seen)


def move(conversation: Conversation, side: str, seen: int, got: int = 0) -> None:
    """Bring the marks of one side forward; inside a transaction, with the conversation locked."""
    known = of_side(conversation, side)
    setattr(conversation, f"{side}_seq", max(known.seen, seen))
    setattr(conversation, f"{side}_got", max(known.got, got, seen))


def of_side(conversation: Conversation, side: str) -> Receipts:
    """How far "customer" or "staff" is."""
    return Receipts(getattr(conversation, f"{side}_got"), getattr(conversation, f"{side}_seq"))


def _side(person, ticket: Ticket) -> str | None:
    if is_customer_of(person, ticket):
        return "customer"
    return "staff" if person.is_staff and person.id == ticket.assignee_id else None


def _is_news(conversation: Conversation, side: str, seen: int, got: int) -> bool:
    known = of_side(conversation, side)
    return min(seen, conversation.seq) > known.seen or min(max(seen, got), conversation.seq) > known.got
