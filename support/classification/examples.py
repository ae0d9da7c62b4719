"""What there is to learn from: past tickets with the queue that proved right. The words stay in the tickets; what is erased there is not learned again."""
from collections import Counter

from sqlalchemy import or_, select

from support.classification.features import text_of
from support.classification.models import SETTLED
from support.database import db
from support.routing import queues
from support.tickets.models import Conversation, Message, Ticket

MOST = 20_000  # the newest; older ones say less of how people ask now
LEAST_OF_A_QUEUE = 5


def gathered() -> list[tuple[str, str]]:
    """(text, slug of the queue), oldest first; empty unless two queues have enough.

    A ticket counts when a person stands behind its queue: its customer chose it, an agent settled it, or it was worked on to its end there.
    """
    slugs = [queue.slug for queue in queues.active()]
    first = select(Conversation.ticket_id, Message.body).join(Conversation, Conversation.id == Message.conversation_id).where(Message.seq == 1, ~Message.by_staff).subquery()
    query = (
        select(Ticket.id, Ticket.subject, first.c.body, Ticket.topic).join(first, first.c.ticket_id == Ticket.id)
        .where(Ticket.topic.in_(slugs), or_(Ticket.sorting.in_(("", SETTLED)), Ticket.state.in_(("resolved", "closed"))))
        .order_by(Ticket.id.desc()).limit(MOST)
    )
    found = {ticket_id: (text_of(subject, body), topic) for ticket_id, subject, body, topic in db.session.execute(query)}
    db.session.rollback()
    counts = Counter(topic for _text, topic in found.values())
    enough = {topic for topic, count in counts.items() if count >= LEAST_OF_A_QUEUE}
    return [found[ticket_id] for ticket_id in sorted(found) if found[ticket_id][1] in enough] if len(enough) > 1 else []
