"""Tickets of another helpdesk: what a row may say."""
from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from support.importing import Field, Importer, Outcome, Row, RunContext, Wrong
from support.past_tickets import wishes
from support.past_tickets.batch import Batch
from support.past_tickets.going_on import go_on
from support.past_tickets.rows import TicketRow, ticket_row

FIELDS = (
    Field("ticket", _l("Ticket number"), "text", True, _l("what the other system calls the ticket; rows with the same number are its messages"), 80),
    Field("subject", _l("Subject"), "text", False, _l("without it the first words of the first message")),
    Field("status", _l("State"), "text", False, _l("how it stood there; without it closed"), 60),
    Field("opened_at", _l("Opened at"), "instant", False, _l("without it when the first message was written")),
    Field("resolved_at", _l("Resolved at"), "instant", False, ""),
    Field("closed_at", _l("Closed at"), "instant", False, _l("without it when the last message was written")),
    Field("topic", _l("Queue"), "text", False, _l("name of a queue here, or of the group there"), 60),
    Field("priority", _l("Priority"), "text", False, _l("low, normal, high or urgent"), 40),
    Field("language", _l("Language"), "text", False, _l("code such as de; without it the shop's"), 20),
    Field("channel", _l("Channel"), "text", False, _l("chat, or anything else"), 40),
    Field("order_number", _l("Order number"), "text", False, _l("leads to the order if it is this customer's"), 30),
    Field("outcome", _l("Disposition"), "text", False, _l("code or name of a disposition; another word becomes a label"), 60),
    Field("tags", _l("Labels"), "list", False, _l("kept with the ticket for staff")),
    Field("rating", _l("Rating"), "text", False, _l("1 to 5, or good and bad"), 40),
    Field("rating_comment", _l("Comment on the rating")),
    Field("customer", _l("Customer number"), "text", False, _l("what the other system calls the customer"), 80),
    Field("customer_email", _l("Mail address"), "email", False, _l("leads to the customer who has it; nothing is mailed by an import")),
    Field("customer_name", _l("Name of the customer"), "text", False, _l("for customers who are not known yet"), 200),
    Field("agent", _l("Agent's number"), "text", False, _l("who was responsible there"), 80),
    Field("agent_email", _l("Agent's address"), "email", False, _l("leads to whoever works here with it")),
    Field("agent_name", _l("Agent's name"), "text", False, _l("for the account, which nobody can sign in with"), 200),
    Field("author", _l("Author's number"), "text", False, _l("who wrote the message"), 80),
    Field("author_email", _l("Author's address"), "email", False, ""),
    Field("author_name", _l("Author's name"), "text", False, "", 200),
    Field("author_kind", _l("Kind of author"), "text", False, _l("customer, agent, system or note"), 60),
    Field("internal", _l("Note"), "flag", False, _l("whether only staff may see it"), also=("is_internal", "internal_note")),
    Field("note", _l("Note"), "flag", False, _l("the same, where a file calls it so"), also=("is_note",)),
    Field("private", _l("Private"), "flag", False, _l("the same, where a file calls it so"), also=("is_private", "private_note")),
    Field("public", _l("Public"), "flag", False, _l("no: only staff may see it"), also=("is_public", "public_reply")),
    Field("visibility", _l("Visibility"), "text", False, _l("in words, such as internal or public"), 60),
    Field("message_type", _l("Sort of message"), "text", False, _l("a note, where it says so"), 60, also=("type", "comment_type", "thread_type")),
    Field("body", _l("Words"), "text", False, _l("the message as plain text")),
    Field("body_html", _l("Words as HTML"), "text", False, _l("made into plain text")),
    Field("sent_at", _l("Written at"), "instant", False, ""),
    Field("message", _l("Number of the message"), "text", False, _l("by which it is known again; without it by all that stands in it"), 120),
    Field("messages", _l("All messages"), "json", False, _l("a list, where each row is a whole ticket")),
)


class TicketImporter(Importer):
    """Takes in tickets: a row for each message, or a row for each ticket with the list of its messages."""

    name = "tickets"
    label = _l("Tickets")
    fields = FIELDS
    options = wishes.OPTIONS
    things = {
        "tickets": lambda n: ngettext("ticket", "tickets", n), "messages": lambda n: ngettext("message", "messages", n), "customers": lambda n: ngettext("customer", "customers", n),
        "agents": lambda n: ngettext("agent, as an account that nobody can sign in with", "agents, as accounts that nobody can sign in with", n),
        "ratings": lambda n: ngettext("rating", "ratings", n), "tickets that go on": lambda n: ngettext("ticket that goes on here", "tickets that go on here", n),
    }
    own_names = True  # a column “internal” that no earlier file had must never be overlooked
    batch = 200  # with all their messages: nobody who writes meanwhile shall wait long

    def problems(self, targets: set[str], options: dict[str, str]) -> list[str]:
        said = wishes.problems(options)
        if not targets & {"messages", "body", "body_html"}:
            said.append(_("Give the words of a message (body or body_html), or all messages of a ticket (messages)."))
        if not targets & {"messages", "sent_at", "opened_at"}:
            said.append(_("Give a time: when the message was written (sent_at) or the ticket opened (opened_at)."))
        if not targets & {"messages", "author_kind", "author_email", "author"}:
            said.append(_("Say who wrote a message: by the kind of author (author_kind), by number or by address."))
        return said

    def prepare(self, rows: list[Row], run: RunContext) -> None:
        """Reading lists, HTML and long texts takes time; done before the transaction, it holds nobody up."""
        wanted = wishes.Wishes(run)
        run.memory["wishes"], run.memory["read"] = wanted, {row.line: _read(row, wanted) for row in rows}

    def load(self, rows: list[Row], run: RunContext) -> Outcome:
        read = [(row, run.memory["read"][row.line]) for row in rows]
        outcome = Batch([found for _row, found in read if isinstance(found, TicketRow)], run.memory["wishes"], run).store()
        outcome.rejects += [(row.line, found) for row, found in read if isinstance(found, str)]
        outcome.unchanged += sum(found is None for _row, found in read)
        return outcome

    def finish(self, run: RunContext) -> Outcome | None:
        if run.options.get("reopen") == "yes":
            go_on(run)
        return None


def _read(row: Row, wanted: wishes.Wishes) -> TicketRow | str | None:
    """The row as it is understood, or why it is not."""
    try:
        return ticket_row(row, wanted)
    except Wrong as problem:
        return str(problem)
