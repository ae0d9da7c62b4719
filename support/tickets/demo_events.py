"""A ticket of the demo world as it happened, the changes of its state on the way, and the events the use cases would have written."""
from dataclasses import dataclass, field

from support.events import happened
from support.tickets import kinds
from support.tickets.demo_course import CLOSED, NEW, ON_HOLD, OPEN, PENDING, RESOLVED, Step
from support.tickets.demo_talks import Talk
from support.tickets.models import Message, Ticket


@dataclass
class Told:
    """One ticket as it happened."""

    ticket: Ticket
    talk: Talk
    channel: str
    customer: object
    agent: object | None
    steps: list[Step]
    messages: list[Message] = field(default_factory=list)
    trained: list[str] = field(default_factory=list)  # keys of those who could have taken it
    skill_id: int = 0
    language_skill_id: int = 0


def moves(one: Told):
    """(step, from, to) for each change of state on the way, in order."""
    state = NEW
    for step in one.steps:
        to = _leads_to(step, state)
        if to != state:
            yield step, state, to
            state = to


def _leads_to(step: Step, state: str) -> str:
    if step.act == "accept" or step.act == "reopen":
        return OPEN
    if step.act in ("resolve", "close"):
        return RESOLVED if step.act == "resolve" else CLOSED
    if step.line.writer == "A":
        return step.line.then or (OPEN if state == ON_HOLD else state)
    return OPEN if step.line.writer == "C" and state == PENDING else state


def events(one: Told) -> list[dict]:
    """What the use cases would have written, in the same order."""
    ticket, conversation = one.ticket, one.ticket.conversation
    customer, agent = one.customer.id, one.agent.id if one.agent else None
    moved = {id(step): (was, to) for step, was, to in moves(one)}
    messages, rows = iter(one.messages), []

    def tell(kind, step, actor, **data):
        rows.append(happened(kind, step.at, ticket_id=ticket.id, actor_id=actor, **data))

    tell(
        kinds.OPENED, one.steps[0], customer, topic=ticket.topic, order_id=ticket.order_id, follow_up_of=ticket.follow_up_of_id,
        conversation_id=conversation.id, channel=one.channel,
    )
    for step in one.steps:
        if step.act == "accept":
            tell(kinds.ASSIGNED, step, agent, agent_id=agent, from_agent_id=None)
        if step.line is not None:
            message = next(messages)
            numbers = {"conversation_id": conversation.id, "message_id": message.id, "desk_seq": message.desk_seq}
            if message.kind == "note":
                tell(kinds.NOTED, step, agent, **numbers)
            else:
                tell(kinds.POSTED, step, message.author_id, seq=message.seq, by_staff=message.by_staff, **numbers)
        if id(step) in moved:
            was, to = moved[id(step)]
            kind = {"resolve": kinds.RESOLVED, "reopen": kinds.REOPENED, "close": kinds.CLOSED}.get(step.act, kinds.MOVED)
            actor = None if step.act == "close" else customer if step.line is not None and step.line.writer == "C" else agent
            extra = {"disposition_id": ticket.disposition_id} if step.act == "resolve" else {}
            tell(kind, step, actor, **{"from": was, "to": to, **extra})
    return rows
