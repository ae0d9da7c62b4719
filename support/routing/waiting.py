"""Why somebody waited as long as he did: the wait of a place in line as stretches without gaps, each with its one reason.

A stretch ends where something changed: an offer began or ended, the router looked again, the queue opened or closed. `stretches` is pure;
sentences are made in the reader's language. For supervisors: it names who was looked at.
"""
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from sqlalchemy import select

from support import training
from support.clock import now
from support.database import db
from support.people.person import Person
from support.routing import fitness, picture, scores, why
from support.routing.models import ACCEPTED, DECLINED, DONE, LEFT, LIVE, TIMED_OUT, Decision, Offer, Queue, WorkItem

CLOSED, OFFERED, LOOKED, UNSEEN = "closed", "offered", "looked", "unseen"
UNTRAINED = (fitness.UNTRAINED, fitness.LAPSED, fitness.LEVEL, fitness.LANGUAGE)
NOT_THERE = ("offline", "break", "training", "away")
NAMED = 3  # people of one reason; of more the number is told
DECLINED_BECAUSE = {
    "not_mine": _l("“I do not know enough about this”"), "busy": _l("“I am in the middle of something”"),
    "conflict": _l("“Somebody else should answer this customer”"), "other": _l("for another reason"),
}
GROUPS = {
    fitness.NO_ROOM: _l("no room: {who}"), fitness.IN_CALL: _l("in a call: {who}"), "offline": _l("offline: {who}"), "break": _l("on break: {who}"),
    "training": _l("in training: {who}"), "away": _l("away: {who}"), "ringing": _l("another offer was ringing: {who}"), "wrap_up": _l("in wrap-up: {who}"),
    "not_answering": _l("not answering: {who}"), "declined": _l("had declined it: {who}"), "missed": _l("had not answered: {who}"),
}


WEIGHTS = (
    ("level", _l("Level of skill"), _l("The better somebody is trained for it, the more likely the first contact solves it. Higher: the best trained are asked first.")),
    ("hurry", _l("Time it takes"), _l("Whoever is better trained takes less time. Higher: quick people are asked first.")),
    ("knows", _l("Knows the customer"), _l("Counts for whoever had the customer’s question before. Higher: people get their own customers back.")),
    ("rested", _l("Free for a while"), _l("Grows for five minutes after the last work. Higher: work is shared out more evenly.")),
    ("preferred", _l("Welcome skills"), _l("Counts when all welcome skills of a queue are held, and in part for some of them. They never rule anybody out.")),
    ("scarcity", _l("Sparing the rare"), _l("What others lose counts against whoever alone could serve them. Higher: somebody is spared less as soon as others are free too.")),
    ("overdue", _l("Far past its target"), _l("A call or chat that waited so many targets goes first, whatever else waits.")),
)


@dataclass(frozen=True)
class Stretch:
    """One piece of a wait. `kind` is closed, offered, looked or unseen; `decision` is the look whose reasons hold."""

    begins: datetime
    ends: datetime
    kind: str
    offer: Offer | None = None
    decision: Decision | None = None
    sentence: str = ""
    seconds: int = 0

    @property
    def is_bad(self) -> bool:
        """Whether an offer was made in vain."""
        return self.offer is not None and self.offer.state in (DECLINED, TIMED_OUT)


@dataclass(frozen=True)
class Wait:
    """One place in line: from when to when (None while it lasts), what became of it, its stretches, and the looks of the router."""

    item: WorkItem
    queue_name: str
    target_seconds: int | None
    ends: datetime | None
    seconds: int
    agent_name: str | None
    summary: str
    stretches: list[Stretch]
    decisions: list[why.Explained]

    @property
    def in_time(self) -> bool | None:
        """None for deferrable work, which has no target of seconds."""
        return None if self.target_seconds is None else self.seconds <= self.target_seconds

    @property
    def again(self) -> bool:
        """Whether it stands in line once more after it was answered."""
        return self.item.answered_at is not None and self.item.is_live and self.item.agent_id is None


def stretches(begins: datetime, ends: datetime, decisions: Sequence[Decision], offers: Sequence[Offer], openings: Sequence[tuple[datetime, datetime]] | None) -> list[Stretch]:
    """The time between two instants without gaps, oldest first. `openings` is when the queue was open, None for always."""
    rung = [(max(begins, offer.offered_at), min(ends, offer.answered_at or ends), offer) for offer in offers]
    cuts = {begins, ends, *(cut for since, until, _offer in rung for cut in (since, until)), *(decision.at for decision in decisions)}
    cuts |= {cut for opening in openings or () for cut in opening}
    found: list[Stretch] = []
    for since, until in pairwise(sorted(cut for cut in cuts if begins <= cut <= ends)):
        piece = _piece(since, until, decisions, rung, openings)
        last = found[-1] if found else None
        if last is not None and (last.kind, last.offer, last.decision) == (piece.kind, piece.offer, piece.decision):
            found[-1] = replace(last, ends=until)
        else:
            found.append(piece)
    return [replace(one, seconds=_whole(begins, one.ends) - _whole(begins, one.begins)) for one in found]


def of_ticket(ticket) -> list[Wait]:
    """Every place in line a ticket had, oldest first. A fixed number of statements."""
    at = now()
    items = list(db.session.scalars(select(WorkItem).where(WorkItem.ticket_id == ticket.id).order_by(WorkItem.entered_at, WorkItem.id)))
    ids = [item.id for item in items]
    decisions = list(db.session.scalars(select(Decision).where(Decision.work_item_id.in_(ids)).order_by(Decision.at, Decision.id)))
    offers = list(db.session.scalars(select(Offer).where(Offer.work_item_id.in_(ids)).order_by(Offer.offered_at, Offer.id)))
    named = {row["person_id"] for decision in decisions for row in decision.candidates} | {offer.agent_id for offer in offers} | {item.agent_id for item in items}
    names = dict(db.session.execute(select(Person.id, Person.name).where(Person.id.in_(named - {None}))).all())
    lines = picture.Lines(at)
    return [
        _wait(item, [one for one in decisions if one.work_item_id == item.id], [one for one in offers if one.work_item_id == item.id], names, lines, at)
        for item in items
    ]


def _wait(item: WorkItem, decisions: list[Decision], offers: list[Offer], names: dict[int, str], lines: picture.Lines, at: datetime) -> Wait:
    queue = lines.queues.get(item.queue_id) or db.session.get(Queue, item.queue_id)
    over = item.answered_at or (item.ended_at if item.state in (LEFT, DONE) else None)
    until = max(item.entered_at, over or at)
    pieces = stretches(item.entered_at, until, _within(decisions, until), offers, _openings(queue, lines, item.entered_at, until))
    taker = next((offer.agent_id for offer in offers if offer.state == ACCEPTED and offer.answered_at == item.answered_at), item.agent_id)
    ended = {offer.id: (offer.agent_id, {DECLINED: "declined", TIMED_OUT: "missed"}.get(offer.state, "offline")) for offer in offers}
    told = [replace(piece, sentence=_sentence(piece, item, queue, names, ended)) for piece in pieces]
    return Wait(
        item, queue.name, queue.target_seconds if item.channel != fitness.TICKET else None, over, _whole(item.entered_at, until), names.get(taker) if over else None,
        _summary(item, over, names.get(taker)), _joined(told), [why.explained(one, next((o for o in offers if o.id == one.offer_id), None), names) for one in decisions],
    )


def _within(decisions: list[Decision], until: datetime) -> list[Decision]:
    return [decision for decision in decisions if decision.at <= until]


def _piece(since: datetime, until: datetime, decisions: Sequence[Decision], rung: Iterable[tuple], openings) -> Stretch:
    """What held in a stretch in which nothing changed: an offer before all, then the hours, then the last look."""
    offer = next((offer for begins, ends, offer in rung if begins <= since and until <= ends), None)
    if offer is not None:
        return Stretch(since, until, OFFERED, offer)
    if openings is not None and not any(begins <= since < ends for begins, ends in openings):
        return Stretch(since, until, CLOSED)
    last = next((decision for decision in reversed(decisions) if decision.at <= since), None)
    if last is None:
        return Stretch(since, until, UNSEEN)
    return Stretch(since, until, CLOSED if last.sentence.get("code") == "closed" else LOOKED, decision=last)


def _joined(told: list[Stretch]) -> list[Stretch]:
    """Neighbours of which the same is said are one, and what took no whole second belongs to what follows."""
    found: list[Stretch] = []
    for piece in told:
        if found and found[-1].offer is None and not found[-1].seconds:
            piece = replace(piece, begins=found.pop().begins)
        if found and piece.offer is None and (found[-1].kind, found[-1].sentence) == (piece.kind, piece.sentence):
            found[-1] = replace(found[-1], ends=piece.ends, seconds=found[-1].seconds + piece.seconds)
        else:
            found.append(piece)
    return found


def _whole(begins: datetime, ends: datetime) -> int:
    """Whole seconds from the beginning, so that the stretches of a wait add up to it."""
    return int((ends - begins) / timedelta(seconds=1))


def _openings(queue: Queue, lines: picture.Lines, at: datetime, ends: datetime) -> list[tuple[datetime, datetime]] | None:
    hours = lines.hours(queue)
    if hours is None:
        return None
    found = []
    while at is not None and at < ends:
        if hours.is_open(at):
            until = hours.open_until(at)
            if until is None:
                return [*found, (at, ends)]
            found.append((at, until))
            at = until
        else:
            at = hours.next_opening(at)
    return found


def _sentence(piece: Stretch, item: WorkItem, queue: Queue, names: dict[int, str], ended: dict[int, tuple[int, str]]) -> str:
    if piece.kind == OFFERED:
        return _offered(piece.offer, names.get(piece.offer.agent_id, "?"))
    if piece.kind == CLOSED:
        return _("The queue was closed.")
    if piece.kind == UNSEEN and item.later_until is not None and piece.begins < item.later_until:
        return _("The customer asked to be called back later.")
    if piece.kind == UNSEEN:
        return _("Nothing was written down about this time.")
    return _looked(piece.decision, item, queue, names, ended.get(piece.decision.offer_id))


def _offered(offer: Offer, name: str) -> str:
    if offer.state == ACCEPTED:
        return _("It rang at %(name)s, who accepted it.", name=name)
    if offer.state == DECLINED:
        reason = DECLINED_BECAUSE.get(offer.decline_reason or "other", DECLINED_BECAUSE["other"])
        return _("It rang at %(name)s, who declined it: %(reason)s.", name=name, reason=reason)
    if offer.state == TIMED_OUT:
        return _("It rang at %(name)s, who did not answer.", name=name)
    if offer.state == LIVE:
        return _("It is ringing at %(name)s.", name=name)
    return _("It rang at %(name)s, and the offer was taken back.", name=name)


def _looked(decision: Decision, item: WorkItem, queue: Queue, names: dict[int, str], ended: tuple[int, str] | None) -> str:
    """What kept everybody from it at this look; `ended` is who was chosen then and what became of it, when the offer came to nothing."""
    rows = decision.candidates
    if ended is not None:
        rows = [{"person_id": ended[0], "out": ended[1]}, *(row for row in rows if row["out"] is not None and row["person_id"] != ended[0])]
    trained = [row for row in rows if row["out"] not in UNTRAINED]
    if not trained:
        return _nobody(rows, item, queue)
    groups: dict[str | None, list[str]] = {}
    for row in trained:
        groups.setdefault(row["out"], []).append(names.get(row["person_id"], "?"))
    kept = ", ".join(_group(code, who) for code, who in groups.items() if code is not None)
    if None in groups:
        return ngettext("%(num)s person could have taken it and was kept free for live work.", "%(num)s people could have taken it and were kept free for live work.", len(groups[None]))
    if set(groups) <= set(NOT_THERE):
        return _("Nobody who is trained for it was at a desk (%(kept)s).", kept=kept)
    return _("Nobody who is trained for it was free (%(kept)s).", kept=kept)


def _group(code: str, who: list[str]) -> str:
    people = ", ".join(who) if len(who) <= NAMED else ngettext("%(num)s person", "%(num)s people", len(who))
    return str(GROUPS.get(code, "{who}")).format(who=people)


def _nobody(rows: list[dict], item: WorkItem, queue: Queue) -> str:
    """The nearest anybody came: only the language lacking, only the level, only a valid certificate."""
    lacks = {row["out"] for row in rows}
    if fitness.LANGUAGE in lacks:
        skill = training.language_skills().get(item.language)
        return _("Nobody who is trained for %(queue)s speaks %(language)s.", queue=queue.name, language=skill.name if skill else item.language)
    if fitness.LEVEL in lacks:
        return _("Nobody has the level that %(queue)s asks for.", queue=queue.name)
    if fitness.LAPSED in lacks:
        return _("The certificates for %(queue)s have lapsed.", queue=queue.name)
    return _("Nobody is trained for %(queue)s.", queue=queue.name)


def _summary(item: WorkItem, over: datetime | None, name: str | None) -> str:
    if over is None:
        return _("It is still waiting")
    if item.answered_at is None:
        return _("Nobody had answered when it ended")
    return _("Answered by %(name)s", name=name) if name else _("Answered")


def weights() -> list[tuple[str, float, str, str]]:
    """(name, value now, what it does, the setting) of everything a score is made of, for supervisors."""
    held = scores.weights()
    return [(str(name), getattr(held, field), str(meaning), f"WEIGHT_{field.upper()}") for field, name, meaning in WEIGHTS]
