"""Builds with a mistake that the proof by chaos must find, and a database that is slow to commit, which no build may mind."""
import random
import time

from flask import current_app
from sqlalchemy import func, select

from support import hints
from support.database import db
from support.events import Event
from support.tickets import kinds, talk

AHEAD = 0.4  # seconds between a hint that comes too early and its commit


def slow_commits(chance: float, longest: float = 1.0) -> None:
    """Some messages wait between their last statement and their commit."""
    _before_the_commit(lambda message: time.sleep(random.uniform(0, longest) if random.random() < chance else 0))


def emits_before_commit(app) -> None:
    """Screens are told of a message as soon as it is written, and not again when it is stored."""
    def tell(message) -> None:
        for screen in (f"conversation:{message.conversation_id}", f"desk-conversation:{message.conversation_id}"):
            current_app.extensions["relay"].push(screen, 0)
        time.sleep(AHEAD)

    _before_the_commit(tell)
    for kind in (kinds.POSTED, kinds.NOTED):
        app.extensions["relay"].hinters.pop(kind)


def follows_ids() -> None:
    """The hints remember the highest id they have seen, instead of a position."""
    seen = []

    def push(hinters, tell, _took=None) -> int:
        if not seen:
            seen.append(db.session.scalar(select(func.max(Event.id))) or 0)
        fresh = list(db.session.scalars(select(Event).where(Event.id > seen[0]).order_by(Event.id)))
        for entry in fresh:
            seen[0] = entry.id
            for hinter in hinters.get(entry.kind, ()):
                for screen, _entry in hinter([entry]):
                    tell(screen, entry.id)
        db.session.rollback()
        return len(fresh)

    hints.push = push


def _before_the_commit(act) -> None:
    whole = talk.add_message

    def add_message(*args, **options):
        message = whole(*args, **options)
        db.session.flush()  # its event has its id
        act(message)
        return message

    talk.add_message = add_message
