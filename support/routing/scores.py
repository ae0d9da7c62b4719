"""How much a match is worth: the formulas of the measured algorithm (docs/decisions/routing.md). Pure arithmetic.

`arrival` chooses among free agents for one item, `freed` among waiting items for one agent.
"""
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from functools import cache

from support.routing.fitness import TICKET, Agent, Item, Need, level_for

# For levels 0 to 5: how likely the first contact resolves it, and the handling time against level 3.
RESOLVES = (0.35, 0.50, 0.62, 0.72, 0.80, 0.86)
HANDLING = (1.60, 1.35, 1.15, 1.00, 0.90, 0.82)

RESTED_SECONDS = 300.0


@dataclass(frozen=True, slots=True)
class Weights:
    """What an installation may weigh otherwise: the settings whose names begin with `weight_`."""

    level: float = 1.5
    hurry: float = 0.15
    knows: float = 0.25
    rested: float = 0.05
    preferred: float = 0.10
    scarcity: float = 1.8
    overdue: float = 15.0  # a call or chat older than so many targets goes first, whatever its value; a ticket that is past due


_weights = Weights()


def weights() -> Weights:
    """Those that hold in this process."""
    return _weights


def of_settings(settings) -> Weights:
    """As the installation is set."""
    return Weights(**{field.name: getattr(settings, f"weight_{field.name}") for field in fields(Weights)})


def weigh(new: Weights) -> None:
    """Weigh otherwise from now on, in this process."""
    global _weights
    _weights = new
    scarcity.cache_clear()


@contextmanager
def using(new: Weights) -> Iterator[None]:
    """Weigh otherwise for a while: only for a process that routes nothing meanwhile, such as a command."""
    before = _weights
    weigh(new)
    try:
        yield
    finally:
        weigh(before)


def arrival(item: Item, agent: Agent, price: float, now: float) -> dict[str, float]:
    """The terms of the score of one free agent for one item; their sum is the score."""
    level = level_for(item.line, agent.levels)
    idle = max(0.0, now - agent.idle_since) if agent.idle_since else 0.0
    return {
        "level": _weights.level * RESOLVES[level],
        "hurry": -_weights.hurry * HANDLING[level],
        "knows": _weights.knows if item.last_agent == agent.id else 0.0,
        "rested": _weights.rested * min(1.0, idle / RESTED_SECONDS),
        "preferred": _weights.preferred * _share(item.line.needs, agent.levels),
        "price": -price,
    }


def most(item: Item, level: int) -> float:
    """What nobody of this level or below can exceed in `arrival`."""
    if level < 0:
        return float("-inf")
    knows = _weights.knows if item.last_agent is not None else 0.0
    return _weights.level * RESOLVES[level] - _weights.hurry * HANDLING[level] + knows + _weights.rested + (0.0 if all(need.required for need in item.line.needs) else _weights.preferred)


def freed(item: Item, level: int, agent_id: int, now: float) -> float:
    """How much a freed agent of this level should want this item."""
    fit = (1 + 2.6 * (RESOLVES[level] - RESOLVES[3])) / HANDLING[level]
    return urgency(item, now) * (fit + (_weights.knows if item.last_agent == agent_id else 0.0))


def urgency(item: Item, now: float) -> float:
    """Grows with the wait against the target, with a step down where the target is missed: whoever can still be in time comes before. Tickets stay low until half of their time is gone."""
    wait = max(0.0, now - item.entered_at)
    if item.line.channel == TICKET:
        used = wait / item.line.due_seconds
        return 0.14 * item.value * item.line.value * (0.05 + used + 25 * max(0.0, used - 0.5))
    waited = wait / max(1.0, item.line.target_seconds)
    return item.value * item.line.value * (1 + waited if waited < 1 else 1.5 + 0.15 * waited)


def overdue(item: Item, now: float) -> bool:
    """The guard against starving: far past its target."""
    target = item.line.due_seconds if item.line.channel == TICKET else _weights.overdue * item.line.target_seconds
    return now - item.entered_at > target


@cache
def scarcity(free: int) -> float:
    """Which share of its load a line loses when one of so many free people is taken from it."""
    return max(1, free) ** -_weights.scarcity


def queue_value(priority: int) -> float:
    """Weight of a queue: 1 first, 2 normal, 3 and more last. A weight, not a rank, so that nobody starves."""
    return {1: 3.0, 2: 1.0}.get(max(1, priority), 0.6)


def ticket_value(priority: str, channel: str) -> float:
    """Weight of one ticket by the priority staff gave it."""
    weight = {"urgent": 3.0, "high": 1.8, "normal": 0.9, "low": 0.6}.get(priority, 0.9)
    return weight if channel == TICKET else max(1.0, weight)


def _share(needs: tuple[Need, ...], levels) -> float:
    """How far the preferred skills are met, 0 to 1."""
    preferred = [need for need in needs if not need.required]
    if not preferred:
        return 0.0
    return sum(levels.get(need.skill_id, 0) >= max(1, need.min_level) for need in preferred) / len(preferred)
