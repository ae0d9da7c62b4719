"""Classification in the demo world: a few rules, and how some of the past questions were sorted. It learns from all of them by itself, soon after the start."""
from datetime import timedelta
from random import Random

from support.classification.models import LEARNED, OPEN, RULE, SETTLED, Sorting, SortingRule
from support.database import db

RULES = (
    ("vat invoice*\nRechnung*\npro forma", "payments", ""), ("lawyer\nAnwalt\nsafety\ninjured\nverletzt", "", "urgent"), ("wholesale\nGroßhandel", "orders", ""),
)
SORTED = 60  # of the newest tickets
WRONG = {7, 22, 41}


def sorted_tickets(world) -> None:
    """Every third of the last month was sorted by what had been learned, some by a rule, some by a person; three of them wrongly at first."""
    if not world.full:
        return
    luck = Random(20261128)  # of its own, so that nothing else of the demo moves
    slugs = [queue.slug for queue in world.queues.values()]
    kept = [
        SortingRule(phrases=phrases, queue_id=world.queues[slug].id if slug in world.queues else None, priority=priority, position=10 * number)
        for number, (phrases, slug, priority) in enumerate(RULES, 1) if slug in world.queues or priority
    ]
    db.session.add_all(kept)
    db.session.flush()
    for number, one in enumerate(world.tickets[-SORTED * 2::2]):
        ticket = one.ticket
        way = RULE if number % 11 == 5 else OPEN if number % 6 == 2 else LEARNED
        topic = slugs[(slugs.index(ticket.topic) + 1) % len(slugs)] if number in WRONG else ticket.topic
        settled = way == OPEN and not (ticket.state == "new") or number in WRONG
        ticket.sorting = SETTLED if settled else way
        db.session.add(Sorting(
            ticket_id=ticket.id, at=ticket.opened_at, way=way, topic=topic, suggested=topic if way != RULE else None,
            confidence=None if way == RULE else 0.41 + luck.random() / 8 if way == OPEN else 0.7 + luck.random() * 0.29,
            rule_id=kept[0].id if way == RULE else None, settled_at=ticket.opened_at + timedelta(minutes=4) if settled else None,
            settled_by_id=one.agent.id if settled and one.agent else None,
        ))
