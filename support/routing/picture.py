"""From rows to the matcher's view: waiting items with their needs, agents with their levels, at one instant.

The dispatcher takes the whole picture; a reservation and a pull take one item and one agent, freshly, inside their transaction.
"""
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import func, select

from support import calendars, training
from support.clock import AHEAD
from support.database import db
from support.people import shifts
from support.people.person import STAFF, Person
from support.routing import capacity, scores, standing
from support.routing.fitness import OFF_SHIFT, TICKET, Agent, Item, Limits, Line, Need, Step, untrained
from support.routing.models import AVAILABLE, BUSY, DECLINED, IDLE, OFFLINE, TIMED_OUT, WAITING, Offer, Presence, Queue, WorkItem
from support.routing.presence import is_seen
from support.tickets.models import Ticket

MEMORY = timedelta(minutes=30)
EXTRA_LEVEL = 2  # what a queue asks of a skill unless it says otherwise
HANDLING_SECONDS = 420.0  # of one live contact, until enough are measured


class Lines:
    """The lines of all queues at one instant: needs, hours and language skills. Kept in memory, fresh inside a transaction."""

    def __init__(self, at: datetime):
        self.queues = {queue.id: queue for queue in standing.queues()}
        self._languages = {code: skill.id for code, skill in training.language_skills().items()}
        self._calendars = {calendar.id: calendar for calendar in calendars.all_calendars()}
        self.at = at
        self._open: dict[int, bool] = {}
        self._served: dict[int, datetime | None] = {}

    def hours(self, queue: Queue):
        """The opening hours of a queue: its own calendar, else the shop's; None means always open."""
        calendar = self._calendars.get(queue.calendar_id) or min(self._calendars.values(), key=lambda c: c.id, default=None)
        return calendar.hours() if calendar else None

    def is_open(self, queue: Queue) -> bool:
        if queue.id not in self._open:
            hours = self.hours(queue)
            self._open[queue.id] = queue.active and (hours is None or hours.is_open(self.at))
        return self._open[queue.id]

    def serves(self, queue: Queue, channel: str) -> bool:
        """Whether work of this queue is offered now: while it is open, and whoever sits and waits for a while after it has closed."""
        return self.is_open(queue) or channel != TICKET and self.served_until(queue) is not None

    def served_until(self, queue: Queue) -> datetime | None:
        """Until when those are still served who waited as the queue closed; None when it is open, or that time is over."""
        if queue.id not in self._served:
            self._served[queue.id] = None if self.is_open(queue) or not queue.active or not queue.closing_minutes else self._after_closing(queue)
        return self._served[queue.id]

    def _after_closing(self, queue: Queue) -> datetime | None:
        closed_at = self.hours(queue).last_closing(self.at)
        until = closed_at and closed_at + timedelta(minutes=queue.closing_minutes)
        return until if until and until > self.at else None

    def stepped(self, queue_id: int, channel: str, language: str) -> Line:
        """The same with what is preferred, as it is asked for at the beginning of a wait."""
        return replace(self.line(queue_id, channel, language), steps=steps_of(self.queues[queue_id]))

    def line(self, queue_id: int, channel: str, language: str) -> Line:
        """What is asked for and never relaxed."""
        queue = self.queues[queue_id]
        language = main_language(language)
        return Line(
            queue_id=queue_id, channel=channel, language=language, language_skill=self._languages.get(language),
            needs=tuple(Need(need.skill_id, need.min_level, need.required) for need in queue.needs),
            target_seconds=queue.target_seconds, value=scores.queue_value(queue.priority), open=self.serves(queue, channel),
        )

    def of(self, item, stepped: bool = False) -> Line:
        """What one work item (or a row with its columns) asks for: what its queue asks, and the skill that was asked for on its way."""
        line, skill = (self.stepped if stepped else self.line)(item.queue_id, item.channel, item.language), item.extra_skill_id
        return line if skill is None else replace(line, extra=skill, needs=(*line.needs, Need(skill, EXTRA_LEVEL)))


def steps_of(queue: Queue) -> tuple[Step, ...]:
    """How far what the queue prefers relaxes with the wait; nothing where it prefers nothing."""
    if not queue.steps or all(need.required for need in queue.needs):
        return ()
    return tuple(Step(after, level) for after, level in queue.steps)


def main_language(code: str) -> str:
    """`de_AT` and `de-AT` ask for the skill of `de`."""
    return (code or "").replace("-", "_").split("_")[0].lower()


def item_of(item: WorkItem, lines: Lines, priority: str, excluded: dict | None = None) -> Item:
    line = lines.of(item, stepped=True).after((lines.at - item.entered_at).total_seconds())
    return Item(
        id=item.id, line=line, entered_at=item.entered_at.timestamp(),
        value=scores.ticket_value(priority, item.channel), last_agent=item.last_agent_id, excluded=excluded or {},
    )


def waiting_items(lines: Lines, at: datetime, item_id: int | None = None) -> list[Item]:
    """All items that wait (or the one), oldest first, with who must not be asked again yet."""
    columns = (
        WorkItem.id, WorkItem.queue_id, WorkItem.channel, WorkItem.language, WorkItem.entered_at, WorkItem.last_agent_id, WorkItem.extra_skill_id,
        WorkItem.passed_at, WorkItem.passed_by_id, Ticket.priority,
    )
    query = select(*columns).join(Ticket, Ticket.id == WorkItem.ticket_id).where(WorkItem.state == WAITING)
    if item_id is not None:
        query = query.where(WorkItem.id == item_id)
    rows = db.session.execute(query.order_by(WorkItem.entered_at, WorkItem.id)).all()
    excluded = _excluded(at, item_id)
    for row in rows:
        _spare_who_passed_it_on(row, excluded, at)
    return [item_of(row, lines, row.priority, excluded.get(row.id)) for row in rows]


def agents(at: datetime, person_ids: Iterable[int] | None = None) -> list[Agent]:
    """Everybody who ever took a desk (or those asked for), as the matcher sees them. A fixed number of statements, however many people.

    For everybody it reads columns, not objects, and no lists of ids: the dispatcher asks this at each look. Inside a transaction all of it is fresh.
    """
    columns = (Presence.person_id, Presence.chosen, Presence.system, Presence.seen_at, Presence.idle_since, Person.active)
    query = select(*columns).join(Person, Person.id == Presence.person_id).where(Person.role.in_(STAFF)).order_by(Presence.person_id)
    if person_ids is None:
        rows, loads = list(db.session.execute(query)), capacity.loads()
        held, lapsed = training.everybody(at)
    else:
        ids = list(person_ids)
        rows, loads = list(db.session.execute(query.where(Presence.person_id.in_(ids)))), capacity.loads(ids)
        held, lapsed = levels_by_person(ids, at), lapsed_by_person(ids, at)
    return _all([(row, row.active) for row in rows], held, loads, lapsed, at)


def at_desks(person_ids: Iterable[int] | None = None) -> list[tuple[Presence, Person]]:
    """Everybody who ever took a desk, or those asked for."""
    query = select(Presence, Person).join(Person, Person.id == Presence.person_id).where(Person.role.in_(STAFF))
    if person_ids is not None:
        query = query.where(Presence.person_id.in_(list(person_ids)))
    return [tuple(row) for row in db.session.execute(query.order_by(Presence.person_id))]


def seen(rows: list[tuple[Presence, Person]], at: datetime, loads: dict, lapsed: dict | None = None) -> list[Agent]:
    """The same people as the matcher sees them; one statement, for their levels."""
    held = levels_by_person([person.id for _, person in rows], at)
    return _all([(presence, person.active) for presence, person in rows], held, loads, lapsed or {}, at)


def _all(rows: list[tuple], held: dict, loads: dict, lapsed: dict, at: datetime) -> list[Agent]:
    """`rows`: (a presence or what has its columns, whether the person is active)."""
    off = off_shift([presence.person_id for presence, _active in rows], at)
    trainees = training.trainees.among(held, at)
    own = capacity.in_training() if trainees else None
    return [_agent(presence, active, held, loads, lapsed, at, own if presence.person_id in trainees else None, off) for presence, active in rows]


def off_shift(person_ids: list[int], at: datetime) -> set[int]:
    """Those who get no new offers because they have no shift now: nobody, unless the shop wants it so. What is in hand goes on."""
    return shifts.off_shift(person_ids, at) if current_app.config["SETTINGS"].shift_ends == "stop" else set()


def out_code(presence: Presence, active: bool, at: datetime) -> str | None:
    """The state in which nothing is offered, or None."""
    if not active or presence.system == OFFLINE or not is_seen(presence, at):
        return OFFLINE
    if presence.chosen != AVAILABLE:
        return presence.chosen
    return None if presence.system in (IDLE, BUSY) else presence.system


def arriving_work(lines: Lines, at: datetime) -> dict[Line, float]:
    """Per line, the live work that arrives in it, in people kept busy and weighed by its value: what the price of an agent is made of."""
    query = (
        select(WorkItem.queue_id, WorkItem.channel, WorkItem.language, func.count())
        .where(WorkItem.entered_at > at - MEMORY, WorkItem.entered_at <= at, WorkItem.channel != TICKET)
        .group_by(WorkItem.queue_id, WorkItem.channel, WorkItem.language)
    )
    work: dict[Line, float] = {}
    for queue_id, channel, language, count in db.session.execute(query):
        line = lines.stepped(queue_id, channel, language)
        work[line] = work.get(line, 0.0) + line.value * count * HANDLING_SECONDS / MEMORY.total_seconds()
    return work


def lacking(person_id: int, item: WorkItem, at: datetime) -> str | None:
    """What one person lacks in training for an item at this moment, as a code; None when nothing."""
    line = Lines(at).of(item)
    held, lapsed = levels_by_person([person_id], at), lapsed_by_person([person_id], at)
    return untrained(line, held.get(person_id, {}), lapsed.get(person_id, frozenset()))


def levels_by_person(person_ids: list[int], at: datetime) -> dict[int, dict[int, int]]:
    """{person: {skill: level}} at that instant."""
    held: dict[int, dict[int, int]] = {}
    for (person_id, skill_id), level in training.levels(person_ids, at).items():
        held.setdefault(person_id, {})[skill_id] = level
    return held


def lapsed_by_person(person_ids: list[int], at: datetime) -> dict[int, set[int]]:
    """{person: skills of which a certificate ended by its date}."""
    lapsed: dict[int, set[int]] = {}
    for person_id, skill_id in training.lapsed(person_ids, at):
        lapsed.setdefault(person_id, set()).add(skill_id)
    return lapsed


def _agent(presence: Presence, active: bool, held: dict, loads: dict, lapsed: dict, at: datetime, own: Limits | None, off: set[int]) -> Agent:
    number = presence.person_id
    load, out = loads.get(number, capacity.NOTHING), out_code(presence, active, at)
    return Agent(
        id=number, levels=held.get(number, {}), lapsed=frozenset(lapsed.get(number, ())), out=out or (OFF_SHIFT if number in off else None),
        units=load.units, chats=load.chats, tickets=load.tickets, idle_since=presence.idle_since.timestamp(), limits=own,
    )


def _spare_who_passed_it_on(row, excluded: dict, at: datetime) -> None:
    """Nobody gets back at once what he has just passed on."""
    pause = timedelta(seconds=current_app.config["SETTINGS"].retry_same_agent_seconds)
    if row.passed_at is not None and at - pause < row.passed_at <= at + AHEAD:
        excluded.setdefault(row.id, {})[row.passed_by_id] = ("passed_on", (row.passed_at + pause).timestamp())


def _excluded(at: datetime, item_id: int | None) -> dict[int, dict[int, tuple[str, float]]]:
    """{item: {agent: (code, until)}} from the offers lately declined or missed."""
    pause = timedelta(seconds=current_app.config["SETTINGS"].retry_same_agent_seconds)
    query = select(Offer).where(Offer.state.in_((DECLINED, TIMED_OUT)), Offer.answered_at > at - pause, Offer.answered_at <= at + AHEAD)
    if item_id is not None:
        query = query.where(Offer.work_item_id == item_id)
    excluded: dict[int, dict[int, tuple[str, float]]] = {}
    for offer in db.session.scalars(query.order_by(Offer.answered_at)):
        code = "declined" if offer.state == DECLINED else "missed"
        excluded.setdefault(offer.work_item_id, {})[offer.agent_id] = (code, (offer.answered_at + pause).timestamp())
    return excluded
