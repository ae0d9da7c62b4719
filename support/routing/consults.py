"""A warm transfer: an agent asks a colleague to join in on work that stays his, and hands it over or ends the consult.

A consult is asked, then joined, then over. Each step is one transaction that locks work item, then presences (by person), then ticket, and leaves
its state by a conditional update: of two that try, one wins. The customer's place and the asker's work are never touched before the hand-over, which
asks for certificate and room again. A consult whose work went elsewhere, or whose colleague is gone, is ended by the timed work of the dispatcher.
"""
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import aliased

from support import limits, people
from support.clock import now
from support.database import db, lock, transaction
from support.errors import IllegalMove, Invalid, NotAllowed, NotFound
from support.events import record
from support.people.permissions import ACTS, demand
from support.people.person import Person
from support.routing import capacity, kinds, offers, passing, picture, why
from support.routing import presence as presences
from support.routing.fitness import THERE, Agent, Line, level_for, no_room, untrained
from support.routing.line import of_ticket
from support.routing.models import ASKED, ASSIGNED, HANDED_OVER, JOINED, OFFLINE, TO_PERSON, Consult, Presence, Transfer, WorkItem
from support.routing.qualifying import agents_of
from support.tickets import access, assign, words
from support.tickets.models import Conversation, Message, Ticket
from support.tickets.talk import add_message

ENDED, CANCELLED, LEFT, DECLINED, TIMED_OUT, LOST, UNTRAINED = "ended", "cancelled", "left", "declined", "timed_out", "lost", "untrained"
SHOWN_AFTER = timedelta(minutes=2)  # so long the desks of both still say how it ended

asker, colleague = aliased(Person), aliased(Person)


@dataclass(frozen=True)
class Joining:
    """A consult as both desks show it. `mine` says that the reader is the one who was asked."""

    id: int
    state: str
    mine: bool
    ticket_id: int
    number: str
    subject: str
    asker: str
    colleague: str
    note: str
    asked_at: datetime
    expires_at: datetime


COLUMNS = (Consult, Ticket.id, Ticket.subject, asker.name, colleague.name, Message.body)


def of_desk(person_id: int, at: datetime):
    """The condition that finds what concerns one desk: what lives, and what has just ended."""
    fresh = or_(Consult.state.in_((ASKED, JOINED)), Consult.ended_at > at - SHOWN_AFTER)
    return fresh & or_(Consult.agent_id == person_id, Consult.asker_id == person_id)


def joined(query):
    """A statement about consults with what `COLUMNS` asks for."""
    query = query.outerjoin(WorkItem, WorkItem.id == Consult.work_item_id).outerjoin(Ticket, Ticket.id == WorkItem.ticket_id)
    query = query.outerjoin(asker, asker.id == Consult.asker_id).outerjoin(colleague, colleague.id == Consult.agent_id)
    return query.outerjoin(Message, Message.id == Consult.note_id)


def shown(row, person_id: int) -> Joining:
    """A row of `COLUMNS`."""
    consult, ticket_id, subject, asker_name, colleague_name, note = row
    mine = consult.agent_id == person_id
    return Joining(consult.id, consult.state, mine, ticket_id, f"T-{ticket_id}", subject, asker_name, colleague_name, note, consult.asked_at, consult.expires_at)


def ask(person, ticket_id: int, to: str, note: str, client_id: str) -> Consult | None:
    """Ask `person:id`, or the best free one of `queue:id` or `skill:id`, to join; None if the same form did so before.

    Raises Invalid with a sentence per field (`to`, `note`), IllegalMove while somebody is asked already, NotAllowed, NotFound.
    """
    demand(person, "desk")
    client_id = words.client_id(client_id)
    note = words.body(note, current_app.config["SETTINGS"].message_length, field="note")
    limits.hit("message", person.counted_as)
    try:
        with transaction() as session:
            conversation = lock(session, Conversation, access.thread(person, ticket_id))
            if session.scalar(select(Message.id).where(Message.conversation_id == conversation.id, Message.client_id == client_id)):
                return None
            access.demand_work(person, session.get(Ticket, ticket_id))
            found, at = of_ticket(ticket_id), now()
            lines = picture.Lines(at)
            queue_id, skill_id, number = _whom(lines, found, to, at)
            hand = passing.locked(session, person, conversation, also=[number])
            line, agent = passing.line_at(lines, hand.item, queue_id, skill_id), passing.agent_now(number, at)
            refusal = passing.NOBODY if agent is None else passing.against(line, agent, hand.item.channel)
            if refusal is not None or number == hand.item.agent_id:
                raise Invalid({"to": passing.refused(refusal or passing.HERE)})
            message = add_message(conversation, hand.ticket, person, note, client_id, kind="note", at=at)
            consult = Consult(
                work_item_id=hand.item.id, asker_id=hand.item.agent_id, agent_id=number, queue_id=queue_id, skill_id=skill_id, note_id=message.id, asked_at=at,
                expires_at=at + offers.ring_time(session, hand.item), state=ASKED,
            )
            session.add(consult)
            session.flush()
            presences.settle(session, hand.presences[number], at)
            _tell(kinds.CONSULT_ASKED, consult, hand.item, person)
    except IntegrityError:
        raise IllegalMove(_("Somebody is asked about this already.")) from None
    return consult


def join(person, consult_id: int) -> Ticket:
    """The one who was asked joins; NotAllowed if a certificate has lapsed meanwhile, which ends it."""
    demand(person, "desk")
    lacking = None
    with transaction() as session:
        consult, item, held = _locked(session, consult_id)
        _demand_asked(consult, person)
        at = now()
        if not _with_asker(consult, item) or consult.state == ASKED and consult.expires_at <= at:
            raise _over()
        lacking = untrained(_line(consult, item, at), picture.levels_by_person([person.id], at).get(person.id, {}))
        _win(session, consult, (ASKED,), UNTRAINED if lacking else JOINED, at)
        presences.settle(session, held[person.id], at)
        _tell(kinds.CONSULT_ENDED if lacking else kinds.CONSULT_JOINED, consult, item, person, **({"reason": UNTRAINED} if lacking else {}))
        ticket = session.get(Ticket, item.ticket_id)
    if lacking:
        raise NotAllowed(why.refusal(lacking))
    return ticket


def decline(person, consult_id: int) -> None:
    """The one who was asked cannot join."""
    _finish(person, consult_id, {ASKED: DECLINED}, _demand_asked)


def leave(person, consult_id: int) -> None:
    """The colleague leaves; the work stays where it is."""
    _finish(person, consult_id, {JOINED: LEFT}, _demand_asked)


def end(person, consult_id: int) -> None:
    """The asker takes the question back, or ends the consult and keeps the work."""
    _finish(person, consult_id, {ASKED: CANCELLED, JOINED: ENDED}, _demand_work)


def hand_over(person, consult_id: int) -> Ticket:
    """The work goes to the colleague who has joined, if he is trained and has room at this moment. Raises IllegalMove with the reason, NotAllowed."""
    demand(person, "desk")
    with transaction() as session:
        consult, item, held = _locked(session, consult_id)
        ticket = lock(session, Ticket, item.ticket_id)
        access.demand_work(person, ticket)
        at = now()
        if consult.state != JOINED or not _with_asker(consult, item):
            raise _over()
        agent, name = passing.agent_now(consult.agent_id, at), session.get(Person, consult.agent_id)
        refusal = passing.NOBODY if agent is None else _against(_line(consult, item, at), agent, item.channel)
        if refusal is not None:
            raise IllegalMove(_("%(name)s cannot take it now. %(reason)s.", name=name.first_name, reason=passing.refusal_sentence(refusal)))
        _win(session, consult, (JOINED,), HANDED_OVER, at)
        session.add(Transfer(
            work_item_id=item.id, at=at, by_id=person.id, to=HANDED_OVER, from_queue_id=item.queue_id, queue_id=consult.queue_id, skill_id=consult.skill_id,
            agent_id=consult.agent_id, note_id=consult.note_id,
        ))
        item.queue_id, item.extra_skill_id = consult.queue_id, consult.skill_id
        item.state_at, item.agent_id, item.last_agent_id = at, consult.agent_id, consult.agent_id
        assign(ticket, name, actor=person)
        for presence in held.values():
            presences.settle(session, presence, at)
        _tell(kinds.HANDED_OVER, consult, item, person)
    return ticket


def due(at: datetime) -> list[int]:
    """Consults that time or other steps have ended: not answered, the colleague gone, the work no longer with the asker."""
    query = select(Consult.id).join(WorkItem, WorkItem.id == Consult.work_item_id).outerjoin(Presence, Presence.person_id == Consult.agent_id)
    over = or_(
        (Consult.state == ASKED) & (Consult.expires_at <= at), WorkItem.state != ASSIGNED, WorkItem.agent_id != Consult.asker_id, Presence.system == OFFLINE,
    )
    return list(db.session.scalars(query.where(Consult.state.in_((ASKED, JOINED)), over)))


def heal(consult_id: int) -> bool:
    """End what is over; False when it is not."""
    with transaction() as session:
        consult, item, held = _locked(session, consult_id)
        at = now()
        if not consult.is_live:
            return False
        if not _with_asker(consult, item):
            outcome = LOST
        elif held[consult.agent_id].system == OFFLINE:
            outcome = LEFT
        elif consult.state == ASKED and consult.expires_at <= at:
            outcome = TIMED_OUT
        else:
            return False
        _win(session, consult, (consult.state,), outcome, at)
        presences.settle(session, held[consult.agent_id], at)
        _tell(kinds.CONSULT_ENDED, consult, item, None, reason=outcome)
    return True


def _whom(lines: picture.Lines, item: WorkItem | None, to: str, at: datetime) -> tuple[int, int | None, int]:
    """(queue, skill, person) to ask."""
    if item is None or item.state != ASSIGNED:
        raise passing.not_in_hand()
    kind, number = passing.parsed(to)
    queue_id, skill_id = passing.aim(lines, item, kind, number)
    if kind == TO_PERSON:
        return queue_id, skill_id, number
    line = passing.line_at(lines, item, queue_id, skill_id)
    free = [agent for agent in agents_of(people.active_staff(*ACTS["desk"]), at).values() if passing.against(line, agent, item.channel) is None and agent.id != item.agent_id]
    if not free:
        raise Invalid({"to": _("Nobody who is trained for it is free just now.")})
    return queue_id, skill_id, min(free, key=lambda agent: (-level_for(line, agent.levels), agent.idle_since, agent.id)).id


def _against(line: Line, agent: Agent, channel: str) -> str | None:
    """What speaks against handing it over: a ring or a wrap-up does not, he has agreed to it."""
    return untrained(line, agent.levels, agent.lapsed) or (agent.out if agent.out not in THERE else None) or no_room(channel, agent, capacity.limits())


def _line(consult: Consult, item: WorkItem, at: datetime) -> Line:
    return passing.line_at(picture.Lines(at), item, consult.queue_id, consult.skill_id)


def _locked(session, consult_id: int) -> tuple[Consult, WorkItem, dict[int, Presence]]:
    consult = session.get(Consult, consult_id)
    if consult is None:
        raise NotFound()
    item = lock(session, WorkItem, consult.work_item_id)
    held = {number: presences.locked(session, number) for number in sorted({consult.agent_id, consult.asker_id})}
    session.refresh(consult)
    return consult, item, held


def _finish(person, consult_id: int, steps: dict[str, str], demanded) -> None:
    demand(person, "desk")
    with transaction() as session:
        consult, item, held = _locked(session, consult_id)
        demanded(consult, person)
        if consult.state not in steps:
            raise _over()
        at, outcome = now(), steps[consult.state]
        _win(session, consult, (consult.state,), outcome, at)
        presences.settle(session, held[consult.agent_id], at)
        _tell(kinds.CONSULT_ENDED, consult, item, person, reason=outcome)


def _demand_asked(consult: Consult, person) -> None:
    """For the one who was asked; everybody else does not find it."""
    if consult.agent_id != person.id:
        raise NotFound()


def _demand_work(consult: Consult, person) -> None:
    item = db.session.get(WorkItem, consult.work_item_id)
    if person.id != consult.asker_id:
        access.demand_work(person, db.session.get(Ticket, item.ticket_id))


def _with_asker(consult: Consult, item: WorkItem) -> bool:
    return item.state == ASSIGNED and item.agent_id == consult.asker_id


def _win(session, consult: Consult, before: tuple[str, ...], to: str, at: datetime) -> None:
    """Leave a state, if nobody else did."""
    session.flush()
    changes = {"state": to, **({"joined_at": at} if to == JOINED else {"ended_at": at})}
    statement = update(Consult).where(Consult.id == consult.id, Consult.state.in_(before)).values(**changes)
    if session.execute(statement.execution_options(synchronize_session=False)).rowcount != 1:
        raise _over()
    session.refresh(consult)


def _over() -> IllegalMove:
    return IllegalMove(_("This consult is over."))


def _tell(kind, consult: Consult, item: WorkItem, actor, **data) -> None:
    record(
        kind, ticket_id=item.ticket_id, subject=("work_item", item.id), actor=actor, consult_id=consult.id, work_item_id=item.id, queue_id=item.queue_id,
        agent_id=consult.agent_id, asker_id=consult.asker_id, **data,
    )
