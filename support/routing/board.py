"""The board: every queue and everybody at a desk, from one instant. Read by supervisors and, on a hint, again."""
from dataclasses import dataclass, field
from datetime import datetime, time

from sqlalchemy import case, func, select

from support import calendars, events, shop, training
from support.clock import now
from support.database import snapshot
from support.people.person import Person
from support.routing import capacity, picture
from support.routing import presence as presences
from support.routing.fitness import CHAT, THERE, TICKET, Line, Need, no_room, untrained
from support.routing.models import LIVE, OFFERED, OFFLINE, TIMED_OUT, WAITING, Offer, Presence, Queue, Transfer, WorkItem


@dataclass(frozen=True)
class QueueRow:
    """One line. `longest_since` is when the first one waiting came, `chat_since` the first chat or call: only they have the target of minutes.

    `trained` counts people at their desks who are trained for it, `free` those of them who could take a chat now. `came`: of those who wait, how many another queue sent on."""

    queue_id: int
    slug: str
    name: str
    target_seconds: int
    waiting: int
    waiting_chats: int
    longest_since: datetime | None
    chat_since: datetime | None
    offered: int
    free: int
    trained: int
    missed_today: int
    is_open: bool
    open_until: datetime | None
    opens_at: datetime | None
    came: int = 0
    circling: tuple[int, ...] = ()  # tickets that wait here and were passed on again and again


@dataclass(frozen=True)
class AgentRow:
    """`shown` is the one word for the state; `offer_queue` names the queue whose offer rings, `mentor` who looks after somebody in training."""

    person_id: int
    name: str
    initials: str
    shown: str
    since: datetime
    chosen: str
    reason: str | None
    units: int
    units_max: int
    chats: int
    tickets: int
    missed: int
    offer_queue: str | None
    expires_at: datetime | None
    wrap_up_until: datetime | None
    in_training: bool = False
    mentor: str | None = None


@dataclass(frozen=True)
class Board:
    """`version` is the event position it is at least as new as."""

    at: datetime
    version: int
    queues: list[QueueRow] = field(default_factory=list)
    agents: list[AgentRow] = field(default_factory=list)

    @property
    def waiting(self) -> int:
        return sum(row.waiting for row in self.queues)

    @property
    def longest(self) -> QueueRow | None:
        """The queue in which somebody waits longest; None when nobody waits."""
        return min((row for row in self.queues if row.longest_since), key=lambda row: row.longest_since, default=None)

    @property
    def over_target(self) -> list[QueueRow]:
        """Queues in which a chat or call waits longer than the target, the worst first."""
        over = [row for row in self.queues if row.chat_since and (self.at - row.chat_since).total_seconds() > row.target_seconds]
        return sorted(over, key=lambda row: row.chat_since)

    @property
    def missed_today(self) -> int:
        return sum(row.missed_today for row in self.queues)

    @property
    def free(self) -> int:
        return sum(row.shown == "available" for row in self.agents)

    @property
    def signed_in(self) -> int:
        return sum(row.shown != OFFLINE for row in self.agents)


def board() -> Board:
    """The whole board from one snapshot, with a fixed number of statements."""
    with snapshot() as session:
        at, version = now(), events.head()
        lines = picture.Lines(at)
        people = picture.at_desks()
        loads = capacity.loads([person.id for _, person in people])
        agents = picture.seen(people, at, loads)
        waiting = _waiting(session)
        missed = _missed_today(session, at)
        queues = sorted((queue for queue in lines.queues.values() if queue.active), key=lambda queue: (queue.position, queue.id))
        rows = [_queue_row(queue, lines, agents, waiting.get(queue.id, {}), missed.get(queue.id, 0), at) for queue in queues]
        return Board(at, version, rows, _agent_rows(session, people, loads, lines, at, _trainees(agents, at)))


def _waiting(session) -> dict[int, dict]:
    """{queue: counts by channel and state, and since when the first waits}."""
    looped = select(Transfer.id).where(Transfer.work_item_id == WorkItem.id, Transfer.looped).exists()
    columns = (WorkItem.queue_id, WorkItem.channel, WorkItem.state, case((looped, WorkItem.ticket_id)).label("circling"))
    lines = select(*columns).where(WorkItem.state.in_((WAITING, OFFERED))).add_columns(WorkItem.entered_at, WorkItem.came_from_id).subquery().c
    query = select(lines.queue_id, lines.channel, lines.state, lines.circling, func.count(), func.min(lines.entered_at), func.count(lines.came_from_id))
    found: dict[int, dict] = {}
    for queue_id, channel, state, circling, count, first, came in session.execute(query.group_by(lines.queue_id, lines.channel, lines.state, lines.circling)):
        row = found.setdefault(queue_id, {"all": 0, "chats": 0, "offered": 0, "first": first, "first_chat": None, "circling": [], "came": 0})
        row["circling"] += [circling] if circling else []
        row["came"] += came
        row["all"] += count
        row["chats"] += count if channel == CHAT else 0
        row["offered"] += count if state == OFFERED else 0
        row["first"] = min(row["first"], first)
        if channel != TICKET:
            row["first_chat"] = min(row["first_chat"] or first, first)
    return found


def _missed_today(session, at: datetime) -> dict[int, int]:
    zone = shop.profile().zone
    today = calendars.instant(zone, at.astimezone(shop.profile().zone_info).date(), time(0))
    query = select(WorkItem.queue_id, func.count()).join(Offer, Offer.work_item_id == WorkItem.id)
    return dict(session.execute(query.where(Offer.state == TIMED_OUT, Offer.answered_at >= today).group_by(WorkItem.queue_id)).all())


def _queue_row(queue: Queue, lines, agents, counts: dict, missed: int, at: datetime) -> QueueRow:
    line = Line(queue.id, CHAT, needs=tuple(Need(need.skill_id, need.min_level, need.required) for need in queue.needs))
    trained = [agent for agent in agents if agent.out in THERE and untrained(line, agent.levels) is None]
    limits = capacity.limits()
    free = sum(agent.out is None and no_room(CHAT, agent, limits) is None for agent in trained)
    hours = lines.hours(queue)
    is_open = lines.is_open(queue)
    return QueueRow(
        queue.id, queue.slug, queue.name, queue.target_seconds, counts.get("all", 0), counts.get("chats", 0), counts.get("first"), counts.get("first_chat"),
        counts.get("offered", 0), free, len(trained), missed, is_open, hours.open_until(at) if hours and is_open else None,
        None if is_open or hours is None else hours.next_opening(at), counts.get("came", 0), tuple(sorted(counts.get("circling", ()))),
    )


def _trainees(agents, at: datetime) -> dict:
    """{person: Trainee} out of what was read for the queues already."""
    return training.trainees.among({agent.id: agent.levels for agent in agents}, at)


def _agent_rows(session, people, loads, lines, at: datetime, trainees: dict) -> list[AgentRow]:
    """Everybody with a desk; who needs help first, who is gone last."""
    offers = {offer.agent_id: (offer, queue_id) for offer, queue_id in session.execute(
        select(Offer, WorkItem.queue_id).join(WorkItem, WorkItem.id == Offer.work_item_id).where(Offer.state == LIVE)
    )}
    names = {person.id: person.name for _, person in people}
    made = [
        _agent_row(person, presence, loads.get(person.id, capacity.Load()), offers.get(person.id), lines, at, trainees.get(person.id), names)
        for presence, person in people if person.active
    ]
    return sorted(made, key=lambda row: (ORDER.get(row.shown, 5), row.name))


ORDER = {"not_answering": 0, "ringing": 1, "busy": 2, "wrap_up": 3, "available": 4, OFFLINE: 9}


def _agent_row(person: Person, presence: Presence, load, offered, lines, at: datetime, trainee, names: dict) -> AgentRow:
    gone = not presences.is_seen(presence, at)
    offer, queue_id = offered or (None, None)
    return AgentRow(
        person.id, person.name, person.initials, OFFLINE if gone else presences.shown(presence),
        presence.seen_at if gone and presence.system != OFFLINE else presences.shown_since(presence), presence.chosen, presence.reason,
        load.units, capacity.limits().units, load.chats, load.tickets, presence.missed,
        lines.queues[queue_id].name if offer else None, offer.expires_at if offer else None, presence.wrap_up_until,
        trainee is not None, names.get(trainee.mentor_id) if trainee else None,
    )
