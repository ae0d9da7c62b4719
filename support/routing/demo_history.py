"""What the router did with the tickets of the full demo world: places in line, offers, who was looked at, and the events."""
from bisect import insort
from datetime import timedelta

from support.database import db
from support.events import happened
from support.routing import kinds, told
from support.routing.demo_why import Trained, decision, reasons
from support.routing.models import (
    ACCEPTED,
    ASSIGNED,
    CHAT,
    DECLINED,
    DONE,
    TICKET,
    TIMED_OUT,
    WAITING,
    Offer,
    ToldWait,
    WorkItem,
)

AT_ONCE = 30  # seconds: whoever was answered within them had found somebody free
SPARE = 1.5
PASSED_ON = 0.14  # of the offers came second, after a colleague let it go or did not answer


def work(world) -> None:
    """One place in line for each time a ticket needed somebody, with what led to its end."""
    if not world.full:
        return
    known = Trained(world)
    places = [(one, item, begin, end) for one in world.tickets for item, begin, end in _places(world, one)]
    db.session.add_all(item for _one, item, _begin, _end in places)
    db.session.flush()
    db.session.add_all(_announcements(world, [item for _one, item, _begin, _end in places]))
    offers = [made for one, item, begin, _end in places if begin.act == "accept" for made in _offers(world, known, one, item, begin)]
    db.session.add_all(offer for offer, _one, _item in offers)
    db.session.flush()
    db.session.add_all(decision(world, known, offer, one) for offer, one, _item in offers)
    for one, item, begin, end in places:
        world.history += _events(one, item, begin, end)
    for offer, one, item in offers:
        world.history += _offer_events(offer, one, item)


def _places(world, one):
    """(work item, the step it was accepted or reopened with, the step it ended with) for each time it stood in line."""
    begins = [step for step in one.steps if step.act in ("accept", "reopen")]
    ends = [step for step in one.steps if step.act == "resolve"]
    if not begins:
        yield _item(world, one, entered_at=one.steps[0].at, state=WAITING, state_at=one.steps[0].at), one.steps[0], None
    for place, begin in enumerate(begins):
        end = ends[place] if place < len(ends) else None
        entered = one.steps[0].at if begin.act == "accept" else begin.at
        yield _item(
            world, one, entered_at=entered, answered_at=begin.at, agent_id=one.agent.id, last_agent_id=one.agent.id,
            state=DONE if end else ASSIGNED, state_at=end.at if end else begin.at, ended_at=end.at if end else None,
        ), begin, end


def _item(world, one, **values) -> WorkItem:
    return WorkItem(
        ticket_id=one.ticket.id, queue_id=world.queues[one.talk.topic].id, channel=CHAT if one.channel == CHAT else TICKET, language=one.talk.language, **values
    )


def _announcements(world, items):
    """What those who had to wait were told: what nine of ten of those before them had waited, and a half more, since they were few."""
    queues, waits = {queue.id: queue for queue in world.queues.values()}, {}
    for item in sorted((item for item in items if item.answered_at), key=lambda item: item.entered_at):
        waited = (item.answered_at - item.entered_at).total_seconds()
        if waited > AT_ONCE:
            limit = told.whole_minutes(SPARE * told.by_rule(queues[item.queue_id], item.channel, waits, 0, 1))
            yield ToldWait(
                work_item_id=item.id, queue_id=item.queue_id, told_at=item.entered_at, limit_seconds=limit, limit_at=item.entered_at + timedelta(seconds=limit)
            )
            insort(waits.setdefault((item.queue_id, item.channel), []), waited)


def _offers(world, known: Trained, one, item: WorkItem, begin):
    """The offer that was accepted, and sometimes one before it that was not."""
    made = begin.at - timedelta(seconds=world.rng.randint(3, 9))
    others = [key for key in one.trained if world.people[key].id != one.agent.id]
    room = (made - item.entered_at).total_seconds() > 45
    passed = others and room and world.rng.random() < PASSED_ON
    if passed:
        state = world.rng.choice((TIMED_OUT, DECLINED))
        ended = made - timedelta(seconds=1)
        first = Offer(
            work_item_id=item.id, agent_id=world.people[world.rng.choice(others)].id, state=state, offered_at=ended - timedelta(seconds=30 if state == TIMED_OUT else 7),
            answered_at=ended, expires_at=ended + timedelta(seconds=0 if state == TIMED_OUT else 23), decline_reason="busy" if state == DECLINED else None,
        )
        first.why = reasons(known, item, first, one, 0)
        yield first, one, item
    made = max(made, item.entered_at + timedelta(milliseconds=600))
    offer = Offer(
        work_item_id=item.id, agent_id=one.agent.id, state=ACCEPTED, offered_at=made, answered_at=begin.at, expires_at=made + timedelta(seconds=30)
    )
    offer.why = reasons(known, item, offer, one, 1 if passed else 0)
    yield offer, one, item


def _events(one, item: WorkItem, begin, end) -> list[dict]:
    ticket_id, numbers = one.ticket.id, {"work_item_id": item.id, "queue_id": item.queue_id}
    subject = ("work_item", item.id)
    if begin.act == "reopen":
        rows = [happened(kinds.RETURNED_TO, begin.at, ticket_id=ticket_id, subject=subject, agent_id=item.agent_id, **numbers)]
    else:
        at = item.entered_at + timedelta(milliseconds=300)
        rows = [happened(kinds.QUEUED, at, ticket_id=ticket_id, subject=subject, channel=item.channel, reason="opened", **numbers)]
    if end is not None:
        rows.append(happened(
            kinds.FINISHED, end.at, ticket_id=ticket_id, subject=subject, channel=item.channel, outcome=DONE, agent_id=item.agent_id, **numbers
        ))
    return rows


def _offer_events(offer: Offer, one, item: WorkItem) -> list[dict]:
    data = {"offer_id": offer.id, "work_item_id": item.id, "queue_id": item.queue_id, "agent_id": offer.agent_id}
    seconds = int((offer.expires_at - offer.offered_at).total_seconds())

    def tell(kind, at, actor_id=None, **more):
        return happened(kind, at, ticket_id=one.ticket.id, subject=("offer", offer.id), actor_id=actor_id, **data, **more)

    ends = {
        ACCEPTED: lambda: tell(kinds.ACCEPTED, offer.answered_at, offer.agent_id, waited_seconds=int((offer.answered_at - item.entered_at).total_seconds())),
        DECLINED: lambda: tell(kinds.DECLINED, offer.answered_at, offer.agent_id, reason=offer.decline_reason),
        TIMED_OUT: lambda: tell(kinds.TIMED_OUT, offer.answered_at),
    }
    return [tell(kinds.MADE, offer.offered_at, seconds=seconds), ends[offer.state]()]
