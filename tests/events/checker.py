"""Holds journals against the database: what was promised, what is stored, what each follower saw.

`problems(...)` names every broken promise; an empty list is a proof only because broken builds fill it (test_log.py).
"""
from collections import Counter
from pathlib import Path

from sqlalchemy import select

from support.database import db
from support.events import Delivery, Event, EventHead, Follower
from tests.events.little import little_app


class Books:
    """All journals of a run, and the tables at its end."""

    def __init__(self, url: str, folder: Path):
        self.lines: dict[str, list[list[str]]] = {path.name: [line.split() for line in path.read_text().splitlines()] for path in folder.glob("*.journal")}
        app = little_app(url)
        with app.app_context():
            self.events = [(e.id, e.position, e.ticket_id, f"{e.data['writer']} {e.data['n']}") for e in db.session.scalars(select(Event).order_by(Event.position))]
            self.deliveries = [(d.event_id, d.state) for d in db.session.scalars(select(Delivery))]
            self.head = db.session.scalar(select(EventHead.position))
            self.hinted = db.session.scalar(select(Follower.position).where(Follower.name == "hints"))
            db.engine.dispose()

    def of(self, word: str) -> list[list[str]]:
        return [line[1:] for lines in self.lines.values() for line in lines if line[0] == word]


def problems(books: Books) -> list[str]:
    """Every broken promise, as a sentence that begins with its kind."""
    return [*_stored(books), *_positions(books), *_followed(books), *_heard(books)]


def _stored(books: Books) -> list[str]:
    stored = Counter(fact for *_rest, fact in books.events)
    promised = {" ".join(line[:2]) for line in books.of("acked")}
    undone = {" ".join(line[:2]) for line in books.of("undone")}
    return [
        *(f"lost: {fact} was acknowledged and is not stored" for fact in sorted(promised - set(stored))),
        *(f"ghost: {fact} was rolled back and is stored" for fact in sorted(undone & set(stored))),
        *(f"doubled: {fact} is stored {times} times" for fact, times in stored.items() if times > 1),
        *(f"refused: {line[0]} {line[1]} met {line[2]}" for line in books.of("error")),
    ]


def _positions(books: Books) -> list[str]:
    given = [position for _id, position, *_rest in books.events]
    if given == list(range(1, len(given) + 1)) and books.head == len(given):
        return []
    return [f"gap: {len(given)} events have the positions {given[:3]}…{given[-3:]}, the head says {books.head}"]


def _followed(books: Books) -> list[str]:
    """A follower that lived to the end has seen everything once, in order."""
    truth = [event_id for event_id, *_rest in books.events]
    found = []
    for name, lines in books.lines.items():
        if not name.startswith("follow"):
            continue
        seen = [int(line[2]) for line in lines if line[0] == "saw"]
        missing = set(truth) - set(seen)
        if missing:
            found.append(f"missed: {name} never saw {len(missing)} of {len(truth)} events")
        elif len(seen) != len(set(seen)):
            found.append(f"twice: {name} saw an event twice")
        elif seen != truth:
            found.append(f"disorder: {name} saw the events in another order")
    return found


def _heard(books: Books) -> list[str]:
    """A once listener has heard each event at least once, those of one ticket in order, and nothing is left."""
    heard = [(int(position), int(event_id), ticket) for event_id, position, ticket in books.of("heard")]
    found = [f"unheard: event {event_id}" for event_id, *_rest in books.events if event_id not in {entry[1] for entry in heard}]
    found += [f"left: the delivery of event {event_id} is {state}" for event_id, state in books.deliveries if state != "done"]
    if books.hinted != books.head:
        found.append(f"unhinted: hints stand at {books.hinted} of {books.head}")
    for name, lines in books.lines.items():
        last: dict[str, int] = {}
        for word, *rest in lines:
            if word != "heard":
                continue
            position, ticket = int(rest[1]), rest[2]
            if position < last.get(ticket, 0):
                found.append(f"disorder: {name} heard position {position} of ticket {ticket} after {last[ticket]}")
            last[ticket] = max(position, last.get(ticket, 0))
    return found
