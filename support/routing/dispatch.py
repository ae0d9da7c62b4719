"""The dispatcher: looks at what waits and who is free, reserves what the matcher proposes, and heals what was missed.

One process decides at a time by a leased row; whoever comes meanwhile asks it for another look. A holder that dies loses the
lease in 5 s. Events wake it; the sweep finds what an event did not tell: expired offers, lost agents, forgotten tickets.
"""
from datetime import datetime, timedelta

import structlog
from sqlalchemy import and_, func, or_, select, true, update
from sqlalchemy.exc import IntegrityError

from support.clock import AHEAD, now
from support.database import db, transaction
from support.errors import SwitchboardError
from support.events import Event
from support.routing import calls, consults, line, offers, overflow, picture, standing, told, why, work
from support.routing import presence as presences
from support.routing.fitness import Item
from support.routing.matcher import Matcher
from support.routing.models import WAITING, Decision, Turn, WorkItem
from support.routing.sight import forget, sight

log = structlog.get_logger(__name__)

LEASE = timedelta(seconds=5)
LOOKS = 50  # rounds in one turn; each makes offers or ends the turn
LOOK_AGAIN = timedelta(seconds=60)  # how often "nobody free" is written down for one item
WRITTEN_DOWN_AT_ONCE = 100


def dispatch() -> int:
    """Offer what can be offered now; returns how many offers were made. Cheap when nothing waits."""
    made = 0
    for _look in range(LOOKS):
        if not _anything_waits() or not _take_turn():
            return made
        made += _look_once()
        if _give_turn_back():
            return made
    return made


def on_ticket(event: Event) -> None:
    """A ticket was opened, moved, resolved, reopened or closed: its place follows, and `dispatch` afterwards its offer."""
    line.reconcile(event.ticket_id)


def on_change() -> None:
    """Somebody may be free now, or may take more than before; whoever left his desk keeps no offer."""
    _each(lambda offer_id: offers.withdraw(offer_id, "agent_left"), offers.orphaned(now()))
    dispatch()


def is_due() -> bool:
    """Whether time alone has made something happen; reads only."""
    at = now()
    due = bool(
        offers.expired(at) or offers.misdated(at) or presences.due(at) or work.abandoned(at) or calls.due(at) or consults.due(at)
        or overflow.slow(at) or _a_step_has_opened(at)
    )
    db.session.rollback()
    return due


def on_time() -> None:
    """What happens by time alone: offers that rang out, lost agents and their work, wrap-up that is over, callbacks that are due. Called every second."""
    at = now()
    _each(line.settle_person, presences.due(at))
    _each(offers.expire, offers.expired(at))
    _each(lambda offer_id: offers.withdraw(offer_id, "clock"), offers.misdated(at))
    _each(work.give_back, work.abandoned(at))
    _each(calls.wake, calls.due(at))
    _each(consults.heal, consults.due(at))
    _each(overflow.go_on, overflow.slow(at))
    dispatch()


def sweep() -> None:
    """The same, and what an event should have told but did not. Called every few seconds."""
    forget()
    on_time()
    _each(lambda offer_id: offers.withdraw(offer_id, "agent_left"), offers.orphaned(now()))
    _each(line.reconcile, line.forgotten())
    _each(overflow.go_on, overflow.unserved(now()))
    dispatch()


def _each(function, ids) -> None:
    """One that fails must not keep the others waiting."""
    for one in ids:
        try:
            function(one)
        except SwitchboardError:
            db.session.rollback()
        except Exception:
            db.session.rollback()
            log.exception("routing step failed", step=getattr(function, "__name__", "?"), id=one)


def _look_once() -> int:
    """One picture, all its proposals; a proposal that no longer holds costs one lost statement."""
    at = now()
    with sight() as view:
        waiting, agents = view.look(at)
        matcher = view.matcher
        proposals = matcher.propose(at.timestamp())
        for proposal in proposals:
            matcher.put_agent(agents[proposal.agent_id])  # the record shows everybody as they were
        made = 0
        for proposal in proposals:
            candidates = matcher.consider(waiting.pop(proposal.item_id), at.timestamp())
            if offers.make(proposal.item_id, proposal.agent_id, candidates) is not None:
                made += 1
            else:
                view.doubt()  # somebody was faster, or what we hold is old
        left = list(waiting.values())
        _write_down_waiting(matcher, left, at)
        try:
            told.tell(left, agents.values(), at, matcher.anybody_for)
        except Exception:  # nobody waits for an offer because of what is announced
            db.session.rollback()
            log.exception("waits were not announced")
    return made


def _write_down_waiting(matcher: Matcher, left: list[Item], at: datetime) -> None:
    """“Nobody was free”, with who was looked at: once at the beginning, then when it looks different."""
    newest = select(func.max(Decision.id)).where(Decision.work_item_id.in_([item.id for item in left])).group_by(Decision.work_item_id)
    known = {decision.work_item_id: decision for decision in db.session.scalars(select(Decision).where(Decision.id.in_(newest)))}
    stale = [item for item in left if item.id not in known or known[item.id].at <= at - LOOK_AGAIN]
    fresh = []
    for item in stale[:WRITTEN_DOWN_AT_ONCE]:
        last, code = known.get(item.id), "nobody_free" if item.line.open else "closed"
        stored = why.stored(matcher.consider(item, at.timestamp()))
        if last is None or last.sentence.get("code") != code or _codes(last.candidates) != _codes(stored):
            fresh.append(Decision(work_item_id=item.id, at=at, candidates=stored, sentence={"code": code, "relaxed": why.relaxed(item, at.timestamp())}))
    if fresh:
        with transaction() as session:
            session.add_all(fresh)


def _codes(candidates: list[dict]) -> dict[int, str | None]:
    return {candidate["person_id"]: candidate["out"] for candidate in candidates}


def _anything_waits() -> bool:
    found = db.session.scalar(select(WorkItem.id).where(WorkItem.state == WAITING).limit(1))
    db.session.rollback()
    return found is not None


def _a_step_has_opened(at: datetime) -> bool:
    """Whether somebody who waits has passed a step of his queue since the last look began: whoever could not be asked then may be asked now."""
    steps = [(queue.id, timedelta(seconds=step.after)) for queue in standing.queues() for step in picture.steps_of(queue)]
    if not steps:
        return False
    looked_at = db.session.scalar(select(Turn.looked_at).where(Turn.id == 1))
    since = [WorkItem.entered_at > looked_at - after if looked_at else true() for _queue_id, after in steps]
    passed = [and_(WorkItem.queue_id == queue_id, WorkItem.entered_at <= at - after, later) for (queue_id, after), later in zip(steps, since, strict=True)]
    return db.session.scalar(select(WorkItem.id).where(WorkItem.state == WAITING, or_(*passed)).limit(1)) is not None


def _take_turn() -> bool:
    """Whether this process may decide now. If another does, it is asked to look once more."""
    for _attempt in range(3):
        at = now()
        with transaction() as session:
            free = or_(Turn.leased_until.is_(None), Turn.leased_until < at, Turn.leased_until > at + LEASE + AHEAD)
            if session.execute(update(Turn).where(Turn.id == 1, free).values(leased_until=at + LEASE, wanted=False, looked_at=at)).rowcount:
                return True
            if session.execute(update(Turn).where(Turn.id == 1, ~free).values(wanted=True)).rowcount:
                return False
        _make_turn()
    return False


def _give_turn_back() -> bool:
    """End the turn; False when another look was asked for meanwhile."""
    with transaction() as session:
        ended = session.execute(update(Turn).where(Turn.id == 1, Turn.wanted.is_(False)).values(leased_until=None)).rowcount
        if not ended:
            session.execute(update(Turn).where(Turn.id == 1).values(leased_until=None))
    return bool(ended)


def _make_turn() -> None:
    """The one row, in a database that has never routed."""
    try:
        with transaction() as session:
            session.add(Turn(id=1))
    except IntegrityError:
        pass  # another process made it
