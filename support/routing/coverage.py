"""Who would be there for what waits, hour by hour in the days to come: read from shifts, certificates and hours, with a fixed number of statements.

Counted are those with a shift plan: of others nobody knows when they are there, so a shop without plans is told of no holes.
A queue is asked in the languages the shop serves that were seen in its work of the last 30 days, and in the shop's first.
"""
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from flask import current_app
from sqlalchemy import select

from support import calendars, people, shop
from support.calendars import Interval
from support.clock import now
from support.database import db
from support.errors import NotFound
from support.people import shifts
from support.people.permissions import ACTS, demand
from support.people.person import Person
from support.routing import picture
from support.routing.covering import Ask, Cell, Hole, Key, Worker, cover, holes
from support.routing.fitness import CHAT, untrained
from support.routing.models import Queue, WorkItem
from support.training.levels import held_between
from support.training.models import Skill

SEEN = timedelta(days=30)


@dataclass(frozen=True)
class Coverage:
    """`rows`: per queue and language the open hours to come. Empty without shift plans: `has_plans` tells the two apart."""

    at: datetime
    end: datetime
    has_plans: bool
    queues: dict[int, Queue]
    rows: dict[Key, list[Cell]]
    asks: dict[Key, Ask]
    workers: dict[int, Worker]

    @property
    def holes(self) -> list[Hole]:
        return holes(self.rows)


def read(at: datetime | None = None) -> Coverage:
    """The coverage of today, from now on, and the days that follow, as many as COVERAGE_DAYS; for code that has checked the asker."""
    at, ours = at or now(), shop.profile()
    end = calendars.instant(ours.zone, at.astimezone(ours.zone_info).date() + timedelta(days=current_app.config["SETTINGS"].coverage_days), time(0))
    known, lines = shifts.plans(), picture.Lines(at)
    queues = {queue.id: queue for queue in lines.queues.values() if queue.active}
    if not known:
        return Coverage(at, end, False, queues, {}, {}, {})
    asks = _asks(lines, queues, at)
    workers = _workers(known, {need.skill_id for ask in asks for need in ask.line.needs} | {ask.line.language_skill for ask in asks} - {None}, at, end)
    rows = cover(asks, workers, at, end, ours.zone)
    return Coverage(at, end, True, queues, rows, {ask.key: ask for ask in asks}, {worker.id: worker for worker in workers})


def _asks(lines: picture.Lines, queues: dict[int, Queue], at: datetime) -> list[Ask]:
    """Every queue in every language that it is asked in. A language for which no skill stands asks for nothing more and has no row of its own."""
    ours = picture.main_language(shop.profile().language)
    seen = db.session.execute(select(WorkItem.queue_id, WorkItem.language).where(WorkItem.entered_at > at - SEEN).distinct())
    served = {picture.main_language(code) for code in shop.profile().languages}
    asked = {(queue_id, code) for queue_id, language in seen if (code := picture.main_language(language)) in served}
    made = []
    for queue in sorted(queues.values(), key=lambda queue: (queue.position, queue.id)):
        for language in (ours, *sorted(code for queue_id, code in asked if queue_id == queue.id and code != ours)):
            line = lines.line(queue.id, CHAT, language)
            if language == ours or line.language_skill is not None:
                made.append(Ask(line, lines.hours(queue)))
    return made


def _workers(known: dict[int, shifts.Plan], skill_ids: set[int], at: datetime, end: datetime) -> list[Worker]:
    staff = [person.id for person in people.active_staff(*ACTS["desk"]) if person.id in known]
    held: dict[int, dict[int, list]] = {}
    for (person_id, skill_id), spans in held_between(skill_ids, at, end).items():
        held.setdefault(person_id, {})[skill_id] = spans
    return [Worker(person_id, known[person_id].there(at, end), held.get(person_id, {})) for person_id in staff]


@dataclass(frozen=True)
class Ending:
    """A certificate that is over at the hour that is looked at and counts now."""

    person: Person
    skill: Skill
    until: datetime

    @property
    def last_day(self) -> date:
        """The last day on which it counts, in the shop's zone."""
        return (self.until - timedelta(microseconds=1)).astimezone(shop.profile().zone_info).date()


@dataclass(frozen=True)
class Detail:
    """One hour of one line at its weakest moment: whom it has, what those on shift lack, who could but is not there (with the code of `Plan.why_off`)."""

    cell: Cell
    queue: Queue
    language: str
    asked: list[tuple[Skill, int]]
    able: list[Person]
    lacking: list[tuple[Person, str]]
    elsewhere: list[tuple[Person, str]]
    ending: list[Ending]
    without: list[Skill]  # asked for, and nobody on shift holds them at the level

    @property
    def span(self) -> Interval:
        return self.cell.start, self.cell.end


def detail(person, found: Coverage, queue_id: int, language: str, start: datetime) -> Detail:
    """What is behind one cell of `found`. Raises NotFound when there is no such hour. Three statements."""
    demand(person, "board")
    key = (queue_id, language)
    cell = next((cell for cell in found.rows.get(key, ()) if cell.start <= start < cell.end), None)
    if cell is None:
        raise NotFound()
    line, at = found.asks[key].line, cell.at
    asked = {need.skill_id: max(1, need.min_level) for need in line.needs if need.required} | ({line.language_skill: 1} if line.language_skill else {})
    skills = {skill.id: skill for skill in db.session.scalars(select(Skill).where(Skill.id.in_(asked)))}
    staff = people.by_ids(found.workers)
    ordered = sorted((worker for worker in found.workers.values() if worker.id in staff), key=lambda worker: staff[worker.id].name)
    here = [worker for worker in ordered if _is_in(worker.there, at)]
    codes = {worker.id: untrained(line, worker.levels(at)) for worker in ordered}
    known = shifts.plans()
    return Detail(
        cell, found.queues[queue_id], language, [(skills[number], level) for number, level in asked.items()],
        able=[staff[worker.id] for worker in here if codes[worker.id] is None],
        lacking=[(staff[worker.id], codes[worker.id]) for worker in here if codes[worker.id]],
        elsewhere=[(staff[worker.id], known[worker.id].why_off(at)) for worker in ordered if worker not in here and codes[worker.id] is None and worker.id in known],
        ending=[Ending(staff[worker.id], skills[number], until) for worker in ordered for number, level in asked.items() if (until := _ended(worker, number, level, found.at, at))],
        without=[skills[number] for number, level in asked.items() if not any(worker.levels(at).get(number, 0) >= level for worker in here)],
    )


def _ended(worker: Worker, skill_id: int, level: int, seen: datetime, at: datetime) -> datetime | None:
    """When a level that counts now and not at `at` any more ends."""
    if worker.levels(seen).get(skill_id, 0) < level or worker.levels(at).get(skill_id, 0) >= level:
        return None
    return max(until for _since, until, height in worker.held[skill_id] if height >= level and until <= at)


def _is_in(spans: list[Interval], at: datetime) -> bool:
    return any(start <= at < end for start, end in spans)


