"""The matcher: an index of what waits and who is free, that proposes who should be offered what. No I/O, no clock.

The dispatcher feeds it from the database and reserves what it proposes; a stale proposal costs one lost statement.
Times are seconds. Items and agents may be put, replaced and removed one at a time.
"""
from bisect import bisect_left, insort
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from support.routing import scores
from support.routing.fitness import TICKET, Agent, Item, Limits, Line, level_for, no_room, rule_out, untrained

LineKey = tuple[int, str, str]


@dataclass(frozen=True, slots=True)
class Candidate:
    """One agent as looked at for one item: ruled out by `out`, or scored by `terms`."""

    agent_id: int
    out: str | None
    level: int
    terms: dict[str, float]

    @property
    def score(self) -> float:
        return sum(self.terms.values())


@dataclass(frozen=True, slots=True)
class Proposal:
    item_id: int
    agent_id: int
    score: float


class Matcher:
    """`loads` maps a line to its arriving work per trained person (0 when unknown): the price of taking somebody from it."""

    def __init__(self, limits: Limits | None = None, loads: Mapping[LineKey, float] | None = None):
        self.limits = limits or Limits()
        self.loads = loads or {}
        self.items: dict[int, Item] = {}
        self.agents: dict[int, Agent] = {}
        self._lines: dict[LineKey, Line] = {}
        self._waiting: dict[LineKey, list[tuple[float, int]]] = {}
        self._free: dict[LineKey, set[int]] = {}

    # feeding

    def put_item(self, item: Item) -> None:
        self.remove_item(item.id)
        self._add_line(item.line)
        self.items[item.id] = item
        insort(self._waiting[item.line.key], (item.entered_at, item.id))

    def remove_item(self, item_id: int) -> None:
        item = self.items.pop(item_id, None)
        if item is not None:
            row = self._waiting[item.line.key]
            del row[bisect_left(row, (item.entered_at, item_id))]

    def put_agent(self, agent: Agent) -> None:
        self.agents[agent.id] = agent
        for key, line in self._lines.items():
            self._index(key, line, agent)

    def remove_agent(self, agent_id: int) -> None:
        self.agents.pop(agent_id, None)
        for free in self._free.values():
            free.discard(agent_id)

    def _add_line(self, line: Line) -> None:
        """A new line, or one whose hours or needs changed: see again who is free for it."""
        if self._lines.get(line.key) == line:
            return
        self._lines[line.key] = line
        self._waiting.setdefault(line.key, [])
        self._free[line.key] = set()
        for agent in self.agents.values():
            self._index(line.key, line, agent)

    def _index(self, key: LineKey, line: Line, agent: Agent) -> None:
        free = agent.out is None and no_room(line.channel, agent, self.limits) is None and untrained(line, agent.levels) is None
        (self._free[key].add if free else self._free[key].discard)(agent.id)

    # deciding

    def propose(self, now: float) -> list[Proposal]:
        """All matches possible now, one per item and per agent; what is proposed counts as reserved."""
        proposals = []
        while (proposal := self._next(now)) is not None:
            proposals.append(proposal)
            self.remove_item(proposal.item_id)
            self.put_agent(replace(self.agents[proposal.agent_id], out="ringing"))
        return proposals

    def arrived(self, item_id: int, now: float) -> Proposal | None:
        """The best free agent for one item."""
        item = self.items[item_id]
        best = None
        for agent in self._free_for(item, now):
            score = sum(scores.arrival(item, agent, self.price(agent, item.line.channel), now).values())
            rank = (score, -agent.idle_since, -agent.id)
            if best is None or rank > best[0]:
                best = (rank, agent.id)
        return Proposal(item_id, best[1], best[0][0]) if best else None

    def freed(self, agent_id: int, now: float) -> Proposal | None:
        """The best waiting item for one free agent: live work before deferrable, overdue before the rest."""
        agent = self.agents[agent_id]
        best = None
        for item in self._heads_for(agent, now):
            rank = (scores.is_live(item), scores.overdue(item, now), scores.freed(item, agent, now), -item.entered_at, -item.id)
            if best is None or rank > best[0]:
                best = (rank, item.id)
        return Proposal(best[1], agent_id, best[0][2]) if best else None

    def consider(self, item: Item, now: float) -> list[Candidate]:
        """Every agent with the one reason that rules him out or the terms of his score, best first: the record of a decision."""
        looked_at = [self._candidate(item, agent, now) for agent in self.agents.values()]
        return sorted(looked_at, key=lambda c: (c.out is not None, -c.score, c.agent_id))

    def price(self, agent: Agent, channel: str) -> float:
        """What the centre gives up: the lines this agent could serve now and could not with one more item of this channel."""
        if not self.loads or channel == TICKET:
            return 0.0
        fuller = replace(agent, units=agent.units + self.limits.weight(channel), chats=agent.chats + (channel == "chat"))
        return sum(
            scores.scarcity(load, len(self._free[key]))
            for key, load in self.loads.items()
            if agent.id in self._free.get(key, ()) and key[1] != TICKET and no_room(key[1], fuller, self.limits)
        )

    def _next(self, now: float) -> Proposal | None:
        """One match. With a single free agent the question is which item; otherwise the most urgent item asks for its best agent."""
        servable = [(item, agents) for item, agents in self._servable(now)]
        if not servable:
            return None
        agents = {agent.id for _, found in servable for agent in found}
        if len(agents) == 1:
            return self.freed(agents.pop(), now)
        first = max(servable, key=lambda pair: _rank(pair[0], now))[0]
        return self.arrived(first.id, now)

    def _servable(self, now: float) -> Iterator[tuple[Item, list[Agent]]]:
        """Of each line, the first item that somebody free may take."""
        for key, row in self._waiting.items():
            if not self._lines[key].open or not self._free[key]:
                continue
            for _, item_id in row:
                agents = self._free_for(self.items[item_id], now)
                if agents:
                    yield self.items[item_id], agents
                    break

    def _free_for(self, item: Item, now: float) -> list[Agent]:
        if not item.line.open:
            return []
        free = (self.agents[agent_id] for agent_id in self._free[item.line.key])
        return [agent for agent in free if item.excluded.get(agent.id, ("", 0.0))[1] <= now]

    def _heads_for(self, agent: Agent, now: float) -> Iterator[Item]:
        for key, row in self._waiting.items():
            if self._lines[key].open and agent.id in self._free[key]:
                waiting = (self.items[item_id] for _, item_id in row)
                head = next((item for item in waiting if item.excluded.get(agent.id, ("", 0.0))[1] <= now), None)
                if head is not None:
                    yield head

    def _candidate(self, item: Item, agent: Agent, now: float) -> Candidate:
        out = rule_out(item, agent, self.limits, now)
        terms = {} if out else scores.arrival(item, agent, self.price(agent, item.line.channel), now)
        return Candidate(agent.id, out, level_for(item.line, agent.levels), terms)


def _rank(item: Item, now: float) -> tuple:
    return (scores.is_live(item), scores.overdue(item, now), scores.urgency(item, now), -item.entered_at, -item.id)
