"""Asking a person: from the portal's form to a ticket in the right queue, as a chat or as a thread of mails."""
from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import func, select

from support import classification, orders
from support.database import db
from support.errors import Invalid, NotFound
from support.routing import queues
from support.routing.overflow import FULL, Doors
from support.tickets import Conversation, Ticket, open_ticket, visible_to
from support.tickets.models import LIVE


def ask(person, *, subject, body, topic, channel, client_id, language=None, order_number="", seen=(), files=()) -> Ticket:
    """Open a ticket for a customer or guest; Invalid names the field that needs another look.

    `topic` is the slug of a public queue, or `classification.UNSURE` to have one found; `channel` is `chat` (only while the queue takes one), `form`, or
    `callback` (where the queue calls back; number and time are asked next); `language` is the one of
    the page it was written on, else the customer's, and gives way to the one it is clearly written in; `files` are keys of files the person has uploaded.
    """
    chosen = queues.find_public(topic)
    if chosen is None and topic != classification.UNSURE:
        raise Invalid({"topic": _("Choose what it is about.")})
    sorted_ = classification.sort(subject, body, chosen)
    if channel not in ("chat", "form", "callback"):
        raise Invalid({"channel": _("Choose how you want to talk to us.")})
    if channel == "chat" and not may_chat(person):
        raise Invalid({"channel": _("You already have several open chats. Write there, or send this as a message.")})
    if channel == "callback" and not sorted_.queue.callbacks:
        raise Invalid({"channel": _("About this we answer in writing only. Choose another way.")})
    spoken = classification.language_of(subject, body, language or person.locale or "en")
    if channel == "chat":
        _may_begin(sorted_.queue, spoken)
    return open_ticket(
        person, subject=subject, body=body, topic=sorted_.queue.slug, channel=channel, client_id=client_id, language=spoken,
        order=_order(person, order_number), seen=seen, files=files, priority=sorted_.priority, sorting=sorted_.way, then=sorted_.keep,
    )


def _may_begin(queue, language: str) -> None:
    """Invalid where the queue takes no chat at this moment."""
    code = Doors().refusal(queue, language)
    if code == FULL:
        raise Invalid({"channel": _("So many are waiting that we could not answer you soon. Send it as a message and we answer by mail.")})
    if code is not None:
        raise Invalid({"channel": _("The chat has just closed. Send it as a message and we answer by mail.")})


def may_chat(person) -> bool:
    """Whether one more live chat is allowed for this visitor."""
    live = visible_to(person).join(Ticket.conversations).where(Conversation.channel == "chat", Ticket.state.in_(LIVE))
    most = current_app.config["SETTINGS"].live_chats
    return db.session.scalar(select(func.count()).select_from(live.subquery())) < most


def _order(person, number: str):
    if not number:
        return None
    try:
        return orders.find_bare(person, number)
    except NotFound:
        raise Invalid({"order": _("We cannot find this order among yours.")}) from None
