"""Tickets: the issue of one customer from first word to closed, its conversations and its one table of moves."""
from support import demo, jobs, relay
from support.events import Event
from support.tickets import kinds, receipts
from support.tickets.access import conversations_visible_to, find, find_conversation, is_customer_of, may_work, visible_to
from support.tickets.attachments import find_file, own_unsent
from support.tickets.demo_dispositions import dispositions as demo_dispositions
from support.tickets.demo_history import tickets as demo_tickets
from support.tickets.dispositions import disposition_list, find_disposition, save_disposition
from support.tickets.lifecycle import (
    MOVES,
    assign,
    close,
    hold,
    release,
    reopen,
    resolve,
    set_priority,
    take_up,
    wait_for_customer,
)
from support.tickets.lists import all_dispositions, close_silent, dispositions, last_words, listed, matching, of_customer
from support.tickets.models import STATES, Conversation, Disposition, Message, SeenAnswer, Ticket
from support.tickets.names import PRIORITY_WORDS, STATE_WORDS
from support.tickets.opening import open_ticket
from support.tickets.origins import TicketOrigin, origin_of
from support.tickets.talk import newer, post, recent

__all__ = [
    "MOVES", "PRIORITY_WORDS", "STATES", "STATE_WORDS", "Conversation", "Disposition", "Message", "SeenAnswer", "Ticket", "TicketOrigin", "all_dispositions", "assign", "close", "conversations_visible_to", "disposition_list", "dispositions", "find", "find_conversation", "find_disposition", "find_file", "hold", "is_customer_of",
    "last_words", "listed", "matching", "may_work", "newer", "of_customer", "open_ticket", "origin_of", "own_unsent", "post", "receipts", "recent", "release", "reopen", "resolve", "save_disposition",
    "set_priority", "take_up", "visible_to", "wait_for_customer",
]

TALK = (kinds.POSTED, kinds.NOTED)
STATE = (kinds.ASSIGNED, kinds.RELEASED, kinds.MOVED, kinds.RESOLVED, kinds.REOPENED, kinds.CLOSED, kinds.PRIORITY)


def init_app(app, settings) -> None:
    """Hints for open conversations, and the automatic close."""
    relay.hint_on(app, TALK, _conversation_screens)
    relay.hint_on(app, STATE, lambda event: (f"ticket:{event.ticket_id}",))
    demo.part(app, 65, demo_dispositions)
    demo.part(app, 70, demo_tickets)
    jobs.every(app, 300, "close resolved tickets", close_silent)


def _conversation_screens(event: Event) -> tuple[str, ...]:
    desk = f"desk-conversation:{event.data['conversation_id']}"
    return (desk,) if event.kind == kinds.NOTED else (desk, f"conversation:{event.data['conversation_id']}", f"ticket:{event.ticket_id}")
