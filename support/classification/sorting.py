"""Where a question goes for which no queue was chosen: the rules first, then what was learned if it is sure enough, else a person decides."""
from dataclasses import dataclass

from flask import current_app

from support import shop, training
from support.classification import kinds, learned, rules, tongues
from support.classification.features import text_of
from support.classification.model import Guess
from support.classification.models import LEARNED, OPEN, RULE, Sorting
from support.clock import now
from support.errors import Unavailable
from support.events import record
from support.routing import queues
from support.routing.models import Queue
from support.tickets import kinds as ticket_kinds
from support.tickets.models import Ticket

UNSURE = "?"  # what a form sends instead of a queue: the customer does not know, and need not


@dataclass(frozen=True)
class Sorted:
    """What was decided: the queue, how it was found (empty: the customer chose it), and the priority."""

    queue: Queue
    way: str = ""
    priority: str = "normal"
    rule_id: int | None = None
    training_id: int | None = None
    guess: Guess | None = None

    def keep(self, session, ticket: Ticket) -> None:
        """In the transaction that opens the ticket: how it was sorted, and the events that say so."""
        if self.priority != "normal":
            record(ticket_kinds.PRIORITY, ticket_id=ticket.id, **{"from": "normal", "to": self.priority})
        if not self.way:
            return
        guessed = {"training_id": self.training_id, "percent": round(100 * self.guess.confidence)} if self.guess else {}
        session.add(Sorting(
            ticket_id=ticket.id, at=now(), way=self.way, topic=self.queue.slug, rule_id=self.rule_id, training_id=self.training_id,
            suggested=self.guess.name if self.guess else None, confidence=self.guess.confidence if self.guess else None,
        ))
        record(kinds.SORTED, ticket_id=ticket.id, way=self.way, queue_id=self.queue.id, rule_id=self.rule_id, **guessed)


def sort(subject: str, body: str, chosen: Queue | None = None) -> Sorted:
    """Decide for one question. A queue the customer chose stands; a rule may still give it a priority.

    Raises Unavailable when there is no public queue at all.
    """
    fitting = rules.fitting(subject, body)
    priority = next((rule.priority for rule in fitting if rule.priority), "normal")
    if chosen is not None:
        return Sorted(chosen, priority=priority)
    active = {queue.id: queue for queue in queues.active()}
    if (rule := next((rule for rule in fitting if rule.queue_id in active), None)) is not None:
        return Sorted(active[rule.queue_id], RULE, priority, rule_id=rule.id)
    guess, training_id, by_slug = None, None, {queue.slug: queue for queue in active.values()}
    if (known := learned.current()) is not None:
        guess, training_id = known.model.guess(text_of(subject, body)), known.id
        if guess.name not in by_slug:  # that queue is gone since
            guess, training_id = None, None
        elif guess.confidence * 100 >= current_app.config["SETTINGS"].classify_confidence:
            return Sorted(by_slug[guess.name], LEARNED, priority, training_id=training_id, guess=guess)
    first = next(iter(queues.public()), None)
    if first is None:
        raise Unavailable()
    return Sorted(first, OPEN, priority, training_id=training_id, guess=guess)


def language_of(subject: str, body: str, otherwise: str) -> str:
    """The language a question is written in, among those the shop speaks; `otherwise` unless another one is clear."""
    return tongues.written_in(f"{subject}\n{body}", {*training.language_skills(), *shop.profile().languages}, otherwise)
