"""How well questions are sorted: while learning, and as it came true."""
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import case, func, select

from support.classification.models import LEARNED, OPEN, READY, Sorting, Training
from support.clock import now
from support.database import db
from support.people.permissions import demand
from support.routing import queues
from support.tickets.models import LIVE, Ticket

LOOKED_BACK = timedelta(days=30)


@dataclass(frozen=True)
class OfQueue:
    """One queue in the last lesson: how many examples, how many of them were guessed right unseen."""

    name: str
    examples: int
    right: int


@dataclass(frozen=True)
class Figures:
    """`latest` is the last training of any outcome, `ready` the last that taught something. `ways` counts the sorted of the last 30 days: {way: (all, put right later)}."""

    latest: Training | None
    ready: Training | None
    by_queue: list[OfQueue]
    ways: dict[str, tuple[int, int]]
    to_sort: int

    @property
    def lived(self) -> float | None:
        """Share of learned decisions of the last 30 days that nobody had to put right; None without any."""
        number, corrected = self.ways.get(LEARNED, (0, 0))
        return 1 - corrected / number if number else None


def figures(person) -> Figures:
    """For administrators."""
    demand(person, "administer")
    latest = db.session.scalar(select(Training).order_by(Training.id.desc()).limit(1))
    ready = db.session.scalar(select(Training).where(Training.state == READY).order_by(Training.id.desc()).limit(1))
    moved = func.sum(case((Ticket.topic != Sorting.topic, 1), else_=0))
    rows = db.session.execute(
        select(Sorting.way, func.count(), moved).join(Ticket, Ticket.id == Sorting.ticket_id).where(Sorting.at > now() - LOOKED_BACK).group_by(Sorting.way)
    )
    to_sort = db.session.scalar(select(func.count()).where(Ticket.sorting == OPEN, Ticket.state.in_(LIVE)))
    return Figures(latest, ready, _by_queue(ready), {way: (number, int(corrected)) for way, number, corrected in rows}, to_sort)


def _by_queue(training: Training | None) -> list[OfQueue]:
    told = training.by_queue if training else {}
    named = [OfQueue(queue.name, *told.get(queue.slug, (0, 0))) for queue in queues.active()]
    return sorted(named, key=lambda one: -one.examples)
