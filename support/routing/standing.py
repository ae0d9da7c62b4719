"""The queues as they stand, kept in memory: every page and every look of the router asks for them."""
from sqlalchemy import select

from support.kept import Kept
from support.routing import kinds
from support.routing.models import Queue, QueueSkill

queues = Kept(
    lambda session: list(session.scalars(select(Queue).order_by(Queue.position, Queue.id))), models=(Queue, QueueSkill), kinds=(kinds.QUEUE_CHANGED,)
)
