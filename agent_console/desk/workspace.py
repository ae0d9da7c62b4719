"""What one open ticket puts on the desk: the conversation and its tools in the middle, the customer beside it."""
import re

from babel import Locale
from flask import current_app, g, request
from flask_babel import get_locale
from flask_babel import gettext as _

from kb import proposals
from support import classification, contact, orders, people, routing, tickets
from support.errors import Stale
from support.web import forms, viewing
from support.web.filters import percent

LOOKED_FOR = 1200  # characters of a message that answers are looked for with
MOST_ANSWERS = 3
ADDRESS = re.compile(r"https?://\S+")


def workspace(person, ticket, waiting) -> dict:
    """Everything the middle and the context column show; a fixed number of statements, however much there is.

    `waiting` are the rows of work that the person may take.
    """
    talk = tickets.recent(person, ticket)
    return {**header(person, ticket, waiting), **conversation(person, ticket, talk), **context(person, ticket, talk)}


def header(person, ticket, waiting) -> dict:
    """Subject, state and the moves that are possible now; among them taking it, if it waits and the person may."""
    mine = tickets.may_work(person, ticket)
    codes = tickets.dispositions() if mine and ticket.is_live else []
    return {
        "ticket": ticket, "may_work": mine, "priorities": tickets.PRIORITY_WORDS.items(), "call": contact.callbacks.standing(person, ticket), "dispositions": [(code.id, code.name) for code in codes],
        "waiting_item_id": next((row.item_id for row in waiting if row.ticket_id == ticket.id), None),
        **_sorting(ticket, may_settle=ticket.is_live and (mine or ticket.assignee_id is None)),
    }


def _sorting(ticket, may_settle: bool) -> dict:
    """For a question that was sorted: the queues it may go to, and how the classifier sees it where a person has yet to say."""
    if not ticket.sorting or not may_settle:
        return {"sorting": None, "queue_names": {}}
    return {
        "sorting": classification.of_ticket(ticket), "queue_names": {queue.slug: queue.name for queue in routing.queues.active()}, "sureness": _sureness,
    }


def _sureness(confidence: float, queue: str) -> str:
    """A guess and how sure it is, in words."""
    share = percent(confidence)
    if confidence >= 0.75:
        return _("It is almost certainly %(queue)s (%(share)s of such guesses are right).", queue=queue, share=share)
    if confidence >= 0.5:
        return _("It is probably %(queue)s (%(share)s of such guesses are right).", queue=queue, share=share)
    return _("It may be %(queue)s, but that is only a guess (%(share)s of such guesses are right).", queue=queue, share=share)


def conversation(person, ticket, talk) -> dict:
    """The messages and what one needs to answer."""
    may_reply = tickets.may_work(person, ticket) and ticket.state != "closed"
    return {
        "messages": talk, "staff_view": True, "whole": True, "unread": _unread(person, talk), "may_reply": may_reply,
        "read_desk_seq": max((message.desk_seq for message in talk), default=0), "new_client_id": forms.fresh_id(),
        "viewers": viewing.at(ticket.conversation.id, but=person),
        "replies": contact.replies.filled_for(person, ticket) if may_reply else [],
        "receipts": tickets.receipts.of(person, ticket.conversation), "message_length": current_app.config["SETTINGS"].message_length,
    }


def context(person, ticket, talk) -> dict:
    """The context column: who asks, about which order, what came before, which answers fit."""
    found = orders.recent_for(person, ticket.customer_id, also=ticket.order_id)
    order = next((one for one in found if one.id == ticket.order_id), None)
    if order is None and ticket.order is not None:
        order = orders.find(person, ticket.order.number)
    return {
        "ticket": ticket, "order": order, "order_sentence": orders.headline(order) if order else "",
        "other_orders": [one for one in found if one.id != ticket.order_id], "today": orders.today(), "seen": ticket.seen,
        "earlier": [one for one in tickets.of_customer(person, ticket.customer_id) if one.id != ticket.id],
        "unproven": people.sign_ins.is_unproven(ticket.sign_in_id),
        "answers": answers(person, ticket, talk), "language": _language(ticket.language),
    }


def answers(person, ticket, talk) -> list:
    """Up to three articles: for what the ticket began with, then for the customer's newest words if they ask something."""
    words = [ADDRESS.sub(" ", message.body)[:LOOKED_FOR] for message in talk if not message.by_staff]
    texts = ["\n".join([ticket.subject, *words[:1]]), *(newest for newest in words[1:][-1:] if "?" in newest)]
    found = {answer.article_id: answer for text in texts for answer in proposals.answers_for(person, text, MOST_ANSWERS, ticket.language)}
    return list(found.values())[:MOST_ANSWERS]


def _unread(person, talk) -> list:
    """After a refused send: what others wrote since its writer last read."""
    read = request.form.get("read_desk_seq", "")
    if not read or not isinstance(g.get("form_error"), Stale):
        return []
    behind = int(read) if read.isascii() and read.isdigit() and len(read) < 10 else 0
    return [message for message in talk if message.desk_seq > behind and message.author_id != person.id]


def _language(code: str) -> str:
    return Locale.parse(code.replace("-", "_")).get_display_name(get_locale()).capitalize()
