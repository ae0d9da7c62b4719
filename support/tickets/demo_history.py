"""The tickets of the full demo world: some three hundred talks of the last six weeks, in every state, with their events.

What becomes of each is drawn by `demo_casting` and `demo_course`; here it is put into rows. `world.tickets` tells the rooms
below (routing, quality) what happened.
"""
from datetime import datetime, timedelta

from support.database import db
from support.tickets.demo_casting import Casting
from support.tickets.demo_course import CLOSED, NEW, ON_HOLD, OPEN, PENDING, RESOLVED, Pace, Step, course, cut
from support.tickets.demo_events import Told, events, moves
from support.tickets.demo_files import attach_files
from support.tickets.demo_slots import slots
from support.tickets.demo_talks import Line, client_id, filled, talks
from support.tickets.models import Conversation, Message, SeenAnswer, Ticket

WANTED = {CLOSED: 224, RESOLVED: 30, PENDING: 18, ON_HOLD: 11, OPEN: 8, NEW: 9}
# How long ago a ticket of this state was opened, at most and at least.
OPENED = {
    CLOSED: (timedelta(days=42), timedelta(days=5)), RESOLVED: (timedelta(days=6), timedelta(hours=4)), PENDING: (timedelta(days=4), timedelta(hours=2)),
    ON_HOLD: (timedelta(days=3), timedelta(hours=1)), OPEN: (timedelta(hours=30), timedelta(minutes=25)), NEW: (timedelta(minutes=40), timedelta(minutes=1)),
}
REOPENED = 0.9  # of those that have something to come back for
FOLLOWED_UP = 8
# What the cast has asked before: person, talk, state.
OF_THE_CAST = (
    ("maja", "which-tent", CLOSED), ("maja", "points-expire", CLOSED), ("maja", "size-jacket", PENDING), ("odile", "lost-parcel", ON_HOLD),
    ("odile", "sign-in-link", CLOSED), ("gero", "boots-size", CLOSED),
)
TRIES = 400


def tickets(world) -> None:
    """Draw, then write all rows at once."""
    if not world.full:
        return
    casting, hours = Casting(world), world.calendars["shop"].hours()
    told = [_draw(world, casting, hours, state, (world.people[key], talk)) for key, talk, state in OF_THE_CAST]
    told += [_draw(world, casting, hours, state) for state, count in WANTED.items() for _one in range(count)]
    world.tickets = sorted((one for one in told if one), key=lambda one: one.steps[0].at)
    for one in world.tickets:
        _write(world, casting, one)
    db.session.add_all(one.ticket for one in world.tickets)
    db.session.flush()
    _follow_up(world)
    db.session.add_all(message for one in world.tickets for message in _owned(one))
    db.session.flush()
    attach_files(world)
    for one in world.tickets:
        world.history += events(one)


def _draw(world, casting: Casting, hours, state: str, wish: tuple | None = None) -> Told | None:
    """A talk that fits and ends in this state; `wish` names its customer and the key of the talk.

    After a long weekend the doors were closed all the time, so the search reaches further back with each try. None if nothing fits.
    """
    most, least = OPENED[state]
    library = [talk for talk in talks() if wish is None or talk.key == wish[1]]
    for attempt in range(TRIES):
        talk = casting.rng.choice(library)
        found = casting.customer(talk, world.now - most * (1 + 3 * attempt / TRIES), world.now - least, wish and wish[0])
        if found is None:
            continue
        customer, order, opened = found
        channel = "chat" if hours.is_open(opened) and casting.rng.random() < (0 if state == OPEN else 0.6) else "form"
        pace = Pace(channel, hours, world.settings.zone, casting.rng)
        steps = course(talk, opened, pace, again=casting.rng.random() < REOPENED)
        steps = _until(steps, state, world, casting.rng)
        agent = casting.agent(talk, steps[1].at, live=state == OPEN) if steps and len(steps) > 1 else None
        if steps is None or (agent is None and state != NEW):
            continue
        casting.use(talk, customer, order)
        ticket = Ticket(customer_id=customer.id, order=order, subject="", topic=talk.topic, language=talk.language, priority=talk.priority, state=state)
        return Told(ticket, talk, channel, customer, agent, steps)
    return None


def _until(steps: list[Step], state: str, world, rng) -> list[Step] | None:
    """The steps that leave the ticket in this state now; None if time does not allow it."""
    now, closes = world.now, timedelta(days=world.settings.close_after_days)
    end = steps[-1].at
    if state == CLOSED:
        return [*steps, Step(end + closes + timedelta(seconds=rng.randint(5, 290)), "close")] if end + closes < now - timedelta(minutes=10) else None
    if state == RESOLVED:
        return steps if now - closes + timedelta(hours=1) < end < now else None
    steps = cut(steps, state, rng)
    return steps if steps and steps[-1].at < now else None


def _write(world, casting: Casting, one: Told) -> None:
    """The words and the numbers of a ticket."""
    ticket, steps, rng = one.ticket, one.steps, casting.rng
    words = slots(one.talk, one.customer.name, one.agent.name if one.agent else "we", steps[0].at, world.settings.zone, ticket.order)
    seed = f"{rng.getrandbits(32):08x}"
    if ticket.state in (NEW, OPEN):
        ticket.client_id = client_id(one.talk, seed)
    ticket.subject = filled(rng.choice(one.talk.subjects), words, seed)[:200]
    ticket.opened_at = steps[0].at
    ticket.assignee_id = one.agent.id if one.agent else None
    one.trained = casting.trained(one.talk, steps[0].at)
    one.skill_id, one.language_skill_id = (skill.id for skill in casting.skills(one.talk))
    conversation = Conversation(channel=one.channel, started_at=steps[0].at)
    ticket.conversations = [conversation]
    for step in steps:
        if step.line is not None:
            _say(world, one, conversation, step.line, step.at, filled(step.line.text, words, seed))
    staff = [message for message in one.messages if message.by_staff and message.kind == "reply"]
    ticket.first_reply_at = staff[0].created_at if staff else None
    ticket.activity_at = conversation.activity_at = one.messages[-1].created_at
    conversation.customer_seq = conversation.customer_got = _read(one)
    conversation.staff_seq = conversation.staff_got = conversation.seq if staff else 0
    _settle(world, one)
    seen = [world.articles[slug] for slug in one.talk.seen if slug in world.articles and rng.random() < 0.7]
    ticket.seen = [SeenAnswer(article_id=article.id, title=article.title, helped=rng.choice((False, False, None))) for article in seen]


def _say(world, one: Told, conversation: Conversation, line: Line, at: datetime, body: str) -> None:
    conversation.desk_seq = (conversation.desk_seq or 0) + 1
    note = line.writer == "N"
    conversation.seq = (conversation.seq or 0) + (0 if note else 1)
    author = one.customer if line.writer == "C" else one.agent
    article = world.articles.get(line.article)
    one.messages.append(Message(
        desk_seq=conversation.desk_seq, seq=None if note else conversation.seq, kind="note" if note else "reply", author_id=author.id,
        by_staff=line.writer != "C", body=body, client_id=f"history-{conversation.desk_seq:04}", article_id=article.id if article else None, created_at=at,
    ))


def _read(one: Told) -> int:
    """How far the customer has read: all, except what waits for him since a little while."""
    own = max(message.seq for message in one.messages if not message.by_staff)
    return one.messages[-1].seq or own if one.ticket.state in (RESOLVED, CLOSED) else own


def _settle(world, one: Told) -> None:
    ticket, last = one.ticket, one.steps[-1]
    resolved = [step for step in one.steps if step.act == "resolve"]
    ticket.version = 1 + len(list(moves(one))) + bool(one.agent)
    if ticket.state in (RESOLVED, CLOSED):
        ticket.resolved_at, ticket.disposition = resolved[-1].at, world.dispositions[one.talk.outcome]
    if ticket.state == CLOSED:
        ticket.closed_at = last.at


def _owned(one: Told) -> list[Message]:
    for message in one.messages:
        message.conversation_id = one.ticket.conversation.id
    return one.messages


def _follow_up(world) -> None:
    """A few new questions follow closed ones of the same customer and topic."""
    closed = {}
    done = 0
    for one in world.tickets:
        earlier = closed.get((one.customer.id, one.talk.topic))
        if earlier is not None and earlier.closed_at < one.ticket.opened_at and done < FOLLOWED_UP:
            one.ticket.follow_up_of_id = earlier.id
            done += 1
        if one.ticket.state == CLOSED:
            closed[(one.customer.id, one.talk.topic)] = one.ticket
