"""A person says which queue is right. The ticket goes there with its place, and the answer is an example to learn from."""
from flask_babel import gettext as _
from sqlalchemy import select

from support.classification import kinds
from support.classification.models import SETTLED, Sorting
from support.clock import now
from support.database import db, lock, transaction
from support.errors import IllegalMove, Invalid, Stale
from support.events import record
from support.people.permissions import demand
from support.routing import moving, queues
from support.tickets import find
from support.tickets.access import demand_work
from support.tickets.models import Ticket


def of_ticket(ticket: Ticket) -> Sorting | None:
    """How a ticket was sorted; None when its customer chose."""
    return db.session.scalar(select(Sorting).where(Sorting.ticket_id == ticket.id)) if ticket.sorting else None


def settle(person, ticket_id: int, slug: str, version: int | None = None) -> Ticket:
    """The queue is right, or this one is. Whoever is at a desk may while nobody has the ticket, later who works on it.

    Raises Invalid for a queue that is none, Stale, IllegalMove for a question whose customer chose, or that is over.
    """
    demand(person, "desk")
    find(person, ticket_id)
    queue = next((queue for queue in queues.active() if queue.slug == slug), None)
    if queue is None:
        raise Invalid({"queue": _("Choose a queue from the list.")})
    with transaction() as session:
        held = moving.locked(session, ticket_id)
        ticket = lock(session, Ticket, ticket_id)
        if version is not None and version != ticket.version:
            raise Stale()
        if not ticket.sorting or not ticket.is_live:
            raise IllegalMove()
        if ticket.assignee_id is not None:
            demand_work(person, ticket)
        sorting = session.scalar(select(Sorting).where(Sorting.ticket_id == ticket_id))
        before = next((one for one in queues.all_queues() if one.slug == ticket.topic), None)
        ticket.topic, ticket.sorting = queue.slug, SETTLED
        ticket.version += 1
        if before is None or before.id != queue.id:
            moving.to_queue(session, held, ticket, queue)
        sorting.settled_at, sorting.settled_by_id = now(), person.id
        record(
            kinds.SETTLED, ticket_id=ticket_id, actor=person, queue_id=queue.id, from_queue_id=before.id if before else None, way=sorting.way,
            corrected=queue.slug != sorting.topic,
        )
    return ticket
