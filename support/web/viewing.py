"""Who looks at a conversation and who is writing in it, over all tabs and processes.

A socket that joins a screen is seen there until it leaves; its process renews the note every few seconds, so that a process that
dies takes its notes along. A page without a socket is seen by each fetch of its piece. Several tabs are one person. What is seen
is told as a hint to the screen `viewing:<conversation>`, which staff alone may join.
"""
import os
from collections import defaultdict
from dataclasses import dataclass

from flask import Flask, current_app

from support import fleeting

SEEN = 12  # seconds a note of a process holds; it is renewed with every look at the rights
FETCHED = 25  # seconds after a fetch in which a page without a socket is taken to be there; it fetches every ten
WRITING = 6  # seconds after the last key press


@dataclass(frozen=True)
class Viewer:
    """One person who has the conversation open now."""

    person_id: int
    name: str
    is_staff: bool
    writes: bool


def at(conversation_id: int, but=None) -> list[Viewer]:
    """Who has the conversation open, except the person who asks; colleagues first, by name."""
    people: dict[int, tuple[str, bool]] = {}
    for person_id, name, is_staff in fleeting.at(_looking(conversation_id)).values():
        people[person_id] = (name, is_staff)
    writing = {person_id: (name, is_staff) for person_id, name, is_staff in fleeting.at(_writing(conversation_id)).values()}
    found = [Viewer(key, name, is_staff, key in writing) for key, (name, is_staff) in {**people, **writing}.items() if key != getattr(but, "id", None)]
    return sorted(found, key=lambda viewer: (not viewer.is_staff, viewer.name))


def fetched(person, conversation_id: int) -> None:
    """A page of this person fetched its piece: without a socket that is the sign that it is open."""
    here = fleeting.at(_looking(conversation_id))
    if not any(who.startswith(f"{person.id}@") and not who.endswith("@fetch") for who in here):
        fleeting.note(_looking(conversation_id), f"{person.id}@fetch", _value(person), FETCHED)


def joined(person, conversation_id: str) -> None:
    """A socket of this process shows the conversation to this person."""
    fleeting.note(_looking(conversation_id), _here(person.id), _value(person), SEEN)
    fleeting.forget(_looking(conversation_id), f"{person.id}@fetch")
    _tell(conversation_id)


def left(person_id: int, conversation_id: str) -> None:
    """No socket of this process shows the conversation to this person any more."""
    fleeting.forget(_looking(conversation_id), _here(person_id))
    _tell(conversation_id)


def writes(person, conversation_id: str) -> None:
    """The person pressed keys. It ends by itself, or when the message is `sent`."""
    begins = str(person.id) not in fleeting.at(_writing(conversation_id))
    fleeting.note(_writing(conversation_id), str(person.id), _value(person), WRITING)
    current_app.extensions["writing"][conversation_id] = True
    if begins:
        _tell(conversation_id)


def sent(person, conversation_id: int) -> None:
    """What was being written is there now."""
    if str(person.id) in fleeting.at(_writing(conversation_id)):
        fleeting.forget(_writing(conversation_id), str(person.id))
        _tell(conversation_id)


def renew(app: Flask, sockets) -> None:
    """Every few seconds: the sockets of this process are still there, and whoever stopped writing is not shown as writing."""
    fleeting.renew([
        (_looking(conversation_id), _here(person_id), [person_id, socket.name, socket.is_staff])
        for conversation_id, people in _open(sockets).items() for person_id, socket in people.items()
    ], SEEN)
    for conversation_id in list(app.extensions["writing"]):
        if not fleeting.at(_writing(conversation_id)):
            app.extensions["writing"].pop(conversation_id, None)
            _tell(conversation_id)


def shows(screen: str, is_staff: bool) -> str | None:
    """The conversation that a screen shows to such a person; staff have it open by the piece that names who looks."""
    kind, _, key = screen.partition(":")
    return key if kind == ("viewing" if is_staff else "conversation") else None


def _open(sockets) -> dict[str, dict]:
    """The conversations that are open, by person one of the sockets that shows them."""
    found = defaultdict(dict)
    for socket in sockets:
        for screen in list(socket.screens):
            if (key := shows(screen, socket.is_staff)) is not None:
                found[key][socket.person_id] = socket
    return found


def name_of(person) -> str:
    """Staff by their whole name, customers by the first."""
    return person.name if person.is_staff else person.name.partition(" ")[0]


def is_open(sockets, person_id: int, conversation_id: str) -> bool:
    """Whether any of the sockets shows the conversation to this person."""
    return person_id in _open(sockets).get(conversation_id, {})


def _tell(conversation_id) -> None:
    current_app.extensions["live"].io.emit("stale", {"screen": f"viewing:{conversation_id}"}, to=f"viewing:{conversation_id}")


def _value(person) -> list:
    return [person.id, name_of(person), person.is_staff]


def _here(person_id: int) -> str:
    return f"{person_id}@{os.uname().nodename}.{os.getpid()}"


def _looking(conversation_id) -> str:
    return f"looking:{conversation_id}"


def _writing(conversation_id) -> str:
    return f"writing:{conversation_id}"
