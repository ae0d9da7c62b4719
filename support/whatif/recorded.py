"""A day out of the database: what came, who was at a desk, what happened, and what is not known and therefore assumed. Reads only."""
import random
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from statistics import mean, median

from flask import current_app
from sqlalchemy import and_, func, or_, select

from support import training
from support.database import db
from support.people.person import STAFF, Person
from support.routing import capacity, picture, queues, scores
from support.routing.fitness import CALL, CHAT, TICKET, Line, level_for
from support.routing.models import ACCEPTED, AVAILABLE, DECLINED, LEFT, OFFLINE, TIMED_OUT, Offer, PresenceLog, WorkItem
from support.tickets.models import Ticket
from support.training.models import Skill
from support.whatif.day import Case, Day, Outcome, Rules, Stretch, Worker

NO_MEASURE = {CALL: 420.0, CHAT: 420.0, TICKET: 600.0}  # seconds of handling, where nothing of a channel was ended yet
LONGEST = 4 * 3600.0  # seconds: a ticket that was in hand for longer lay aside


def day(begins: datetime, ends: datetime, seed: int = 1) -> Day:
    """Everything between the two instants; levels and queues as they stood at the beginning and stand now. A fixed number of statements."""
    rows, earlier, offered = _items(begins, ends), _earlier(begins, ends), _offers(begins, ends)
    people, logs = _people(), _stretches(begins, ends)
    levels, lines = picture.levels_by_person(list(people), begins), picture.Lines(begins)
    line_of = {item.id: lines.line(item.queue_id, item.channel, item.language) for item, _priority, _first in rows}
    handling = _handling(rows, line_of, levels)
    patience = _patience(rows, ends, seed)
    cases, outcomes = [], []
    for item, priority, _first in rows:
        case = Case(
            item.id, line_of[item.id], max(item.entered_at, item.later_until or item.entered_at).timestamp(), handling[item.id] / _pace(line_of[item.id], levels.get(item.agent_id, {})),
            patience.get(item.id), scores.ticket_value(priority, item.channel), earlier.get(item.id), item.entered_at >= begins,
        )
        cases.append(case)
        outcomes.append(_outcome(case, item, handling[item.id], ends, offered))
    there, guessed = _there(people, logs, outcomes)
    shares, rings = _answers(offered)
    trainees, own = training.trainees.among(levels, begins), capacity.in_training()
    workers = tuple(
        Worker(person_id, people[person_id], levels.get(person_id, {}), there[person_id], **shares, limits=own if person_id in trainees else None)
        for person_id in sorted(there)
    )
    return Day(
        begins.timestamp(), ends.timestamp(), tuple(cases), workers, replace(rules(), rings=rings), _hours(lines, begins, ends),
        {queue.id: queue.name for queue in queues.all_queues()}, dict(db.session.execute(select(Skill.id, Skill.name)).all()), tuple(outcomes), _remarks(guessed),
    )


def rules() -> Rules:
    """As this installation is set."""
    settings = current_app.config["SETTINGS"]
    return Rules(
        capacity.limits(), scores.of_settings(settings),
        {CALL: settings.ring_seconds_call, CHAT: settings.ring_seconds_chat, TICKET: settings.ring_seconds_ticket},
        wrap_up_seconds=settings.wrap_up_seconds, retry_same_agent_seconds=settings.retry_same_agent_seconds,
    )


def _in_range(begins: datetime, ends: datetime):
    """What entered between the two, or waited then already."""
    waited = and_(WorkItem.entered_at < begins, or_(WorkItem.answered_at >= begins, and_(WorkItem.answered_at.is_(None), or_(WorkItem.ended_at.is_(None), WorkItem.ended_at >= begins))))
    return or_(and_(WorkItem.entered_at >= begins, WorkItem.entered_at < ends), waited)


def _items(begins: datetime, ends: datetime) -> list[tuple]:
    query = select(WorkItem, Ticket.priority, Ticket.first_reply_at).join(Ticket, Ticket.id == WorkItem.ticket_id)
    return list(db.session.execute(query.where(_in_range(begins, ends)).order_by(WorkItem.entered_at, WorkItem.id)))


def _earlier(begins: datetime, ends: datetime) -> dict[int, int]:
    """{item: who had the ticket the time before}."""
    tickets = select(WorkItem.ticket_id).where(_in_range(begins, ends))
    before: dict[int, int] = {}
    found = {}
    query = select(WorkItem.id, WorkItem.ticket_id, WorkItem.agent_id).where(WorkItem.ticket_id.in_(tickets))
    for item_id, ticket_id, agent_id in db.session.execute(query.order_by(WorkItem.id)):
        if ticket_id in before:
            found[item_id] = before[ticket_id]
        if agent_id is not None:
            before[ticket_id] = agent_id
    return found


def _offers(begins: datetime, ends: datetime) -> list[Offer]:
    return list(db.session.scalars(select(Offer).where(Offer.offered_at >= begins, Offer.offered_at < ends)))


def _people() -> dict[int, str]:
    return dict(db.session.execute(select(Person.id, Person.name).where(Person.role.in_(STAFF))).all())


def _stretches(begins: datetime, ends: datetime) -> dict[int, list[Stretch]]:
    """{person: when free for work or at it}; also people who were seen elsewhere all the time, with nothing."""
    found: dict[int, list[Stretch]] = {}
    query = select(PresenceLog).where(PresenceLog.since < ends, func.coalesce(PresenceLog.until, ends) > begins).order_by(PresenceLog.since)
    for log in db.session.scalars(query):
        stretches = found.setdefault(log.person_id, [])
        if log.chosen != AVAILABLE or log.system == OFFLINE:
            continue
        since, until = max(log.since, begins).timestamp(), min(log.until or ends, ends).timestamp()
        if stretches and stretches[-1][1] >= since:
            stretches[-1] = (stretches[-1][0], until)
        else:
            stretches.append((since, until))
    return found


def _there(people: dict[int, str], logs: dict, outcomes: list[Outcome]) -> tuple[dict[int, tuple[Stretch, ...]], int]:
    """Who was at a desk when, and of how many that was not written down: they count from their first to their last piece of work."""
    worked: dict[int, list[float]] = {}
    for outcome in outcomes:
        if outcome.worker_id in people:
            worked.setdefault(outcome.worker_id, []).extend((outcome.answered_at, outcome.ended_at))
    there, guessed = {person_id: tuple(stretches) for person_id, stretches in logs.items() if stretches and person_id in people}, 0
    for person_id, instants in worked.items():
        if person_id not in there:
            there[person_id], guessed = ((min(instants), max(instants)),), guessed + 1
    return there, guessed


def _remarks(guessed: int) -> tuple[str, ...]:
    return (f"Of {guessed} people nobody wrote down when they were at their desks: they count from their first to their last piece of work.",) if guessed else ()


def _pace(line: Line, levels) -> float:
    return scores.HANDLING[level_for(line, levels)]


def _handling(rows: list[tuple], line_of: dict[int, Line], levels: dict) -> dict[int, float]:
    """{item: seconds in hand}: to the end of a call or chat, to the first reply of a ticket; where that is not known the middle of the others."""
    known = {item.id: seconds for item, _priority, first in rows if (seconds := _in_hand(item, first)) is not None}
    by_channel: dict[str, list[float]] = {}
    for item, _priority, _first in rows:
        if item.id in known:
            by_channel.setdefault(item.channel, []).append(known[item.id])
    return {item.id: known.get(item.id) or (median(by_channel[item.channel]) if item.channel in by_channel else NO_MEASURE[item.channel]) for item, *_ in rows}


def _in_hand(item: WorkItem, first_reply: datetime | None) -> float | None:
    if item.answered_at is None:
        return None
    over = first_reply if item.channel == TICKET and first_reply and first_reply > item.answered_at else item.ended_at
    seconds = (over - item.answered_at).total_seconds() if over else None
    return seconds if seconds and 0 < seconds <= LONGEST else None


def _patience(rows: list[tuple], ends: datetime, seed: int) -> dict[int, float]:
    """{item: seconds it waits at most}: known of those who left; of those who were answered only that it was more, so the rest is drawn.

    Drawn as if it did not depend on the wait so far, with the mean that makes what was seen most likely: all waiting per channel, shared by those who left.
    """
    lost = Counter(item.channel for item, *_ in rows if item.state == LEFT)
    total = Counter()
    for item, *_ in rows:
        total[item.channel] += _waited(item, ends)
    found = {}
    for item, *_ in rows:
        if item.state == LEFT:
            found[item.id] = _waited(item, None)
        elif item.channel != TICKET and lost[item.channel] and total[item.channel]:
            dice = random.Random(f"{seed}:patience:{item.id}")
            found[item.id] = _waited(item, ends) + dice.expovariate(lost[item.channel] / total[item.channel])
    return found


def _waited(item: WorkItem, ends: datetime | None) -> float:
    over = item.answered_at or item.ended_at or ends
    return max(0.0, ((min(over, ends) if ends else over) - item.entered_at).total_seconds())


def _outcome(case: Case, item: WorkItem, handling: float, ends: datetime, offered: Iterable[Offer]) -> Outcome:
    """As recorded, as far as it was by the end of the day."""
    offers = sum(offer.work_item_id == item.id for offer in offered)
    if item.answered_at is not None and item.answered_at < ends:
        at = item.answered_at.timestamp()
        return Outcome(case, at, item.agent_id, at + handling, None, offers)
    left = item.ended_at.timestamp() if item.state == LEFT and item.ended_at and item.ended_at < ends else None
    return Outcome(case, left_at=left, offers=offers)


def _answers(offered: list[Offer]) -> tuple[dict[str, float], tuple[float, float]]:
    """How offers ended: the shares missed and declined, and the seconds until most were accepted."""
    ended = Counter(offer.state for offer in offered)
    count = ended[ACCEPTED] + ended[DECLINED] + ended[TIMED_OUT]
    rings = sorted((offer.answered_at - offer.offered_at).total_seconds() for offer in offered if offer.state == ACCEPTED and offer.answered_at)
    shares = {"misses": ended[TIMED_OUT] / count, "declines": ended[DECLINED] / count} if count else {}
    if not rings:
        return shares, Rules().rings
    middle = mean(rings[: max(1, int(0.9 * len(rings)))])
    return shares, (0.5 * middle, 1.5 * middle)


def _hours(lines: picture.Lines, begins: datetime, ends: datetime) -> dict[int, tuple[Stretch, ...]]:
    """{queue: when it is open}; queues without hours are absent."""
    found = {}
    for queue in lines.queues.values():
        hours = lines.hours(queue)
        if not queue.active or hours is not None:
            found[queue.id] = tuple(_openings(hours, begins, ends)) if queue.active else ()
    return found


def _openings(hours, at: datetime, ends: datetime) -> Iterable[Stretch]:
    while at is not None and at < ends:
        if hours.is_open(at):
            until = min(hours.open_until(at) or ends, ends)
            yield at.timestamp(), until.timestamp()
            at = until if until < ends else None
        else:
            at = hours.next_opening(at)


def local_day(word: str, zone, today: datetime) -> tuple[datetime, datetime]:
    """The instants at which a day of this zone begins and ends: `today`, `yesterday` or 2026-11-27. Raises ValueError."""
    named = {"today": 0, "yesterday": 1}
    chosen = today.astimezone(zone).date() - timedelta(days=named[word]) if word in named else date.fromisoformat(word)
    begins, ends = (datetime(one.year, one.month, one.day, tzinfo=zone) for one in (chosen, chosen + timedelta(days=1)))
    return begins, ends
