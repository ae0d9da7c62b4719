"""Passing work on: to another queue, to somebody with a skill, to one person. The place in line stays, a note goes along, circles are noticed.

The work leaves the agent's hands in one transaction that locks conversation, work item, presences (by person) and ticket, in this order, and
re-checks what it rests on: whoever is chosen holds the certificate at that moment, is there and has room; accepting asks again. Whoever does not
accept lets it go back into its queue, where it stood. What was passed on too often, or comes back to where it was, asks the agent to say so twice.
"""
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import func, select

from support import limits, people, training
from support.clock import now
from support.database import db, lock, transaction
from support.errors import IllegalMove, Invalid
from support.people.permissions import ACTS, demand
from support.people.person import Person
from support.routing import capacity, kinds, offers, picture, why, work
from support.routing import presence as presences
from support.routing.fitness import TICKET, Agent, Line, level_for, no_room, untrained
from support.routing.line import of_ticket
from support.routing.matcher import Candidate
from support.routing.models import ACCEPTED, ASSIGNED, TO_PERSON, TO_QUEUE, TO_SKILL, WAITING, Offer, Presence, Queue, Transfer, WorkItem
from support.routing.qualifying import agents_of
from support.tickets import access, release, words
from support.tickets.lifecycle import move
from support.tickets.models import Conversation, Message, Ticket
from support.tickets.talk import add_message
from support.training.models import Skill

HERE, CLOSED, NOBODY = "here", "closed", "nobody"


@dataclass(frozen=True)
class Way:
    """One place to pass work on to. `refusal` is the code of what speaks against it, None when it can be chosen; `trained` and `free` count people."""

    key: str
    name: str
    refusal: str | None = None
    trained: int = 0
    free: int = 0

    @property
    def sentence(self) -> str:
        return refusal_sentence(self.refusal) if self.refusal else ""


@dataclass(frozen=True)
class Ways:
    """Where the work of a ticket can go now. `often` is how many times it was passed on lately, if that is the most that goes without asking."""

    queue_name: str
    queues: list[Way]
    skills: list[Way]
    people: list[Way]
    often: int | None


@dataclass(frozen=True)
class Hand:
    """Work in somebody's hand, locked with all that moves with it."""

    item: WorkItem
    conversation: Conversation
    ticket: Ticket
    presences: dict[int, Presence]


def refusal_sentence(code: str) -> str:
    """What speaks against a way, in a few words."""
    own = {HERE: _("It is there already"), CLOSED: _("Closed now"), NOBODY: _("Nobody is trained for it")}
    return own.get(code) or why.out_sentence(code)


def refused(code: str) -> str:
    """The same, said about what was chosen in the form."""
    return _("That is not possible. %(reason)s.", reason=refusal_sentence(code))


def ways(person, ticket: Ticket) -> Ways:
    """Every way with what speaks against it. Raises NotAllowed for staff who may not work on it, IllegalMove when nobody has it in hand."""
    demand(person, "desk")
    access.demand_work(person, ticket)
    item = of_ticket(ticket.id)
    if item is None or item.state != ASSIGNED:
        raise not_in_hand()
    at = now()
    lines, staff = picture.Lines(at), people.active_staff(*ACTS["desk"])
    agents = agents_of(staff, at)
    there = list(agents.values())
    queues = sorted((queue for queue in lines.queues.values() if queue.active), key=lambda queue: (queue.position, queue.id))
    asked = {queue.id: line_at(lines, item, queue.id, None) for queue in queues}
    line = lines.of(item)
    return Ways(
        queue_name=lines.queues[item.queue_id].name,
        queues=[_way(f"{TO_QUEUE}:{queue.id}", queue.name, asked[queue.id], there, _against_queue(item, queue, lines)) for queue in queues],
        skills=[_skill_way(lines, item, skill, there) for skill in _skills()],
        people=[
            Way(f"{TO_PERSON}:{one.id}", one.name, HERE if one.id == item.agent_id else against(line, agents[one.id], item.channel)) for one in staff
        ],
        often=_often(item, at),
    )


def pass_on(person, ticket_id: int, to: str, note: str, client_id: str, *, anyway: bool = False) -> Transfer | None:
    """Pass it on to `queue:id`, `skill:id` or `person:id`, with a note for whoever gets it; returns None if the same form did so before.

    `anyway` passes on what goes in circles. Raises Invalid with a sentence per field (`to`, `note`, `anyway`), IllegalMove, NotAllowed, NotFound.
    """
    demand(person, "desk")
    client_id = words.client_id(client_id)
    note = words.body(note, current_app.config["SETTINGS"].message_length, field="note")
    kind, number = parsed(to)
    limits.hit("message", person.counted_as)
    with transaction() as session:
        conversation = lock(session, Conversation, access.thread(person, ticket_id))
        if session.scalar(select(Message.id).where(Message.conversation_id == conversation.id, Message.client_id == client_id)):
            return None
        hand = locked(session, person, conversation, also=[number] if kind == TO_PERSON else [])
        item, at, lines = hand.item, now(), picture.Lines(now())
        holder, from_queue = item.agent_id, item.queue_id
        queue_id, extra = aim(lines, item, kind, number)
        agent = _chosen(lines, item, number, at) if kind == TO_PERSON else None
        looped = _goes_in_circles(item, kind, number, queue_id, at)
        if looped and not anyway:
            raise Invalid({"anyway": looped})
        message = add_message(conversation, hand.ticket, person, note, client_id, kind="note", at=at)
        transfer = Transfer(
            work_item_id=item.id, at=at, by_id=person.id, to=kind, from_queue_id=from_queue, queue_id=queue_id, skill_id=number if kind == TO_SKILL else None,
            agent_id=number if kind == TO_PERSON else None, note_id=message.id, looped=looped is not None,
        )
        session.add(transfer)
        _let_go(session, hand, person, at)
        item.queue_id, item.extra_skill_id = queue_id, extra
        item.passed_at, item.passed_by_id, item.passed_note_id = at, holder, message.id
        session.flush()
        item.last_agent_id = _best_of_before(session, item, at) if looped else None  # in a circle it stays with the best of those who had it
        _tell(transfer, item, person)
        work.told(kinds.QUEUED, item, channel=item.channel, reason="passed_on")
        if agent is not None:
            candidate = Candidate(agent.id, None, level_for(lines.of(item), agent.levels), {})
            reasons = why.reasons(item, agent.id, [candidate], in_training=agent.limits is not None)
            offers.put_before(session, item, hand.presences[agent.id], at, {**reasons, "free": 0}, [candidate], {"code": "chosen"})
    return transfer


def locked(session, person, conversation: Conversation, also: Iterable[int] = ()) -> Hand:
    """Work in hand with its locks, for whoever may work on it; `also` are people whose presence is locked, too."""
    found = of_ticket(conversation.ticket_id)
    if found is None:
        raise not_in_hand()
    item = lock(session, WorkItem, found.id)
    if item.state != ASSIGNED:
        raise not_in_hand()
    known = set(session.scalars(select(Person.id).where(Person.id.in_(list(also)))))
    held = {number: presences.locked(session, number) for number in sorted({item.agent_id, *known})}  # the same order everywhere
    ticket = lock(session, Ticket, conversation.ticket_id)
    access.demand_work(person, ticket)
    return Hand(item, conversation, ticket, held)


def against(line: Line, agent: Agent, channel: str) -> str | None:
    """What speaks against asking one person now: training first, then whether he is there and free, then room."""
    return untrained(line, agent.levels, agent.lapsed) or agent.out or no_room(channel, agent, capacity.limits())


def agent_now(number: int, at: datetime) -> Agent | None:
    """One active colleague as he is at this moment; None when there is none with this number."""
    staff = [one for one in people.active_staff(*ACTS["desk"]) if one.id == number]
    return agents_of(staff, at)[number] if staff else None


def _let_go(session, hand: Hand, person, at: datetime) -> None:
    """Out of the agent's hands into its old place. It is the staff's turn again: somebody has to read it."""
    item, holder = hand.item, hand.item.agent_id
    release(hand.ticket, actor=person)
    if hand.ticket.state != "open":
        move(hand.ticket, "open", actor=person)
    item.state, item.state_at, item.agent_id, item.seen_at = WAITING, at, None, None  # signs of life are kept in the line only
    presences.settle(session, hand.presences[holder], at)


def parsed(to: str) -> tuple[str, int]:
    kind, _colon, number = to.partition(":")
    if kind not in (TO_QUEUE, TO_SKILL, TO_PERSON) or not (number.isascii() and number.isdigit() and len(number) < 10):
        raise Invalid({"to": _("Choose where it should go.")})
    return kind, int(number)


def aim(lines: picture.Lines, item: WorkItem, kind: str, number: int) -> tuple[int, int | None]:
    """(queue, skill asked for beside it) of where it goes. Raises Invalid for what cannot be chosen at this moment."""
    if kind == TO_PERSON:
        return item.queue_id, item.extra_skill_id
    agents = list(agents_of(people.active_staff(*ACTS["desk"]), now()).values())
    if kind == TO_QUEUE:
        queue = lines.queues.get(number)
        refusal = NOBODY if queue is None or not queue.active else _against_queue(item, queue, lines)
        queue_id, extra = number, None
    else:
        skill = db.session.get(Skill, number)
        queue_id, extra, refusal = _for_skill(lines, item, skill, agents) if skill in _skills() else (item.queue_id, None, NOBODY)
    if refusal is None and not _trained(line_at(lines, item, queue_id, extra), agents):
        refusal = NOBODY
    if refusal is not None:
        raise Invalid({"to": refused(refusal)})
    return queue_id, extra


def _for_skill(lines: picture.Lines, item: WorkItem, skill: Skill, agents: list[Agent]) -> tuple[int, int | None, str | None]:
    """The queue that asks for a skill, the one with most people for it first; else its own queue, which then asks for the skill, too."""
    line = lines.of(item)
    if skill.id == line.language_skill or any(need.required and need.skill_id == skill.id for need in line.needs):
        return item.queue_id, item.extra_skill_id, HERE
    asking = [
        queue for queue in lines.queues.values()
        if any(need.required and need.skill_id == skill.id for need in queue.needs) and _against_queue(item, queue, lines) is None
    ]
    best = max(asking, key=lambda queue: (_free(line_at(lines, item, queue.id, None), agents, item.channel), -queue.position), default=None)
    return (best.id, None, None) if best is not None else (item.queue_id, skill.id, None)


def _chosen(lines: picture.Lines, item: WorkItem, number: int, at: datetime) -> Agent:
    agent = agent_now(number, at)
    refusal = NOBODY if agent is None else HERE if number == item.agent_id else against(lines.of(item), agent, item.channel)
    if refusal is not None:
        raise Invalid({"to": refused(refusal)})
    return agent


def _skills() -> list[Skill]:
    return training.active()


def line_at(lines: picture.Lines, item: WorkItem, queue_id: int, extra: int | None) -> Line:
    """What it would ask for there."""
    return lines.of(WorkItem(queue_id=queue_id, channel=item.channel, language=item.language, extra_skill_id=extra))


def _against_queue(item: WorkItem, queue: Queue, lines: picture.Lines) -> str | None:
    if queue.id == item.queue_id and item.extra_skill_id is None:
        return HERE
    return CLOSED if not lines.is_open(queue) and item.channel != TICKET or not queue.active else None


def _trained(line: Line, agents: Iterable[Agent]) -> int:
    return sum(untrained(line, agent.levels, agent.lapsed) is None for agent in agents)


def _free(line: Line, agents: Iterable[Agent], channel: str) -> int:
    return sum(against(line, agent, channel) is None for agent in agents)


def _way(key: str, name: str, line: Line, agents: list[Agent], refusal: str | None) -> Way:
    trained = _trained(line, agents)
    return Way(key, name, refusal or (None if trained else NOBODY), trained, _free(line, agents, line.channel))


def _skill_way(lines: picture.Lines, item: WorkItem, skill: Skill, agents: list[Agent]) -> Way:
    queue_id, extra, refusal = _for_skill(lines, item, skill, agents)
    return _way(f"{TO_SKILL}:{skill.id}", skill.name, line_at(lines, item, queue_id, extra), agents, refusal)


def _often(item: WorkItem, at: datetime) -> int | None:
    """How many times it was passed on lately, when once more is too often."""
    settings = current_app.config["SETTINGS"]
    query = select(func.count()).where(Transfer.work_item_id == item.id, Transfer.at > at - timedelta(minutes=settings.transfer_minutes))
    count = db.session.scalar(query)
    return count if count >= settings.transfers else None


def _goes_in_circles(item: WorkItem, kind: str, number: int, queue_id: int, at: datetime) -> str | None:
    """The sentence that asks whether to pass it on all the same; None when nothing speaks against it."""
    if (count := _often(item, at)) is not None:
        return _("It was passed on %(count)s times within %(minutes)s minutes already.", count=count, minutes=current_app.config["SETTINGS"].transfer_minutes)
    before = select(Transfer.id).where(Transfer.work_item_id == item.id).limit(1)
    if queue_id != item.queue_id and db.session.scalar(before.where(Transfer.from_queue_id == queue_id)):
        return _("It came from this queue.")
    if kind == TO_PERSON and db.session.scalar(before.where(Transfer.by_id == number)):
        return _("It came from this person.")
    return None


def _best_of_before(session, item: WorkItem, at: datetime) -> int | None:
    """Of those who had it, the best trained one for what it asks now, the last of equals."""
    had_it = session.scalars(select(Offer.agent_id).where(Offer.work_item_id == item.id, Offer.state == ACCEPTED).order_by(Offer.answered_at, Offer.id))
    ids = list(dict.fromkeys([*had_it, item.passed_by_id]))
    line, levels = picture.Lines(at).of(item), picture.levels_by_person(ids, at)
    fit = [number for number in ids if untrained(line, levels.get(number, {})) is None]
    return max(reversed(fit), key=lambda number: level_for(line, levels.get(number, {})), default=None)


def _tell(transfer: Transfer, item: WorkItem, person) -> None:
    """The step itself, and that it goes in circles."""
    kind = {TO_QUEUE: kinds.TO_QUEUE, TO_SKILL: kinds.TO_SKILL, TO_PERSON: kinds.TO_PERSON}[transfer.to]
    data = {name: value for name, value in (("skill_id", transfer.skill_id), ("agent_id", transfer.agent_id)) if value is not None}
    common = {"actor": person, "from_agent_id": item.passed_by_id, "note_id": transfer.note_id}
    work.told(kind, item, from_queue_id=transfer.from_queue_id, **common, **data)
    if transfer.looped:
        work.told(kinds.LOOPED, item, actor=person)


def not_in_hand() -> IllegalMove:
    return IllegalMove(_("Nobody has this in hand now, so it cannot be passed on."))
