"""What a row of another helpdesk says of a ticket: how it stood, and the messages in it."""
from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from flask_babel import format_decimal
from flask_babel import gettext as _

from support.errors import Invalid
from support.importing import Row, Wrong
from support.past_tickets import markup
from support.past_tickets.known_again import key_of, twins_of
from support.past_tickets.privacy import is_row_of_staff
from support.past_tickets.vocabulary import CHATS, SKIP, bare
from support.past_tickets.wishes import Wishes
from support.tickets import words

LONGEST_NAME = 200


@dataclass(frozen=True)
class Who:
    """Somebody as a file names them."""

    number: str | None = None
    email: str | None = None
    name: str | None = None

    def __bool__(self) -> bool:
        return bool(self.number or self.email or self.name)

    @property
    def known(self) -> bool:
        """Whether they could be known again as a customer."""
        return bool(self.number or self.email)

    def is_same(self, other: Who | None) -> bool:
        """Whether both surely name one person."""
        return other is not None and bool(self.number and self.number == other.number or self.email and self.email == other.email)


@dataclass(slots=True)
class Said:
    """One message. `kind` is customer, agent or system; a note is for staff alone. `key` is by what it is known again within its ticket,
    `twins` by what it is known if it was said there to be for others' eyes.
    """

    kind: str
    note: bool
    who: Who
    body: str
    at: datetime
    key: str
    twins: tuple[str, ...]


@dataclass(slots=True)
class TicketRow:
    """What one row says. `facts` hold only what the row names; `at` is when its newest message was written."""

    line: int
    reference: str
    subject: str
    customer: Who
    said: list[Said]
    listed: bool
    facts: dict = field(default_factory=dict)
    fixed: dict = field(default_factory=dict)

    @property
    def at(self) -> datetime:
        return max(each.at for each in self.said)


def ticket_row(row: Row, wishes: Wishes) -> TicketRow | None:
    """The row as a ticket with its messages; None when the mapping's options leave its messages out. Raises Wrong."""
    values = row.values
    customer = Who(values.get("customer"), values.get("customer_email"), name_of(values.get("customer_name")))
    reference = words_of(values["ticket"])
    if not reference:
        raise Wrong(_("The number of the ticket cannot be shown."))
    found = TicketRow(row.line, reference, words_of(values.get("subject", ""))[:200], customer, [], "messages" in values)
    _facts(found, values, wishes)
    items = wishes.items(values["messages"]) if found.listed else [values]
    before, staff_only = values.get("opened_at"), is_row_of_staff(values)
    for number, item in enumerate(items, start=1):
        try:
            said = _said(item, found, before, staff_only or found.listed and item["internal"], wishes)
        except Wrong as problem:
            raise Wrong(_("Message %(number)s: %(problem)s", number=number, problem=problem) if found.listed else str(problem)) from None
        if said is not None:
            found.said.append(said)
            before = said.at
    if not found.said and not (wishes.leaves_out and values.get("messages", items)):
        raise Wrong(_("The ticket has no messages."))
    _check_order(found, values)
    return found if found.said else None


def _said(item: dict, ticket: TicketRow, before: datetime | None, note: bool, wishes: Wishes) -> Said | None:
    who = Who(item.get("author"), item.get("author_email"), name_of(item.get("author_name")))
    kind, note = _kind(item, who, ticket.customer, note, wishes)
    if kind == SKIP:
        return None
    body = _body(item, wishes)
    if body is None:
        return None
    at = item.get("sent_at") or before
    if at is None:
        raise Wrong(_("Nothing says when it was written."))
    if at > wishes.now:
        raise Wrong(_("It is dated in the future."))
    if kind != "customer":
        who = _of_staff(who)
    if kind == "agent" and (agent := ticket.facts.get("agent")) and (not who or who.is_same(agent) or who == Who(name=agent.name)):
        who = agent
    known_by = (item.get("message"), kind, note, who.email or who.number or who.name or "", at, body)
    return Said(kind, note, who, body, at, key_of(*known_by), twins_of(*known_by))


def _of_staff(who: Who) -> Who:
    """Files often call a column of names “agent”: what holds no digit is a name, not a number."""
    if who.number and not any(map(str.isdigit, who.number)):
        return Who(None, who.email, who.name or name_of(who.number))
    return who


def _kind(item: dict, who: Who, customer: Who, note: bool, wishes: Wishes) -> tuple[str, bool]:
    """Who speaks, and whether it is a note. Somebody who is named as the ticket's customer is the customer."""
    if word := item.get("author_kind"):
        kind = wishes.authors.of(word)
        return ("agent", True) if kind == "note" else (kind, note)
    if who.is_same(customer):
        return "customer", note
    if note:
        return "agent", True
    if who and wishes.others:
        return wishes.others, False
    raise Wrong(_("Nothing says who wrote it. Map the kind of author, or say with the option “others” what everybody but the customer is."))


def _body(item: dict, wishes: Wishes) -> str | None:
    text = item.get("body") or ""
    if not text.strip() and (html := item.get("body_html")):
        text = markup.plain(html)
    if not (text := text.replace("\xa0", " ")).strip():
        if wishes.skips_empty:
            return None
        raise Wrong(_("The message has no words. The option “empty” with the value skip leaves such messages out."))
    if len(text) > wishes.longest and wishes.cuts:
        text = text[:wishes.longest - 2].rstrip() + " …"
    if len(text) > wishes.longest * 4:  # what is far too long need not be looked through
        raise _too_long(text, wishes)
    try:
        return words.body(text, wishes.longest)
    except Invalid as error:
        raise (_too_long(text, wishes) if len(text) > wishes.longest else Wrong(" ".join(map(str, error.errors.values())))) from None


def _too_long(text: str, wishes: Wishes) -> Wrong:
    return Wrong(_("The message is %(have)s characters long, at most %(most)s fit. The option “long” with the value cut cuts such messages off.",
                   have=format_decimal(len(text)), most=format_decimal(wishes.longest)))


def _facts(found: TicketRow, values: dict, wishes: Wishes) -> None:
    """How the ticket stood (said by its newest row) and what is fixed when it is made."""
    facts = found.facts
    if status := values.get("status"):
        facts["status"], facts["state"] = words_of(status)[:60], wishes.statuses.of(status)
    agent = _of_staff(Who(values.get("agent"), values.get("agent_email"), name_of(values.get("agent_name"))))
    if agent:
        facts["agent"] = agent
    for name in ("resolved_at", "closed_at"):
        if (at := values.get(name)) is not None:
            if at > wishes.now:
                raise Wrong(_("It is dated in the future."))
            facts[name] = at
    if tags := values.get("tags"):
        facts["tags"] = sorted({words_of(tag)[:60] for tag in tags} - {""})[:50]
    if (rating := values.get("rating")) and (score := wishes.ratings.of(rating)):
        facts["rating"], facts["rating_comment"] = int(score), words_of(values.get("rating_comment", ""))[:2000]
    found.fixed = {
        "priority": wishes.priorities.of(values["priority"]) if values.get("priority") else "normal", "topic": wishes.topic(values.get("topic")),
        "language": wishes.language(values.get("language")), "order": values.get("order_number"), "outcome": values.get("outcome"),
        "opened_at": values.get("opened_at"), "channel": "chat" if bare(values.get("channel", "")) in CHATS else "form",
    }


def _check_order(found: TicketRow, values: dict) -> None:
    opened = values.get("opened_at")
    if opened is not None and min(found.facts.get(name) or opened for name in ("resolved_at", "closed_at")) < opened:
        raise Wrong(_("It was closed before it was opened."))


def name_of(text: str | None) -> str | None:
    """A name on one line, without characters that cannot be seen."""
    return words_of(text or "")[:LONGEST_NAME] or None


def words_of(text: str) -> str:
    """One line of text as it may be kept."""
    return words.mask_cards(" ".join(words.CONTROL.sub(" ", text).split()))
