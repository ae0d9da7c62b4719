"""Queues: found by the portal, kept by administrators. Who qualifies now is answered here too, for the settings page."""
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from itertools import pairwise

from flask_babel import gettext as _
from sqlalchemy import Select, func, select

from support import calendars
from support.calendars import Calendar
from support.clock import now
from support.database import db, lock, transaction
from support.errors import Invalid, NotFound
from support.events import record
from support.listing import Listing
from support.people.permissions import ACTS, demand
from support.people.person import Person
from support.routing import kinds, picture, standing
from support.routing.fitness import CHAT, Line, Need, untrained
from support.routing.models import OVERFLOW, WHEN_CLOSED, WHEN_FULL, Queue, QueueSkill
from support.training.models import Skill

FIELDS = (
    "name", "description", "public", "priority", "calendar_id", "target_seconds", "ring_seconds", "position", "active", "callbacks", "most_waiting",
    "longest_wait_seconds", "when_full", "when_closed", "closed_text", "closing_minutes", "overflow_id",
)
RANGES = {
    "priority": (1, 9), "target_seconds": (10, 86_400), "ring_seconds": (10, 120), "position": (0, 999), "most_waiting": (1, 999),
    "longest_wait_seconds": (30, 86_400), "closing_minutes": (0, 240),
}
MOST_STEPS = 3
STEP_SECONDS = (1, 3600)


def visible_to(person) -> Select:
    """All queues, for administrators."""
    demand(person, "administer")
    return select(Queue)


def list_queues(person, args: Mapping) -> Listing:
    """Queues for the list of the administration; `state` (active, closed) narrows it."""
    sorts = {"position": Queue.position, "name": Queue.name, "priority": Queue.priority, "target": Queue.target_seconds}
    listing = Listing(args, sorts=sorts, default="position", search=[Queue.name, Queue.description], filters={"state": ("active", "closed")})
    query = visible_to(person)
    if "state" in listing.filters:
        query = query.where(Queue.active.is_(listing.filters["state"] == "active"))
    return listing.apply(query)


def find(person, queue_id: int) -> Queue:
    queue = db.session.scalar(visible_to(person).where(Queue.id == queue_id))
    if queue is None:
        raise NotFound()
    return queue


def active() -> list[Queue]:
    """Queues in use, in their order."""
    return [queue for queue in standing.queues() if queue.active]


def all_queues() -> list[Queue]:
    """Also those no longer in use: what went through one keeps its name."""
    return list(standing.queues())


def public() -> list[Queue]:
    """What a customer may choose from, in order."""
    return [queue for queue in active() if queue.public]


def find_public(slug: str) -> Queue | None:
    return next((queue for queue in public() if queue.slug == slug), None)


def hours_of(queue: Queue) -> calendars.Hours | None:
    """Its own calendar's hours, else the shop's; None means always open."""
    own = next((calendar for calendar in calendars.all_calendars() if calendar.id == queue.calendar_id), None)
    calendar = own or calendars.default_calendar()
    return calendar.hours() if calendar else None


def open_now(queue: Queue) -> bool:
    """Whether the queue serves at this moment: chats are taken only then."""
    hours = hours_of(queue)
    return queue.active and (hours is None or hours.is_open(now()))


def opens_at(queue: Queue) -> datetime | None:
    """When a closed queue opens next; None when it is open or never opens."""
    hours = hours_of(queue)
    return None if hours is None or hours.is_open(now()) else hours.next_opening(now())


def add_queue(person, values: dict) -> Queue:
    """`values`: FIELDS, `needs`, a list of (skill_id, min_level, required), and `steps`, a list of (seconds, level). Raises Invalid."""
    demand(person, "administer")
    with transaction() as session:
        _lock_all(session, values)
        queue = Queue(slug=_free_slug(session, values.get("name", "")))
        _fill(session, queue, values)
        session.add(queue)
        session.flush()
        record(kinds.QUEUE_CHANGED, subject=("queue", queue.id), actor=person, queue_id=queue.id)
    return queue


def change_queue(person, queue_id: int, values: dict) -> Queue:
    """Change settings; waiting work is looked at again at once. The slug stays: tickets name it. Raises Invalid, NotFound."""
    demand(person, "administer")
    with transaction() as session:
        _lock_all(session, values)
        queue = lock(session, Queue, queue_id)
        _fill(session, queue, values)
        record(kinds.QUEUE_CHANGED, subject=("queue", queue.id), actor=person, queue_id=queue.id)
    return queue


def overview(shown: Iterable[Queue]) -> dict[int, tuple[bool, list[Person]]]:
    """{queue: (open now, those at desks who hold all its required skills now)}; a fixed number of statements."""
    people = list(db.session.scalars(select(Person).where(Person.role.in_(ACTS["desk"]), Person.active).order_by(Person.name)))
    at = now()
    held, lines = picture.levels_by_person([person.id for person in people], at), picture.Lines(at)
    return {queue.id: (lines.is_open(queue), _qualified(queue, people, held)) for queue in shown}


def _qualified(queue: Queue, people: list[Person], held: dict) -> list[Person]:
    line = Line(queue.id, CHAT, needs=tuple(Need(need.skill_id, need.min_level, need.required) for need in queue.needs))
    return [person for person in people if untrained(line, held.get(person.id, {})) is None]


def _lock_all(session, values: dict) -> None:
    """Two who save at once must not close a circle of overflows that neither of them sees."""
    if values.get("overflow_id"):
        session.execute(select(Queue.id).order_by(Queue.id).with_for_update())


def _fill(session, queue: Queue, values: dict) -> None:
    for name in FIELDS:
        if name in values:
            setattr(queue, name, values[name])
    errors = _errors(session, queue, values)
    if errors:
        raise Invalid(errors)
    if "needs" in values:
        _ask_for(queue, values["needs"])
    if "steps" in values:
        queue.steps = [[after, level] for after, level in values["steps"]]


def _errors(session, queue: Queue, values: dict) -> dict[str, str]:
    errors = {}
    with session.no_autoflush:
        name = (queue.name or "").strip()
        same = select(Queue.id).where(func.lower(Queue.name) == name.lower(), Queue.id != (queue.id or 0))
        if not name:
            errors["name"] = _("Give the queue a name")
        elif session.scalar(same) is not None:
            errors["name"] = _("There is a queue of this name already")
        if queue.calendar_id and session.get(Calendar, queue.calendar_id) is None:
            errors["calendar_id"] = _("Choose hours from the list")
        for field, (least, most) in RANGES.items():
            value = getattr(queue, field)
            if value is not None and not least <= value <= most:
                errors[field] = _("Write a number from %(least)s to %(most)s", least=least, most=most)
        if "needs" in values and not _needs_are_known(session, values["needs"]):
            errors["needs"] = _("Choose each skill once, with a level from 1 to 5")
        if not _steps_open(values.get("steps", ())):
            errors["steps"] = _("Each step comes later and asks for less than the one before; the last one says “no longer asked for”")
        errors |= _overflow_errors(session, queue)
    return errors


def _steps_open(steps) -> bool:
    """Whether the times grow, the levels fall, and everybody who is trained may be asked in the end: what never opens is required, and is said so."""
    if not steps:
        return True
    times, levels = [after for after, _level in steps], [level for _after, level in steps]
    grows = all(one < other for one, other in pairwise(times)) and all(one > other for one, other in pairwise(levels))
    return grows and len(steps) <= MOST_STEPS and STEP_SECONDS[0] <= times[0] and times[-1] <= STEP_SECONDS[1] and levels[0] < 5 and levels[-1] == 0


def _overflow_errors(session, queue: Queue) -> dict[str, str]:
    """Where the line goes on to another queue: there must be one, and no way may lead back."""
    errors = {field: _("Choose from the list") for field, among in (("when_full", WHEN_FULL), ("when_closed", WHEN_CLOSED)) if getattr(queue, field) not in (None, *among)}
    if errors:
        return errors
    if not queue.overflow_id:
        return {"overflow_id": _("Choose the queue that takes over")} if OVERFLOW in (queue.when_full, queue.when_closed) else {}
    following = dict(session.execute(select(Queue.id, Queue.overflow_id)).all())
    at = queue.overflow_id
    if at not in following:
        return {"overflow_id": _("Choose the queue that takes over")}
    while at is not None:
        if at == queue.id:
            return {"overflow_id": _("From there it would come back here. Choose a queue that does not lead back.")}
        at = following.get(at)
    return {}


def _needs_are_known(session, needs) -> bool:
    ids = [skill_id for skill_id, _level, _required in needs]
    known = set(session.scalars(select(Skill.id).where(Skill.id.in_(ids))))
    return len(set(ids)) == len(ids) and set(ids) == known and all(1 <= level <= 5 for _id, level, _required in needs)


def _ask_for(queue: Queue, needs) -> None:
    """Change the rows in place, so that the pair (queue, skill) stays unique at every moment."""
    wanted = {skill_id: (level, required) for skill_id, level, required in needs}
    queue.needs = [need for need in queue.needs if need.skill_id in wanted]
    for need in queue.needs:
        need.min_level, need.required = wanted.pop(need.skill_id)
    queue.needs += [QueueSkill(skill_id=skill_id, min_level=level, required=required) for skill_id, (level, required) in wanted.items()]


def _free_slug(session, name: str) -> str:
    base = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:50] or "queue"
    taken = set(session.scalars(select(Queue.slug).where(Queue.slug.startswith(base))))
    return next(slug for slug in (base, *(f"{base}-{n}" for n in range(2, 1000))) if slug not in taken)
