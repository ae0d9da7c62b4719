"""The customer's live screens: who may join them is decided by the same look-up as the page."""
from support import orders, tickets
from support.web import live


def init_app(app, settings) -> None:
    live.screen(app, "ticket", _find_ticket, rows=(tickets.visible_to, tickets.Ticket.id))
    live.screen(app, "place", _find_ticket, rows=(tickets.visible_to, tickets.Ticket.id))
    live.screen(app, "order", _find_order, rows=(orders.visible_to, orders.Order.id))
    live.screen(app, "conversation", _find_conversation, typing=_told_of_typing, rows=(tickets.conversations_visible_to, tickets.Conversation.id))


def _find_ticket(person, key: str):
    return tickets.find(person, int(key))


def _find_order(person, key: str):
    return orders.find_by_id(person, int(key))


def _find_conversation(person, key: str):
    return tickets.find_conversation(person, int(key))


def _told_of_typing(person, key: str) -> tuple[str, ...]:
    """A customer's typing is shown at the desk."""
    return (f"desk-conversation:{key}",)
