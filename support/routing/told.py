"""What customers were told about their wait, kept beside what came true; and what each process learned of it.

Whoever finds nobody free is told a limit once, by the dispatcher, in the look that left him waiting. It is learned from the
announcements that came true; until enough did, the ninetieth percentile of the last answered waits stands in, and before those
the target of the queue. What was learned is nowhere stored: each process makes it anew from the announcements.
"""
import math
import threading
from bisect import bisect_left
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import and_, case, delete, func, or_, select, union_all
from sqlalchemy.exc import IntegrityError

from support.clock import now
from support.database import db, snapshot, transaction
from support.routing import standing
from support.routing.crowds import Crowd, Waiting
from support.routing.estimates import COVERED, TERMS, Estimate, Estimator, Sight
from support.routing.fitness import THERE, TICKET_SECONDS, Agent, Item, Line
from support.routing.models import CALL, CHAT, OFFERED, TICKET, WAITING, Queue, ToldWait, WorkItem

IN_LINE = (WAITING, OFFERED)
SAMPLE = 50  # the last answered ones
LEAST_SAMPLE = 8  # fewer say nothing; the target of the queue stands in
MEMORY = timedelta(days=28)  # older waits tell nothing about today
PRUNED = 5000  # in one round
REMEMBERED = 4 * SAMPLE
REPLAYED = 1000  # announcements that came true, at the start of a process
TOLD_AT_ONCE = 100
COUNTED = 200  # of each queue, for how often the limit held
LEAST_COUNTED = 20
FIELDS = {field.name for field in fields(Estimate)}

Outcome = tuple[ToldWait, WorkItem]


@dataclass(frozen=True)
class Held:
    """Of `told` announcements of one queue whose outcome is known, `held` were kept to."""

    told: int
    held: int

    @property
    def share(self) -> float:
        return self.held / max(1, self.told)

    @property
    def is_enough(self) -> bool:
        return self.told >= LEAST_COUNTED

    @property
    def is_low(self) -> bool:
        """Lower than chance explains, by two standard deviations: what is announced promises too much."""
        return self.is_enough and self.share < COVERED - 2 * math.sqrt(COVERED * (1 - COVERED) / self.told)


class Learned:
    """What one process has learned: of live work, and apart from it of deferrable tickets. All its threads share it."""

    def __init__(self):
        self._estimators = {False: Estimator(), True: Estimator()}
        self._taken: dict[tuple[int, str], deque[int]] = {}  # the announcements taken in last, of each queue and channel
        self._busy = threading.Lock()
        self.replaying = threading.Lock()
        self.started = False

    def estimate(self, sight: Sight) -> Estimate:
        with self._busy:
            return self._estimators[sight.channel == TICKET].estimate(sight)

    def unknown(self, newest: dict[tuple[int, str], frozenset[int]]) -> list[int]:
        """Which of the newest announcements that came true are news. Whatever left that list is known, so it need not be remembered."""
        return sorted(told_id for key, ids in newest.items() for told_id in ids.difference(self._taken.get(key, ())))

    def learn(self, outcomes: Iterable[Outcome]) -> None:
        """Take in what came true, each announcement once, in the order of the answers. Another thread may have been faster."""
        with self._busy:
            for told, item in sorted(outcomes, key=lambda pair: (pair[1].answered_at, pair[0].id)):
                taken = self._taken.setdefault((item.queue_id, item.channel), deque(maxlen=REMEMBERED))
                if told.id in taken:
                    continue
                taken.append(told.id)
                # Another version may have seen it, with other eyes; somebody took it by hand before he was told; and another queue may have served it.
                if told.queue_id == item.queue_id and set(told.seen) == FIELDS and len(told.seen["terms"]) == TERMS and item.answered_at >= told.told_at:
                    waited = (item.answered_at - told.told_at).total_seconds()
                    cell = (item.queue_id, item.channel, item.language)
                    self._estimators[item.channel == TICKET].came(cell, item.answered_at.timestamp(), _estimate_of(told), waited)
            self.started = True


def init_app(app, settings) -> None:
    app.extensions["told_waits"] = Learned()


def known(queue_ids: Iterable[int]) -> tuple[dict[tuple[int, str], list[float]], Learned]:
    """({(queue, channel): seconds of its last answered waits, shortest first}, what was learned, these included). One statement, and one more after news."""
    since = now() - MEMORY
    parts = [select(_last(queue_id, channel, since)) for queue_id in queue_ids for channel in (CALL, CHAT, TICKET)]
    if not parts:
        return {}, _learned({})
    rows = union_all(*parts).subquery()
    newest = select(rows, ToldWait.id.label("told_id")).outerjoin(ToldWait, ToldWait.work_item_id == rows.c.id)
    waits: dict[tuple[int, str], list[float]] = {}
    told: dict[tuple[int, str], set[int]] = {}
    for row in db.session.execute(newest):
        waits.setdefault((row.queue_id, row.channel), []).append(max(0.0, (row.answered_at - row.entered_at).total_seconds()))
        told.setdefault((row.queue_id, row.channel), set()).update([row.told_id] if row.told_id else ())
    return {key: sorted(seconds) for key, seconds in waits.items()}, _learned({key: frozenset(ids) for key, ids in told.items()})


def _last(queue_id: int, channel: str, since: datetime):
    """The last answered ones of one queue and channel, by the index, however many came before."""
    answered = select(WorkItem.id, WorkItem.queue_id, WorkItem.channel, WorkItem.entered_at, WorkItem.answered_at)
    own = answered.where(WorkItem.queue_id == queue_id, WorkItem.channel == channel, WorkItem.answered_at > since)
    return own.order_by(WorkItem.answered_at.desc()).limit(SAMPLE).subquery()


def tell(left: list[Item], agents: Iterable[Agent], at: datetime, anybody_for: Callable[[Line], bool]) -> None:
    """Announce a limit to each of those left waiting who was told none yet, if his line is open and somebody trained for it is at a desk."""
    if not left:
        return
    left = [replace(item, line=item.line.relaxed) for item in left]  # whoever is trained may come to serve him, at once or some steps later
    line = _in_line()
    told = {row.id for row in line if row.told_id or row.answered_at}
    new = [item for item in left if item.line.open and item.id not in told and anybody_for(item.line)]
    if not new:
        return
    crowd = Crowd([Waiting(item.line, item.entered_at, item.value, 1, item.id) for item in left], [agent for agent in agents if agent.out in THERE])
    able = new[:TOLD_AT_ONCE]  # those whom nobody can serve must not stand before the others for ever
    sights = {item.id: crowd.sight(item.line, at.timestamp(), value=item.value, place=(item.entered_at, item.id)) for item in able}
    made = [_announcement(item, at, seconds, estimate) for item, seconds, estimate in _limits(able, sights, line)]
    if not made:
        return
    try:
        with transaction() as session:
            session.add_all(made)
    except IntegrityError:
        pass  # another process, whose turn it was meanwhile, has told them


def _limits(new: list[Item], sights: dict[int, Sight], line: list):
    """(item, limit in seconds, the estimate it rests on or will be measured by) of each."""
    queues = {queue.id: queue for queue in standing.queues()}
    waits, learned = known({item.line.queue_id for item in new})
    places: dict[tuple[int, str], list[tuple[float, int]]] = {}
    for row in line:
        places.setdefault((row.queue_id, row.channel), []).append((row.entered_at.timestamp(), row.id))
    for place in places.values():
        place.sort()
    for item in new:
        sight, key = sights[item.id], item.line.key[:2]
        estimate = learned.estimate(sight)
        ahead = bisect_left(places.get(key, []), (item.entered_at, item.id))
        yield item, estimate.limit_seconds if estimate.ready else by_rule(queues[key[0]], key[1], waits, ahead, sight.desks), estimate


def _announcement(item: Item, at: datetime, seconds: float, estimate: Estimate) -> ToldWait:
    limit = whole_minutes(seconds)
    return ToldWait(
        work_item_id=item.id, queue_id=item.line.queue_id, told_at=at, limit_seconds=limit, limit_at=at + timedelta(seconds=limit), seen=asdict(estimate)
    )


def by_rule(queue: Queue, channel: str, waits: dict, ahead: int, present: int) -> float:
    """Seconds, until enough is learned: what nine of ten of the last answered ones waited, and before those the target."""
    answered = waits.get((queue.id, channel), [])
    if len(answered) >= LEAST_SAMPLE:
        return answered[math.ceil(COVERED * len(answered)) - 1]
    target = TICKET_SECONDS if channel == TICKET else queue.target_seconds
    return max(target, target * (ahead + 1) / max(1, present))


def whole_minutes(seconds: float) -> int:
    """Rounded up, at least one: nobody is told seconds."""
    return max(60, math.ceil(seconds / 60) * 60)


def held() -> dict[int, Held]:
    """{queue: how many of its last COUNTED announcements with a known outcome held}. One statement, however many queues.

    An announcement held when he was answered within it; it did not when he was answered later, left later, or waits still. Who left
    earlier proves nothing.
    """
    with snapshot() as session:
        at = now()
        over = or_(WorkItem.answered_at.is_not(None), ToldWait.limit_at < func.coalesce(WorkItem.ended_at, at))
        kept = case((and_(WorkItem.answered_at.is_not(None), WorkItem.answered_at <= ToldWait.limit_at), 1), else_=0).label("kept")
        rank = func.row_number().over(partition_by=ToldWait.queue_id, order_by=(ToldWait.told_at.desc(), ToldWait.id.desc())).label("rank")
        known_outcomes = select(ToldWait.queue_id, kept, rank).join(WorkItem, WorkItem.id == ToldWait.work_item_id)
        rows = known_outcomes.where(ToldWait.told_at > at - MEMORY, over).subquery()
        counted = select(rows.c.queue_id, func.count(), func.sum(rows.c.kept)).where(rows.c.rank <= COUNTED).group_by(rows.c.queue_id)
        return {queue_id: Held(count, int(kept_count)) for queue_id, count, kept_count in session.execute(counted)}


def prune() -> None:
    """Forget what was told so long ago that nothing reads it; whoever waits still keeps his."""
    old = select(ToldWait.id).join(WorkItem, WorkItem.id == ToldWait.work_item_id).where(ToldWait.told_at < now() - 2 * MEMORY, WorkItem.state.not_in(IN_LINE))
    with transaction() as session:
        session.execute(delete(ToldWait).where(ToldWait.id.in_(old.limit(PRUNED))))


def _learned(newest: dict[tuple[int, str], frozenset[int]]) -> Learned:
    learned = current_app.extensions["told_waits"]
    query = select(ToldWait, WorkItem).join(WorkItem, WorkItem.id == ToldWait.work_item_id).where(WorkItem.answered_at.is_not(None))
    if not learned.started:
        if learned.replaying.acquire(blocking=False):  # one does it; for the others the rule stands in meanwhile
            try:
                recent = query.where(ToldWait.told_at > now() - MEMORY).order_by(ToldWait.told_at.desc()).limit(REPLAYED)
                learned.learn([tuple(row) for row in db.session.execute(recent)])
            finally:
                learned.replaying.release()
    elif unknown := learned.unknown(newest):
        learned.learn([tuple(row) for row in db.session.execute(query.where(ToldWait.id.in_(unknown)))])
    return learned


def _estimate_of(told: ToldWait) -> Estimate:
    return Estimate(**{**told.seen, "terms": tuple(told.seen["terms"])})


def _in_line() -> list:
    """Everybody in line, those with a ringing offer too, and who of them was told something or was answered once."""
    query = select(WorkItem.id, WorkItem.queue_id, WorkItem.channel, WorkItem.entered_at, WorkItem.answered_at, ToldWait.id.label("told_id"))
    return list(db.session.execute(query.outerjoin(ToldWait, ToldWait.work_item_id == WorkItem.id).where(WorkItem.state.in_(IN_LINE))))
