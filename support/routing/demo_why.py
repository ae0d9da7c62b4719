"""Why the router of the demo world decided as it did: what each agent held on that day, and the one reason that put him out."""
from support import training
from support.routing.fitness import LANGUAGE, LAPSED, LEVEL, NO_ROOM, UNTRAINED
from support.routing.models import Decision, Offer, WorkItem
from support.routing.scores import HANDLING, RESOLVES

BUSY = (NO_ROOM, NO_ROOM, "offline", "break", "wrap_up", None)
LEAST_LEVEL = 2


class Trained:
    """Who held what on which day; asked of the database once a day of the past."""

    def __init__(self, world):
        self.agents = [(key, person) for key, person in world.people.items() if person.role == "agent"]
        self.ids = [person.id for _key, person in self.agents]
        self.days = {}

    def at(self, instant):
        day = instant.date()
        if day not in self.days:
            self.days[day] = training.levels(self.ids, instant), training.lapsed(self.ids, instant)
        return self.days[day]


def reasons(known: Trained, item: WorkItem, offer: Offer, one, before: int) -> dict:
    level = _level(known, offer, one)
    return {
        "queue_id": item.queue_id, "language": item.language, "level": level, "free": 1 + len(one.trained) % 3, "trained": len(one.trained),
        "terms": _terms(level), "declined_before": before,
    }


def _level(known: Trained, offer: Offer, one, agent_id: int | None = None) -> int:
    levels, _lapsed = known.at(offer.offered_at)
    return levels.get((agent_id or offer.agent_id, one.skill_id), 0)


def _terms(level: int) -> dict[str, float]:
    return {"level": round(1.5 * RESOLVES[level], 3), "hurry": round(-0.15 * HANDLING[level], 3), "knows": 0.0, "rested": 0.03, "preferred": 0.0, "price": -0.12}


def decision(world, known: Trained, offer: Offer, one) -> Decision:
    """Everybody looked at, each with the one reason that put him out."""
    rows = [_candidate(world, known, offer, one, person) for _key, person in known.agents]
    wanted = offer.why["free"] - 1  # the others who could have taken it
    for row in rows:
        if row["person_id"] != offer.agent_id and row["out"] is None:
            row["out"] = None if wanted > 0 else NO_ROOM
            wanted -= 1
        row["terms"] = _terms(row["level"]) if row["out"] is None else {}
    offer.why = {**offer.why, "free": sum(row["out"] is None for row in rows)}
    return Decision(work_item_id=offer.work_item_id, at=offer.offered_at, offer_id=offer.id, candidates=rows, sentence={"code": "offered"})


def _candidate(world, known: Trained, offer: Offer, one, person) -> dict:
    levels, lapsed = known.at(offer.offered_at)
    level = levels.get((person.id, one.skill_id), 0)
    out = None
    if person.id != offer.agent_id:
        out = world.rng.choice(BUSY)
        if not level:
            out = LAPSED if (person.id, one.skill_id) in lapsed else UNTRAINED
        elif level < LEAST_LEVEL:
            out = LEVEL
        elif not levels.get((person.id, one.language_skill_id)):
            out = LANGUAGE
    return {"person_id": person.id, "out": out, "level": level, "terms": {}}
