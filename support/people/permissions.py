"""Which role may do what. What a person may see of one thing is decided where that thing lives, by its `visible_to`."""
from support.errors import NotAllowed, NotFound
from support.people.person import ADMINISTRATOR, AGENT, SUPERVISOR

ACTS = {
    "desk": (AGENT, SUPERVISOR),  # take and answer work
    "board": (SUPERVISOR, ADMINISTRATOR),  # see queues, people and every ticket
    "review": (SUPERVISOR,),  # judge work
    "administer": (ADMINISTRATOR,),  # staff, skills, queues, articles, settings
}


def may(person, act: str) -> bool:
    """Whether this visitor's role allows the act now."""
    return person.role in ACTS[act] and person.active


def demand(person, act: str) -> None:
    """Raise NotFound for strangers and NotAllowed for staff whose role lacks the act."""
    if not may(person, act):
        raise NotAllowed() if person.is_staff else NotFound()
