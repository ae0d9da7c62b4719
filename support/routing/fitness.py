"""The hard rules: may this agent take this item at all? Pure; used by the matcher, by the reservation, and at pull.

Every rule answers with a code (the one reason that rules an agent out) or None. `why.py` turns codes into sentences.
Never relaxed: language, certificate, room.
"""
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

UNTRAINED, LAPSED, LEVEL, LANGUAGE = "untrained", "lapsed", "level", "language"
NO_ROOM, IN_CALL, OFF_SHIFT = "no_room", "in_call", "off_shift"
CALL, CHAT, TICKET = "call", "chat", "ticket"
THERE = (None, "ringing", "wrap_up", "not_answering")  # at the desk, free or not; a break is not
TICKET_SECONDS = 4 * 3600.0  # until the first reply to a deferrable ticket
WHOLE = 5  # the highest level: nothing is relaxed yet


@dataclass(frozen=True, slots=True)
class Need:
    """A skill that a line asks for, at a level; a preferred one (not required) rules nobody out unless the line has steps."""

    skill_id: int
    min_level: int = 1
    required: bool = True


@dataclass(frozen=True, slots=True)
class Step:
    """From so many seconds of waiting on, preferred skills are asked for up to this level only; at 0 they rule nobody out any more."""

    after: float
    level: int


@dataclass(frozen=True, slots=True)
class Line:
    """Work that asks for the same: one queue, one channel, one language. `language_skill` is None when no skill stands for it.

    With `steps` (their times grow, their levels fall) preferred skills are a gate at first, which opens as the wait grows; `gate` is how high it still is.
    """

    queue_id: int
    channel: str
    language: str = ""
    needs: tuple[Need, ...] = ()
    language_skill: int | None = None
    target_seconds: float = 120.0  # to the answer of a call or chat
    due_seconds: float = TICKET_SECONDS  # to the first reply of a deferrable ticket
    value: float = 1.0
    open: bool = True
    steps: tuple[Step, ...] = ()
    gate: int = WHOLE
    extra: int | None = None  # a skill asked for beside what the queue asks: such work is a line of its own; `needs` has it, too

    @property
    def key(self) -> tuple[int, str, str]:
        return (self.queue_id, self.channel, self.language if self.extra is None else f"{self.language}+{self.extra}")

    @property
    def pool(self) -> "PoolKey":
        """What it asks for: whoever may serve one line of a pool may serve all of them."""
        return (self.channel, self.needs, self.language_skill, self.gate if self.steps else 0)

    @property
    def row(self) -> tuple[int, str, str, int]:
        """Those of a line who have waited past the same steps."""
        return (*self.key, self.gate)

    @property
    def relaxed(self) -> "Line":
        """What is never relaxed, and nothing more."""
        return replace(self, steps=(), gate=WHOLE) if self.steps else self

    def after(self, waited: float) -> "Line":
        """What it asks for after a wait of so many seconds."""
        if not self.steps:
            return self
        step = self.opened(waited)
        gate = step.level if step else WHOLE
        return self if gate == self.gate else replace(self, gate=gate)

    def opened(self, waited: float) -> Step | None:
        """The last step that a wait of so many seconds has passed."""
        return next((step for step in reversed(self.steps) if step.after <= waited), None)

    def least(self, need: Need) -> int:
        """The level below which this need rules out."""
        if need.required:
            return max(1, need.min_level)
        return min(max(1, need.min_level), self.gate) if self.steps else 0


PoolKey = tuple[str, tuple[Need, ...], int | None, int]


@dataclass(frozen=True, slots=True)
class Item:
    """A piece of waiting work. `entered_at` (seconds) is its place; `excluded` maps agents to (code, until when)."""

    id: int
    line: Line
    entered_at: float
    value: float = 1.0
    last_agent: int | None = None
    excluded: Mapping[int, tuple[str, float]] = field(default_factory=dict)

    @property
    def opens_at(self) -> float | None:
        """When the next step of its line opens, in seconds."""
        return next((self.entered_at + step.after for step in self.line.steps if step.level < self.line.gate), None)


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one agent carries. Live work counts in units, tickets have a count of their own.

    Where a ticket in hand keeps its owner busy, it takes `ticket_units` too, and a call may still come if `calls_interrupt`.
    """

    units: int = 6
    chat_units: int = 2
    max_chats: int = 3
    max_tickets: int = 2
    ticket_units: int = 0
    calls_interrupt: bool = True

    def weight(self, channel: str) -> int:
        """Live units that one contact of this channel takes."""
        return {CALL: self.units, CHAT: self.chat_units}.get(channel, 0)


@dataclass(frozen=True, slots=True)
class Agent:
    """An agent at one instant. `out` is the code of a state in which nothing is offered, or None."""

    id: int
    levels: Mapping[int, int]
    out: str | None = None
    units: int = 0
    chats: int = 0
    tickets: int = 0
    idle_since: float = 0.0
    lapsed: frozenset[int] = frozenset()
    limits: Limits | None = None  # his own, where they differ from everybody's


def rule_out(item: Item, agent: Agent, limits: Limits, now: float) -> str | None:
    """The one reason why the agent cannot be offered the item now; None when he can. Training comes first: it matters most."""
    return (
        untrained(item.line.after(now - item.entered_at), agent.levels, agent.lapsed)
        or agent.out
        or no_room(item.line.channel, agent, limits)
        or _excluded(item, agent, now)
    )


def untrained(line: Line, levels: Mapping[int, int], lapsed=frozenset()) -> str | None:
    """What the agent lacks in training for this line: untrained, lapsed, level, language; None if nothing."""
    for need in line.needs:
        level = levels.get(need.skill_id, 0)
        if level < line.least(need):
            if level:
                return LEVEL
            return LAPSED if need.skill_id in lapsed else UNTRAINED
    if line.language_skill is not None and not levels.get(line.language_skill):
        return LANGUAGE
    return None


def no_room(channel: str, agent: Agent, limits: Limits) -> str | None:
    """Live units are checked together; deferrable tickets have their own count."""
    limits = agent.limits or limits
    if agent.units >= limits.units and not agent.chats:
        return IN_CALL
    if channel == TICKET and agent.tickets >= limits.max_tickets or channel == CHAT and agent.chats >= limits.max_chats:
        return NO_ROOM
    weight = limits.ticket_units if channel == TICKET else limits.weight(channel)
    carried = agent.units if channel == CALL and limits.calls_interrupt else agent.units + agent.tickets * limits.ticket_units
    return NO_ROOM if weight and carried + weight > limits.units else None


def level_for(line: Line, levels: Mapping[int, int]) -> int:
    """The level that counts for the score: the lowest among the required skills; 3 when the queue asks for none."""
    asked = [levels.get(need.skill_id, 0) for need in line.needs if need.required]
    return min(asked) if asked else 3


def _excluded(item: Item, agent: Agent, now: float) -> str | None:
    code, until = item.excluded.get(agent.id, (None, 0.0))
    return code if until > now else None
