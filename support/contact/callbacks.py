"""Being called back: the customer gives a number, keeps his place or chooses a time, and the line does the rest.

A callback is one try after the other to reach one customer about one ticket. Its place is its work item's (`support.routing.calls`);
here stand the number, the window, the attempts and how far it has got. Each step goes along the one table of moves by a conditional
update. Where the work went is read from the work item: `agree` brings the two together, inside every use case and by a timed job,
so that a lost agent, a restart or a clock that jumps leaves nothing hanging.
"""
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import ForeignKey, Index, String, func, select, update
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from support import limits, routing, tickets
from support.clock import now
from support.contact import kinds, numbers, times
from support.contact.times import Window
from support.database import Base, UTCDateTime, db, lock, transaction
from support.errors import IllegalMove, Invalid, NotFound
from support.events import record
from support.listing import Listing
from support.people.permissions import demand
from support.people.person import Person
from support.routing import calls
from support.routing.calls import CALLBACK
from support.routing.line import queue_for
from support.routing.models import ASSIGNED, CALL, DONE, LATER, OFFERED, Queue, WorkItem
from support.routing.models import WAITING as IN_LINE
from support.tickets.access import demand_work
from support.tickets.models import Conversation, Ticket

WAITING, DUE, CALLING, NO_ANSWER = "waiting", "due", "calling", "no_answer"
REACHED, GIVEN_UP, CANCELLED = "reached", "given_up", "cancelled"
STATES = (WAITING, DUE, CALLING, NO_ANSWER, REACHED, GIVEN_UP, CANCELLED)
LIVE = (WAITING, DUE, CALLING, NO_ANSWER)
MOVES = {
    WAITING: {DUE, CALLING, CANCELLED},
    DUE: {WAITING, CALLING, CANCELLED},
    CALLING: {DUE, NO_ANSWER, REACHED, GIVEN_UP, CANCELLED},
    NO_ANSWER: {DUE, WAITING, CALLING, CANCELLED},
    REACHED: set(), GIVEN_UP: set(), CANCELLED: set(),
}
NOW = "now"
RESULTS = ("reached", "no_answer", "busy", "wrong_number")
AGREED_AT_ONCE = 500
SLOT_LEAD = timedelta(minutes=15)  # nobody is promised a window that begins this very minute


class Callback(Base):
    """One wish to be called. `wanted_from` to `wanted_until` is the window he was told; `chosen` whether he chose it himself."""

    __tablename__ = "callback"

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))
    queue_id: Mapped[int] = mapped_column(ForeignKey("queue.id"))
    number: Mapped[str] = mapped_column(String(16))
    state: Mapped[str] = mapped_column(String(10), default=DUE)
    state_at: Mapped[datetime] = mapped_column(UTCDateTime)
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime)
    chosen: Mapped[bool] = mapped_column(default=False)
    wanted_from: Mapped[datetime] = mapped_column(UTCDateTime)
    wanted_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    attempts: Mapped[int] = mapped_column(default=0)
    result: Mapped[str | None] = mapped_column(String(12))

    ticket: Mapped[Ticket] = relationship()

    __table_args__ = (
        Index("uq_callback_live", "ticket_id", unique=True, sqlite_where=state.in_(LIVE), postgresql_where=state.in_(LIVE)),
        Index("ix_callback_window", "queue_id", "wanted_from"),
        Index("ix_callback_state", "state", "wanted_from"),
        Index("ix_callback_ticket", "ticket_id"),
    )

    @property
    def is_live(self) -> bool:
        return self.state in LIVE


@dataclass(frozen=True)
class Standing:
    """How a callback stands, for the customer's page and the desk. `number` is masked for those who do not make the call.

    `may_change`: the customer may still choose another time or give it up.
    """

    state: str
    number: str
    dial: str | None
    chosen: bool
    wanted_from: datetime
    wanted_until: datetime | None
    attempts: int
    attempts_max: int
    result: str | None
    may_change: bool

    @property
    def is_live(self) -> bool:
        return self.state in LIVE


@dataclass(frozen=True)
class Choice:
    """A window that may be chosen, or is full."""

    window: Window
    is_full: bool


def standing(person, ticket) -> Standing | None:
    """The last callback of a ticket that was found through the person; None without one. No statement unless there ever was one."""
    if ticket.conversation.channel != CALLBACK:
        return None
    callback = _last(ticket.id)
    if callback is None:
        return None
    state = _agreed(callback.state, calls.newest_of([ticket.id]).get(ticket.id)) if callback.is_live else callback.state
    mine, works = tickets.is_customer_of(person, ticket), tickets.may_work(person, ticket)
    return Standing(
        state, numbers.spoken(callback.number) if mine or works else numbers.masked(callback.number), callback.number if works else None, callback.chosen,
        callback.wanted_from, callback.wanted_until, callback.attempts, _most(), callback.result, mine and state in (WAITING, DUE, NO_ANSWER),
    )


def is_offered(place, ticket) -> bool:
    """Whether somebody who waits in the line of a chat is offered a call: when it takes long, or nobody knows how long."""
    queue = _queue_of(ticket)
    if place is None or place.state not in (IN_LINE, OFFERED) or queue is None or not queue.callbacks or ticket.conversation.channel == CALLBACK:
        return False
    settings = current_app.config["SETTINGS"]
    return (
        place.usually_under_seconds is None or place.usually_under_seconds > settings.callback_offer_limit_seconds
        or (place.middle_seconds or 0) > settings.callback_offer_middle_seconds
    )


def may_ask(ticket) -> bool:
    """Whether a call can be asked for about this ticket at all."""
    queue = _queue_of(ticket)
    return ticket.is_live and queue is not None and queue.callbacks


def offering() -> list[Queue]:
    """The public queues that call back."""
    return [queue for queue in routing.queues.public() if queue.callbacks]


def choices(ticket) -> list[Choice]:
    """The windows of the ticket's queue, soonest first."""
    queue, settings, at = _queue_of(ticket), current_app.config["SETTINGS"], now()
    if queue is None:
        return []
    length = timedelta(minutes=settings.callback_window_minutes)
    found = times.windows(routing.queues.hours_of(queue), at + SLOT_LEAD, length, settings.callback_days)
    taken = _taken(db.session, queue.id, [window.start for window in found])
    return [Choice(window, taken.get(window.start, 0) >= settings.callbacks_per_window) for window in found]


def may_be_now(ticket) -> bool:
    """Whether “as soon as possible” can be chosen: while the queue is open."""
    queue = _queue_of(ticket)
    return queue is not None and routing.queues.open_now(queue)


def ask_for(person, ticket_id: int, number: str, wanted: str, *counted: str) -> Callback:
    """The customer wants to be called about a ticket: `wanted` is NOW or the key of a window; `counted` are keys to count it by besides person and number.

    What cannot be read is not counted: a slip must not use up the calls of everybody behind one address. Raises Invalid, IllegalMove, TooMany, NotFound.
    """
    ticket = _his(person, ticket_id)
    number = numbers.read(number)
    window = _wanted(ticket, wanted)
    limits.hit("callback", person.counted_as, number, *counted)
    routing.reconcile(ticket_id)
    place = None if window else routing.place(person, ticket)
    with transaction() as session:
        conversation, item, ticket = _locked(session, person, ticket_id)
        at = now()
        if _live(session, ticket_id) is not None:
            raise IllegalMove(_("We call you about this already. You may choose another time."))
        if item is None or not ticket.is_live or item.state not in (LATER, IN_LINE, OFFERED):
            raise IllegalMove(_("Somebody is answering you already. Ask there for a call."))
        _keep_free(session, item.queue_id, window)
        conversation.channel = CALLBACK
        callback = Callback(
            ticket_id=ticket_id, queue_id=item.queue_id, number=number, state=WAITING if window else DUE, state_at=at, asked_at=at, attempts=0,
            **_window(window, place, at),
        )
        session.add(callback)
        calls.put_in_line(session, item, at, window.start if window else None)
        session.flush()
        _record(kinds.CALLBACK_ASKED, callback, actor=person, chosen=callback.chosen)
    return callback


def change(person, ticket_id: int, wanted: str) -> Callback:
    """The customer chooses another time, and with it another place. Raises Invalid, IllegalMove, NotFound."""
    ticket = _his(person, ticket_id)
    window = _wanted(ticket, wanted)
    limits.hit("message", person.counted_as)
    place = None if window else routing.place(person, ticket)
    with transaction() as session:
        _conversation, item, ticket = _locked(session, person, ticket_id)
        callback, at = _live(session, ticket_id), now()
        if callback is None or _agree(session, callback, item) not in (WAITING, DUE, NO_ANSWER):
            raise IllegalMove(_("We are calling you right now, or the call is over."))
        if window is None or window.start != callback.wanted_from:
            _keep_free(session, item.queue_id, window)
        calls.put_in_line(session, item, at, window.start if window else None)
        for name, value in _window(window, place, at).items():
            setattr(callback, name, value)
        _move(session, callback, WAITING if window else DUE, at)
        _record(kinds.CALLBACK_CHANGED, callback, actor=person, chosen=callback.chosen)
    return callback


def cancel(person, ticket_id: int) -> None:
    """No call after all: the question keeps its place and is answered in writing. Also for somebody who has not said yet when to be called."""
    _his(person, ticket_id)
    with transaction() as session:
        _conversation, item, ticket = _locked(session, person, ticket_id)
        callback, at = _live(session, ticket_id), now()
        if callback is None and (item is None or item.state != LATER):
            raise IllegalMove()
        if callback is not None:
            if _agree(session, callback, item) == CALLING:
                raise IllegalMove(_("We are calling you right now, or the call is over."))
            _move(session, callback, CANCELLED, at)
            _record(kinds.CALLBACK_CANCELLED, callback, actor=person)
        if item is not None and item.is_live:
            calls.answer_in_writing(session, item, at)


def report(person, ticket_id: int, result: str) -> Callback:
    """How the call went, said by whoever made it. Nobody answered or it was busy: it is tried again, in the same place, as often as the settings say."""
    if result not in RESULTS:
        raise Invalid({"result": _("Choose how the call went.")})
    ticket = tickets.find(person, ticket_id)
    with transaction() as session:
        lock(session, Conversation, ticket.conversation.id)
        item = calls.newest(session, ticket_id)
        demand_work(person, session.get(Ticket, ticket_id, populate_existing=True))
        callback, at = _live(session, ticket_id), now()
        if callback is None or item is None or _agree(session, callback, item) != CALLING:
            raise IllegalMove(_("This call is over already."))
        callback.attempts += 1
        callback.result = result
        if result == REACHED:
            _move(session, callback, REACHED, at)
            _record(kinds.CALLBACK_REACHED, callback, actor=person, attempts=callback.attempts)
            calls.end(session, item, at)
        elif result == "wrong_number" or callback.attempts >= _most():
            _move(session, callback, GIVEN_UP, at)
            _record(kinds.CALLBACK_GIVEN_UP, callback, actor=person, attempts=callback.attempts, result=result)
            calls.answer_in_writing(session, item, at)
        else:
            again = _again(session, item.queue_id, at)
            _move(session, callback, NO_ANSWER, at)
            callback.wanted_from, callback.wanted_until = again, again + timedelta(minutes=current_app.config["SETTINGS"].callback_window_minutes)
            _record(kinds.CALLBACK_NO_ANSWER, callback, actor=person, attempts=callback.attempts, result=result)
            calls.put_off(session, item, at, again)
    return callback


def callback_list(person, args) -> Listing:
    """Callbacks for supervisors, what comes next on top: `state` narrows it (`live` is what is not over)."""
    demand(person, "board")
    sorts = {"wanted": Callback.wanted_from, "asked": Callback.asked_at, "attempts": Callback.attempts, "state": Callback.state}
    listing = Listing(args, sorts=sorts, default="-wanted", search=[Person.name, Ticket.subject], filters={"state": ("live", *STATES)})
    query = select(Callback).join(Ticket, Ticket.id == Callback.ticket_id).join(Person, Person.id == Ticket.customer_id)
    query = query.options(joinedload(Callback.ticket).joinedload(Ticket.customer), joinedload(Callback.ticket).joinedload(Ticket.assignee))
    if state := listing.filters.get("state"):
        query = query.where(Callback.state.in_(LIVE) if state == "live" else Callback.state == state)
    return listing.apply(query)


def is_due() -> bool:
    """Whether some callback stands otherwise than its work; reads only."""
    due = bool(_astray())
    db.session.rollback()
    return due


def follow() -> None:
    """Bring all callbacks that stand otherwise than their work up to date. Called every second."""
    for ticket_id in _astray():
        with transaction() as session:
            item = calls.newest(session, ticket_id)
            callback = _live(session, ticket_id)
            if callback is not None:
                _agree(session, callback, item)


def _astray() -> list[int]:
    """Tickets whose callback does not say where the work is."""
    rows = db.session.execute(select(Callback.ticket_id, Callback.state).where(Callback.state.in_(LIVE)).order_by(Callback.wanted_from).limit(AGREED_AT_ONCE)).all()
    items = calls.newest_of([ticket_id for ticket_id, _state in rows]) if rows else {}
    return [ticket_id for ticket_id, state in rows if _agreed(state, items.get(ticket_id)) != state]


def _agreed(state: str, item: WorkItem | None) -> str:
    """Where a live callback stands, by what became of its work. Work that is over was settled by a call, if somebody had it in hand as one."""
    if item is None or item.channel != CALL:
        return REACHED if state == CALLING else CANCELLED
    if not item.is_live:
        return REACHED if item.state == DONE else CANCELLED
    if item.state == ASSIGNED:
        return CALLING
    if item.state in (IN_LINE, OFFERED):
        return DUE
    return {DUE: WAITING, CALLING: NO_ANSWER}.get(state, state)


def _agree(session, callback: Callback, item: WorkItem | None) -> str:
    """The same, written down; the item is locked."""
    state = _agreed(callback.state, item)
    if state != callback.state:
        if state == REACHED:
            _move(session, callback, CALLING, now())  # it went faster than it was followed
        _move(session, callback, state, now())
        kind = {REACHED: kinds.CALLBACK_REACHED, CANCELLED: kinds.CALLBACK_CANCELLED}.get(state, kinds.CALLBACK_MOVED)
        _record(kind, callback, **({"state": state} if kind is kinds.CALLBACK_MOVED else {"attempts": callback.attempts}))
    return state


def _move(session, callback: Callback, to: str, at: datetime) -> None:
    """Along the table, if nobody else has moved it. The locks make a loss unlikely; this makes it impossible."""
    if to == callback.state:
        return
    if to not in MOVES[callback.state]:
        raise IllegalMove()
    session.flush()
    moved = session.execute(
        update(Callback).where(Callback.id == callback.id, Callback.state == callback.state).values(state=to, state_at=at)
        .execution_options(synchronize_session=False)
    )
    if moved.rowcount != 1:
        raise IllegalMove()
    session.refresh(callback)


def _his(person, ticket_id: int) -> Ticket:
    ticket = tickets.find(person, ticket_id)
    if not tickets.is_customer_of(person, ticket):
        raise NotFound()
    return ticket


def _locked(session, person, ticket_id: int) -> tuple[Conversation, WorkItem | None, Ticket]:
    """Conversation and work item, locked in this order, and the ticket as it is now."""
    conversation = lock(session, Conversation, _his(person, ticket_id).conversation.id)
    item = calls.newest(session, ticket_id)
    return conversation, item, session.get(Ticket, ticket_id, populate_existing=True)


def _live(session, ticket_id: int) -> Callback | None:
    query = select(Callback).where(Callback.ticket_id == ticket_id, Callback.state.in_(LIVE)).with_for_update().execution_options(populate_existing=True)
    return session.scalar(query)


def _last(ticket_id: int) -> Callback | None:
    return db.session.scalar(select(Callback).where(Callback.ticket_id == ticket_id).order_by(Callback.id.desc()).limit(1))


def _wanted(ticket, wanted: str) -> Window | None:
    """The window a form names; None for NOW. Raises IllegalMove where nobody calls, Invalid for a time that is not there or taken."""
    if not may_ask(ticket):
        raise IllegalMove(_("About this we answer in writing only."))
    if wanted == NOW:
        if not may_be_now(ticket):
            raise Invalid({"wanted": _("We are closed now. Choose one of the times.")})
        return None
    choice = next((choice for choice in choices(ticket) if choice.window.key == wanted), None)
    if choice is None:
        raise Invalid({"wanted": _("Choose one of the times.")})
    return choice.window


def _keep_free(session, queue_id: int, window: Window | None) -> None:
    """Nobody chooses a full window: the row of the queue is the line in which those stand who choose."""
    if window is None:
        return
    lock(session, Queue, queue_id)
    if _taken(session, queue_id, [window.start]).get(window.start, 0) >= current_app.config["SETTINGS"].callbacks_per_window:
        raise Invalid({"wanted": _("This time is taken meanwhile. Choose another one.")})


def _taken(session, queue_id: int, starts: list[datetime]) -> dict[datetime, int]:
    """{start: how many have chosen that window}."""
    if not starts:
        return {}
    query = select(Callback.wanted_from, func.count()).where(
        Callback.queue_id == queue_id, Callback.chosen, Callback.state.in_(LIVE), Callback.wanted_from.between(starts[0], starts[-1])
    )
    return dict(session.execute(query.group_by(Callback.wanted_from)).all())


def _window(window: Window | None, place, at: datetime) -> dict:
    """What is told to the customer: the window he chose, or between when and when half and nine of ten would be answered."""
    if window is not None:
        return {"chosen": True, "wanted_from": window.start, "wanted_until": window.end}
    usual = place.usually_under_seconds if place else None
    middle = min(place.middle_seconds or 0, usual) if usual else 0
    return {"chosen": False, "wanted_from": at + timedelta(seconds=middle), "wanted_until": at + timedelta(seconds=usual) if usual else None}


def _again(session, queue_id: int, at: datetime) -> datetime:
    """When it is tried again: after the pause, within the opening hours."""
    pause = timedelta(minutes=current_app.config["SETTINGS"].callback_pause_minutes)
    return times.first_open(routing.queues.hours_of(session.get(Queue, queue_id)), at + pause)


def _queue_of(ticket) -> Queue | None:
    return queue_for(ticket.topic)


def _most() -> int:
    return current_app.config["SETTINGS"].callback_attempts


def _record(kind, callback: Callback, *, actor=None, **data) -> None:
    record(kind, ticket_id=callback.ticket_id, subject=("callback", callback.id), actor=actor, callback_id=callback.id, queue_id=callback.queue_id, **data)
