"""The story of a ticket as a list of entries: messages with their words, events as sentences, decisions with everybody looked at."""
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from support import events, people, routing, tickets, training
from support.routing.kinds import CONSULT_ENDED, OVERFLOWED, WRITTEN
from support.routing.why import Explained
from support.tickets.kinds import PRIORITY, RESOLVED
from support.tickets.models import Message

ICONS = {
    "ticket.opened": "message", "ticket.assigned": "user-check", "ticket.resolved": "circle-check", "ticket.reopened": "refresh", "ticket.closed": "lock",
    "ticket.released": "arrow-back-up", "work.taken": "hand-stop", "work.returned": "arrow-back-up", "offer.withdrawn": "x",
    "offer.made": "bell", "offer.accepted": "check", "offer.declined": "x", "offer.timed_out": "clock-exclamation", "work.queued": "users", "queue.overflowed": "route", "work.written": "mail",
    **dict.fromkeys(("consult.asked", "consult.joined", "consult.ended"), "users"), "consult.handed_over": "transfer",
    "transfer.to_queue": "transfer", "transfer.to_skill": "transfer", "transfer.to_person": "transfer", "transfer.looped": "alert-triangle",
    **dict.fromkeys(("callback.asked", "callback.changed", "callback.cancelled", "callback.reached", "callback.no_answer", "callback.given_up"), "phone"),
    "ticket.imported": "upload", "ticket.taken_on": "refresh", "survey.answered": "star", "review.written": "checklist", "note.written": "lock",
}
CONSULT_ENDS = {
    "declined": _l("cannot join now"), "timed_out": _l("no answer"), "cancelled": _l("the question was taken back"), "ended": _l("went on alone"),
    "left": _l("left"), "lost": _l("the work went elsewhere"), "untrained": _l("the certificate has lapsed"),
}
REASONS = {
    "full": _l("as many waited as may"), "slow": _l("it had waited as long as anybody should"), "closed": _l("the queue was closed"),
    "left": _l("the customer had left"),
}
LAST = 2**62  # what has no position yet comes behind everything that has, in the order it was written
SILENT = ("message.posted", "note.written", "message.read", "work.turned", "callback.moved")  # the words themselves, or nothing a supervisor needs


@dataclass(frozen=True)
class Entry:
    """One line: a message, a decision, or an event's sentence."""

    at: datetime
    order: tuple[int, int]
    event: events.Event | None = None
    sentence: str = ""
    icon: str = "point"
    message: Message | None = None
    decision: Explained | None = None


def of(person, ticket) -> list[Entry]:
    """Everything that happened to a ticket, oldest first, for somebody who may see it all."""
    log = events.timeline(ticket.id)
    names = _names(log)
    queues = {queue.id: queue.name for queue in routing.queues.all_queues()}
    codes = {disposition.id: disposition.name for disposition in tickets.all_dispositions()}
    skills = {skill.id: skill.name for skill in training.active()} if any("skill_id" in entry.data for entry in log) else {}
    orders = {entry.data.get("message_id"): _order(entry) for entry in log if "message_id" in entry.data}
    entries = [_of_event(entry, names, codes, queues, skills) for entry in log if entry.kind not in SILENT]
    entries += [Entry(message.created_at, orders.get(message.id, (LAST, LAST)), message=message) for message in tickets.recent(person, ticket, limit=500)]
    entries += [Entry(decision.at, (0, 0), decision=decision) for decision in routing.explain(ticket)]
    return sorted(entries, key=lambda entry: (entry.at, entry.order))


def _order(entry: events.Event) -> tuple[int, int]:
    return entry.position or LAST, entry.id


def _names(log) -> dict[int, str]:
    ids = {entry.actor_id for entry in log} | {entry.data.get("agent_id") for entry in log}
    return {person_id: person.name for person_id, person in people.by_ids(ids - {None}).items()}


def _of_event(entry: events.Event, names: dict[int, str], codes: dict[int, str], queues: dict[int, str], skills: dict[int, str]) -> Entry:
    actor = names.get(entry.actor_id, _("Switchboard"))
    agent = names.get(entry.data.get("agent_id"), "…")
    code = codes.get(entry.data.get("disposition_id"), "…")
    if entry.kind == RESOLVED and not entry.data.get("disposition_id"):  # another helpdesk may have no codes, and not say who it was
        told = _("%(name)s resolved it", name=actor) if entry.actor_id else _("It was resolved")
    else:
        named = {"queue": queues.get(entry.data.get("queue_id"), "…"), "skill": skills.get(entry.data.get("skill_id"), "…")}
        told = events.sentence(entry, actor, agent=agent, disposition=code, **named, **_moved(entry), **_because(entry))
    return Entry(entry.occurred_at, _order(entry), event=entry, sentence=told, icon=ICONS.get(entry.kind, "point"))


def _because(entry: events.Event) -> dict:
    """Why a line sent somebody on, in words."""
    return {"reason": REASONS[entry.data["reason"]]} if entry.kind in (OVERFLOWED, WRITTEN) and entry.data.get("reason") in REASONS else {}


def _moved(entry: events.Event) -> dict:
    """From what to what, in words."""
    words = tickets.PRIORITY_WORDS if entry.kind == PRIORITY else tickets.STATE_WORDS
    if entry.kind == CONSULT_ENDED:
        return {"reason": CONSULT_ENDS.get(entry.data.get("reason"), "…")}
    return {end: words[entry.data[end]] for end in ("from", "to") if entry.data.get(end) in words}
