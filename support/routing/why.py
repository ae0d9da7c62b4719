"""The router explains itself: to the agent why him, to the supervisor who was looked at and what ruled each out.

Stored are codes and numbers; sentences are made when somebody reads, in the reader's language.
"""
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from sqlalchemy import select

from support import training
from support.database import db
from support.people.person import Person
from support.routing import fitness, standing
from support.routing.fitness import Item
from support.routing.matcher import Candidate
from support.routing.models import Decision, Offer, Queue, WorkItem

TERMS = {
    "level": _l("level of skill"), "hurry": _l("time the work takes at this level"), "knows": _l("knows the customer"), "rested": _l("free for a while"),
    "preferred": _l("welcome skills"), "price": _l("wanted elsewhere"),
}
STORED = 200  # candidates kept per decision; the trained ones come first


def reasons(item: WorkItem, agent_id: int, candidates: list[Candidate], *, in_training: bool = False, relaxed: dict | None = None) -> dict:
    """What is kept with an offer: the winner's terms, how he stands beside the others, and what the wait has relaxed."""
    winner = next((c for c in candidates if c.agent_id == agent_id), None)
    free = [c for c in candidates if c.out is None]
    told = {"in_training": True} if in_training else {}
    return told | {
        "queue_id": item.queue_id, "language": item.language, "level": winner.level if winner else 0, "free": len(free),
        "trained": sum(1 for c in candidates if c.out not in (fitness.UNTRAINED, fitness.LAPSED, fitness.LEVEL, fitness.LANGUAGE)),
        "terms": _rounded(winner.terms) if winner else {}, **({"relaxed": relaxed} if relaxed else {}), "declined_before": sum(1 for c in candidates if c.out in ("declined", "missed")),
    }


def relaxed(item: Item, at: float) -> dict | None:
    """The step that a wait has passed, as numbers: seconds, the highest level asked for before it and since."""
    step = item.line.opened(at - item.entered_at)
    if step is None:
        return None
    asked = max((need.min_level for need in item.line.needs if not need.required), default=0)
    before = min((earlier.level for earlier in item.line.steps if earlier.after < step.after), default=fitness.WHOLE)
    return {"after": int(step.after), "was": min(asked, before), "level": min(asked, step.level)}


def stored(candidates: list[Candidate]) -> list[dict]:
    return [{"person_id": c.agent_id, "out": c.out, "level": c.level, "terms": _rounded(c.terms)} for c in candidates[:STORED]]


def sentences(offer: Offer) -> list[str]:
    """Why this agent, most telling first; two to four sentences."""
    why = offer.why
    queue = next((queue for queue in standing.queues() if queue.id == why.get("queue_id")), None)
    lines = [_only(why), _level(why, queue), _language(why), _terms(why.get("terms", {})), _relaxed(why)]
    if why.get("declined_before"):
        lines.append(_("A colleague could not take it; the customer kept the place in line."))
    if why.get("in_training"):
        lines.append(_("You are a trainee: one chat at a time, and no call beside other work."))
    return [line for line in lines if line]


def refusal(code: str) -> str:
    """Why somebody cannot take work now, said to himself."""
    return {
        fitness.UNTRAINED: _("You hold no certificate for this work, so it goes to a trained colleague."),
        fitness.LAPSED: _("Your certificate for this work has lapsed, so it goes to a trained colleague."),
        fitness.LEVEL: _("This work asks for a higher level than yours, so it goes to a colleague."),
        fitness.LANGUAGE: _("You hold no certificate for the customer's language, so it goes to a colleague."),
    }.get(code, _("You cannot take this now."))


def out_sentence(code: str | None) -> str:
    """The one reason that ruled somebody out, said about him."""
    return {
        None: _("Could take it"),
        fitness.UNTRAINED: _("Not trained for it"),
        fitness.LAPSED: _("Certificate has lapsed"),
        fitness.LEVEL: _("Level too low"),
        fitness.LANGUAGE: _("Not trained for the language"),
        fitness.NO_ROOM: _("No room"),
        fitness.IN_CALL: _("In a call, which takes everything"),
        fitness.OFF_SHIFT: _("Outside the shift"),
        "offline": _("Offline"),
        "break": _("On break"),
        "training": _("In training"),
        "away": _("Away"),
        "ringing": _("Another offer was ringing"),
        "wrap_up": _("In wrap-up"),
        "not_answering": _("Not answering"),
        "declined": _("Declined it shortly before"),
        "missed": _("Did not answer shortly before"),
        "passed_on": _("Passed it on shortly before"),
    }.get(code, code or "")


@dataclass(frozen=True)
class Looked:
    """One person in one decision, as a row of a table."""

    person_id: int
    name: str
    sentence: str
    out: str | None
    level: int
    terms: dict[str, float]
    chosen: bool

    @property
    def score(self) -> float | None:
        return round(sum(self.terms.values()), 2) if self.terms else None

    @property
    def made_of(self) -> list[tuple[str, float]]:
        """What the score is the sum of, in words."""
        return [(str(TERMS.get(name, name)), value) for name, value in self.terms.items()]


@dataclass(frozen=True)
class Explained:
    """One decision: when, the sentence, everybody looked at. `offer_state` is what became of the offer, None without one."""

    at: datetime
    sentence: str
    looked: list[Looked]
    offer_state: str | None


def explain(ticket) -> list[Explained]:
    """All decisions about a ticket, oldest first, for the supervisor's timeline."""
    query = (
        select(Decision, Offer).join(WorkItem, WorkItem.id == Decision.work_item_id).outerjoin(Offer, Offer.id == Decision.offer_id)
        .where(WorkItem.ticket_id == ticket.id).order_by(Decision.at, Decision.id)
    )
    rows = db.session.execute(query).all()
    ids = {candidate["person_id"] for decision, _offer in rows for candidate in decision.candidates}
    names = dict(db.session.execute(select(Person.id, Person.name).where(Person.id.in_(ids))).all())
    return [explained(decision, offer, names) for decision, offer in rows]


def explained(decision: Decision, offer: Offer | None, names: dict[int, str]) -> Explained:
    """One decision with its offer, if it led to one, and the names of all it looked at."""
    winner = offer.agent_id if offer else None
    looked = [
        Looked(c["person_id"], names.get(c["person_id"], "?"), out_sentence(c["out"]), c["out"], c.get("level", 0), c.get("terms", {}), c["person_id"] == winner)
        for c in decision.candidates
    ]
    looked.sort(key=lambda row: (not row.chosen, row.out is not None))
    return Explained(decision.at, _decision(decision, looked, names.get(winner)), looked, offer.state if offer else None)


def _decision(decision: Decision, looked: list[Looked], winner: str | None) -> str:
    return " ".join(part for part in (_outcome(decision, looked, winner), _relaxed(decision.sentence)) if part)


def _relaxed(kept: dict) -> str:
    """Which step the wait had passed."""
    step = kept.get("relaxed")
    if not step or step["was"] <= step["level"]:
        return ""
    if step["level"]:
        return _("Waited %(seconds)s s: level %(was)s of what is welcome is no longer asked for, level %(level)s is enough.", seconds=step["after"], was=step["was"], level=step["level"])
    return _("Waited %(seconds)s s: level %(was)s of what is welcome is no longer asked for.", seconds=step["after"], was=step["was"])


def _outcome(decision: Decision, looked: list[Looked], winner: str | None) -> str:
    free = sum(1 for row in looked if row.out is None)
    if winner and decision.sentence.get("code") == "chosen":
        return _("A colleague chose %(name)s", name=winner)
    if winner and free == 1:
        return _("%(name)s was the only one free who is trained for this", name=winner)
    if winner:
        return _("%(name)s fitted best of %(count)s who could take it", name=winner, count=free)
    if decision.sentence.get("code") == "closed":
        return _("The queue was closed")
    trained = sum(1 for row in looked if row.out not in (fitness.UNTRAINED, fitness.LAPSED, fitness.LEVEL, fitness.LANGUAGE))
    if not trained:
        return _("Nobody at a desk is trained for this")
    return ngettext("Nobody was free: %(num)s person is trained for this", "Nobody was free: %(num)s people are trained for this", trained)


def _only(why: dict) -> str:
    if why.get("free") == 1:
        return _("You are the only one free who is trained for this.")
    return _("Of %(count)s who could take it, you fit best.", count=why.get("free", 0)) if why.get("free") else ""


def _level(why: dict, queue: Queue | None) -> str:
    if queue is None or not why.get("level"):
        return ""
    return _("%(queue)s: you hold level %(level)s of 5.", queue=queue.name, level=why["level"])


def _language(why: dict) -> str:
    skill = training.language_skills().get(why.get("language", ""))
    return _("The customer writes in a language you are trained for: %(language)s.", language=skill.name) if skill else ""


def _terms(terms: dict) -> str:
    if terms.get("knows"):
        return _("You had this customer before.")
    return _("You have been free for a while.") if terms.get("rested", 0) >= 0.05 else ""


def _rounded(terms: dict[str, float]) -> dict[str, float]:
    return {name: round(value, 3) for name, value in terms.items()}
