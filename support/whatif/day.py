"""A day as the engine takes it: what came, who was at a desk, and what came of it. Plain values, no database."""
from collections.abc import Mapping
from dataclasses import dataclass, field

from support.routing.fitness import CALL, CHAT, TICKET, Limits, Line
from support.routing.scores import Weights

Stretch = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Case:
    """One contact. `handling` are seconds at level 3; `patience` is how long it waits at most, None for ever; one that came before the day is not counted."""

    id: int
    line: Line
    entered_at: float
    handling: float
    patience: float | None = None
    value: float = 1.0
    last_agent: int | None = None
    counted: bool = True


@dataclass(frozen=True, slots=True)
class Worker:
    """One person with the stretches at a desk. `misses` and `declines` are the shares of offers that end so; `speed` multiplies handling."""

    id: int
    name: str
    levels: Mapping[int, int]
    there: tuple[Stretch, ...]
    misses: float = 0.0
    declines: float = 0.0
    speed: float = 1.0
    limits: Limits | None = None


@dataclass(frozen=True, slots=True)
class Rules:
    """The settings that count in a replay. `rings` is the range of seconds until an offer is answered."""

    limits: Limits = Limits()
    weights: Weights = Weights()
    ring_seconds: Mapping[str, float] = field(default_factory=lambda: {CALL: 15.0, CHAT: 30.0, TICKET: 30.0})
    rings: tuple[float, float] = (1.0, 6.0)
    wrap_up_seconds: float = 40.0
    retry_same_agent_seconds: float = 60.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one case: answered by whom and until when, or left, or neither before the day was over."""

    case: Case
    answered_at: float | None = None
    worker_id: int | None = None
    ended_at: float | None = None
    left_at: float | None = None
    offers: int = 0


@dataclass(frozen=True)
class Day:
    """Everything between two instants. `hours` are the opening stretches of a queue, always open without; `recorded` is what really happened, if known."""

    begins: float
    ends: float
    cases: tuple[Case, ...]
    workers: tuple[Worker, ...]
    rules: Rules = Rules()
    hours: Mapping[int, tuple[Stretch, ...]] = field(default_factory=dict)
    queues: Mapping[int, str] = field(default_factory=dict)
    skills: Mapping[int, str] = field(default_factory=dict)
    recorded: tuple[Outcome, ...] | None = None
    remarks: tuple[str, ...] = ()
