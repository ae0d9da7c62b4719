"""What makes the desk live: who may join its screens, which events make them old, and an agent's signs of life."""
from sqlalchemy import false, true

from agent_console.desk.blueprint import DESK_ROLES, bp
from support import people, routing, tickets
from support.database import db
from support.errors import NotFound
from support.web import live
from support.web.identity import allow, me


def init_app(app) -> None:
    live.screen(app, "desk", _own_desk)
    live.screen(app, "desks", _any_desk)
    live.screen(app, "desk-conversation", _conversation, typing=_told_of_typing, rows=(_conversations, tickets.Conversation.id))
    live.screen(app, "viewing", _conversation, rows=(_conversations, tickets.Conversation.id))
    live.on_alive(app, _alive)


@bp.post("/desk/heartbeat")
@allow(*DESK_ROLES)
def heartbeat():
    """A sign of life of a page that has no socket."""
    routing.heartbeat(me())
    return "", 204


def _alive(person) -> None:
    if people.may(person, "desk"):
        routing.heartbeat(person)


def _own_desk(person, key: str) -> None:
    if not people.may(person, "desk") or key != str(person.id):
        raise NotFound()


def _any_desk(person, key: str) -> None:
    if not people.may(person, "desk") or key:
        raise NotFound()


def _conversation(person, key: str) -> None:
    if db.session.scalar(_conversations(person).where(tickets.Conversation.id == int(key))) is None:
        raise NotFound()


def _conversations(person):
    """A conversation with its notes is for staff alone."""
    return tickets.conversations_visible_to(person).where(true() if person.is_staff else false())


def _told_of_typing(person, key: str) -> tuple[str, ...]:
    """The customer and the colleagues who have it open."""
    return (f"conversation:{key}", f"desk-conversation:{key}")
