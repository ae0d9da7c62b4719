"""The administrators' own rules: a word or phrase in a question decides its queue or its priority, before anything learned is asked."""
import re
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import select

from support.classification import kinds
from support.classification.models import SortingRule
from support.database import db, existing, lock, transaction
from support.errors import Invalid
from support.events import record
from support.kept import Kept
from support.people.permissions import demand
from support.routing.models import Queue
from support.tickets.models import PRIORITIES

MOST_PHRASES, LONGEST_PHRASE = 50, 80


@dataclass(frozen=True)
class Ready:
    """A rule that is on, its phrases as one pattern."""

    id: int
    pattern: re.Pattern
    only_subject: bool
    queue_id: int | None
    priority: str

    def fits(self, subject: str, body: str) -> bool:
        return bool(self.pattern.search(subject) or not self.only_subject and self.pattern.search(body))


def fitting(subject: str, body: str) -> list[Ready]:
    """The rules that are on and fit, in their order."""
    return [rule for rule in _ready() if rule.fits(subject, body)]


_ready = Kept(
    lambda session: [
        Ready(rule.id, pattern_of(rule.phrases), rule.only_subject, rule.queue_id, rule.priority)
        for rule in session.scalars(select(SortingRule).where(SortingRule.active).order_by(SortingRule.position, SortingRule.id))
    ],
    models=(SortingRule,), kinds=(kinds.RULE_SAVED,),
)


def phrases_of(text: str) -> list[str]:
    """One a line or between commas, without gaps and repetitions."""
    found = (" ".join(phrase.split()) for phrase in re.split(r"[\n,;]", text))
    return list(dict.fromkeys(phrase for phrase in found if phrase.strip("* ")))


def pattern_of(text: str) -> re.Pattern:
    """Any of the phrases as whole words, in capitals or not; `refund*` also finds “refunding”."""
    one = [r"\s+".join(re.escape(word) for word in phrase.rstrip("*").split()) + ("" if phrase.endswith("*") else r"(?!\w)") for phrase in phrases_of(text)]
    return re.compile(rf"(?<!\w)(?:{'|'.join(one)})", re.IGNORECASE)


def rule_list(person) -> list[SortingRule]:
    """All rules in their order, for administrators."""
    demand(person, "administer")
    return list(db.session.scalars(select(SortingRule).order_by(SortingRule.position, SortingRule.id)))


def find(person, rule_id: int) -> SortingRule:
    demand(person, "administer")
    return existing(SortingRule, rule_id)


def save(person, rule_id: int | None, *, phrases: str, only_subject: bool, queue_id: int | None, priority: str, position: int, active: bool) -> SortingRule:
    """Make or change a rule; Invalid when it would find nothing or do nothing."""
    demand(person, "administer")
    found, errors = phrases_of(phrases), {}
    if not found or len(found) > MOST_PHRASES or any(len(phrase) > LONGEST_PHRASE for phrase in found):
        errors["phrases"] = _("Write one to %(most)s words or phrases, each on a line of its own.", most=MOST_PHRASES)
    if not queue_id and not priority:
        errors["queue_id"] = _("Choose a queue, a priority, or both.")
    if priority and priority not in PRIORITIES:
        errors["priority"] = _("Choose one of the priorities.")
    with transaction() as session:
        if queue_id and session.get(Queue, queue_id) is None:
            errors["queue_id"] = _("Choose a queue from the list.")
        if errors:
            raise Invalid(errors)
        rule = lock(session, SortingRule, rule_id) if rule_id is not None else SortingRule()
        rule.phrases, rule.only_subject, rule.queue_id, rule.priority, rule.position, rule.active = "\n".join(found), only_subject, queue_id, priority, position, active
        session.add(rule)
        session.flush()
        record(kinds.RULE_SAVED, subject=("sorting_rule", rule.id), actor=person)
    return rule
