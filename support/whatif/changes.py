"""Another day made of one: people who come or stay away, skills given or taken, settings, more or fewer arrivals. Pure."""
import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace

from support.routing.fitness import CALL, CHAT, TICKET, Limits
from support.routing.scores import Weights
from support.whatif.day import Case, Day, Rules, Worker

NEARBY = 600.0  # seconds: how far from its like an additional contact comes
LIMITS = ("units", "chat_units", "max_chats", "max_tickets")
SECONDS = ("wrap_up_seconds", "retry_same_agent_seconds")
RINGS = {"ring_seconds_call": CALL, "ring_seconds_chat": CHAT, "ring_seconds_ticket": TICKET}
WEIGHTS = tuple(f"weight_{field.name}" for field in fields(Weights))
SETTINGS = (*LIMITS, *SECONDS, *RINGS, *WEIGHTS)


class Mistake(ValueError):
    """A change that cannot be made, with a sentence that says why."""


@dataclass(frozen=True)
class Changes:
    """What is to be different. `add` are (name, {skill: level}, hours or None), `skills` (name, {skill: level}); level 0 takes a skill away."""

    add: tuple[tuple[str, Mapping[str, int], tuple[float, float] | None], ...] = ()
    remove: tuple[str, ...] = ()
    skills: tuple[tuple[str, Mapping[str, int]], ...] = ()
    settings: Mapping[str, float] | None = None
    arrivals: float = 1.0

    @property
    def is_empty(self) -> bool:
        return self == Changes()


def apply(day: Day, changes: Changes, seed: int = 1) -> Day:
    """The day with the changes. Raises Mistake for a name nobody has."""
    workers = {worker.id: worker for worker in day.workers}
    for name in changes.remove:
        del workers[find_worker(workers.values(), name).id]
    for name, levels in changes.skills:
        worker = find_worker(workers.values(), name)
        held = {**worker.levels, **_by_id(day, levels)}
        workers[worker.id] = replace(worker, levels={skill: level for skill, level in held.items() if level})
    for name, levels, hours in changes.add:
        added = _added(day, name, levels, hours, min([0, *workers]) - 1)
        workers[added.id] = added
    rules = _ruled(day.rules, changes.settings or {})
    if rules.limits != day.rules.limits:
        workers = {key: replace(worker, limits=_own(worker.limits, day.rules.limits, rules.limits)) for key, worker in workers.items()}
    return replace(day, workers=tuple(workers.values()), rules=rules, cases=_multiplied(day, changes.arrivals, seed), recorded=None)


def find_worker(workers: Iterable[Worker], name: str) -> Worker:
    """By the whole name, or a beginning that only one has."""
    return _only(list(workers), lambda worker: worker.name, name, "Nobody at the desks of this day is called “{}”.")


def _by_id(day: Day, levels: Mapping[str, int]) -> dict[int, int]:
    found = {}
    for name, level in levels.items():
        if not 0 <= level <= 5:
            raise Mistake(f"A level is a number from 1 to 5, or 0 to take the skill away; “{level}” is not.")
        found[_only(list(day.skills), lambda skill: day.skills[skill], name, "There is no skill called “{}”.")] = level
    return found


def _only(all_of_them: list, name_of, wanted: str, sentence: str):
    low = wanted.strip().casefold()
    exact = [one for one in all_of_them if name_of(one).casefold() == low]
    begun = exact or [one for one in all_of_them if low and name_of(one).casefold().startswith(low)]
    if len(begun) != 1:
        names = ", ".join(sorted(name_of(one) for one in begun or all_of_them)[:20])
        raise Mistake((sentence.format(wanted) if not begun else f"“{wanted}” may mean several.") + f" There are: {names}.")
    return begun[0]


def _added(day: Day, name: str, levels: Mapping[str, int], hours: tuple[float, float] | None, number: int) -> Worker:
    """Somebody who answers as quickly and misses as little as the others do on average."""
    others = day.workers
    spans = [stretch for worker in others for stretch in worker.there]
    there = hours or (min((begins for begins, _ends in spans), default=day.begins), max((ends for _begins, ends in spans), default=day.ends))
    mean = {field: sum(getattr(worker, field) for worker in others) / len(others) if others else 0.0 for field in ("misses", "declines")}
    return Worker(number, name, _by_id(day, levels), (there,), **mean)


def _ruled(rules: Rules, settings: Mapping[str, float]) -> Rules:
    for name, value in settings.items():
        if name not in SETTINGS:
            raise Mistake(f"“{name}” is no setting of a replay. There are: {', '.join(SETTINGS)}.")
        if value < 0 or (name in LIMITS and value != int(value)):
            raise Mistake(f"{name} cannot be {value:g}.")
    limits = replace(rules.limits, **{name: int(settings[name]) for name in LIMITS if name in settings}) if settings else rules.limits
    weights = replace(rules.weights, **{name.removeprefix("weight_"): settings[name] for name in WEIGHTS if name in settings})
    rings = {**rules.ring_seconds, **{channel: settings[name] for name, channel in RINGS.items() if name in settings}}
    return replace(rules, limits=limits, weights=weights, ring_seconds=rings, **{name: settings[name] for name in SECONDS if name in settings})


def _own(own: Limits | None, before: Limits, after: Limits) -> Limits | None:
    """What somebody carries whose limits differ from everybody's: where they do not, they change with them."""
    same = {field.name: getattr(after, field.name) for field in fields(Limits) if own and getattr(own, field.name) == getattr(before, field.name)}
    return own and replace(own, **same)


def _multiplied(day: Day, factor: float, seed: int) -> tuple[Case, ...]:
    """Each contact so many times, the rest by chance; a further one comes some minutes from its like."""
    if factor < 0:
        raise Mistake("Arrivals cannot be fewer than none.")
    if factor == 1:
        return day.cases
    made, number = [], max((case.id for case in day.cases), default=0)
    for case in day.cases:
        dice = random.Random(f"{seed}:arrivals:{case.id}")
        copies = int(factor) + (dice.random() < factor - int(factor))
        for copy in range(copies):
            number += 1
            made.append(case if copy == 0 else replace(
                case, id=number, entered_at=min(day.ends - 1, max(day.begins, case.entered_at + dice.uniform(-NEARBY, NEARBY))), last_agent=None
            ))
    return tuple(sorted(made, key=lambda case: (case.entered_at, case.id)))
