"""The matcher: an index of what waits and who is free, that proposes who should be offered what. No I/O, no clock.

Whoever feeds it reserves what it proposes; a stale proposal costs one lost statement. Times are seconds. Items and agents are put,
replaced and removed one at a time, and each change touches only what it concerns: the pools an agent is trained for, the row an item waits in.
A pool is all lines that ask for the same training on the same channel, so whoever is free for one is free for each of them.
"""
from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from heapq import heappop, heappush

from support.routing import scores
from support.routing.fitness import CALL, CHAT, THERE, TICKET, WHOLE, Agent, Item, Limits, Line, PoolKey, level_for, no_room, rule_out, untrained

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


class Pool:
    """Everybody trained for the same work on one channel."""

    __slots__ = ("line", "rows", "waiting", "free", "free_count", "there", "work", "each", "price")

    def __init__(self, line: Line):
        self.line = line  # any of them: what it asks for is the same for all
        self.rows: list[Row] = []
        self.waiting: dict[tuple, Row] = {}  # those of the rows in which somebody waits and which are open
        self.free: list[dict[int, Desk]] = [{} for _level in scores.RESOLVES]  # by level, who may take one more now
        self.free_count = 0
        self.there = 0  # trained and at the desk, free or not
        self.work = 0.0  # what arrives, in people kept busy, weighed by its value
        self.each = 0.0  # the same for each who is there
        self.price = 0.0  # what the pool loses with one more free person gone

    def settle(self) -> None:
        """Share the work anew, after it or who is there has changed."""
        self.each = self.work / self.there if self.there else 0.0
        self.price = self.each * scores.scarcity(self.free_count)


class Row:
    """What waits in one line, oldest first."""

    __slots__ = ("line", "pool", "items")

    def __init__(self, line: Line, pool: Pool):
        self.line, self.pool = line, pool
        self.items: list[tuple[float, int]] = []


class Desk:
    """One agent with the pools he is trained for, by channel, and where he stands in them."""

    __slots__ = ("agent", "pools", "roomy", "is_there")

    def __init__(self, agent: Agent):
        self.agent = agent
        self.pools: dict[str, list[tuple[Pool, int]]] = {CALL: [], CHAT: [], TICKET: []}  # each with his level
        self.roomy: frozenset[str] = frozenset()  # channels on which he may take one more now
        self.is_there = False


class Matcher:
    """`loads` maps a line to the work that arrives in it, in people kept busy (0 when unknown): the price of taking somebody from it."""

    def __init__(self, limits: Limits | None = None, loads: Mapping[LineKey, float] | None = None):
        self.limits = limits or Limits()
        self.loads = loads or {}
        self.items: dict[int, Item] = {}
        self._desks: dict[int, Desk] = {}
        self._pools: dict[PoolKey, Pool] = {}
        self._rows: dict[tuple, Row] = {}
        self._opening: list[tuple[float, int]] = []  # when a step opens for whom; who has left since is passed over
        self._losses: dict[tuple, tuple[str, ...]] = {}

    # feeding

    def learn(self, loads: Mapping[LineKey, float]) -> None:
        """What arrives has changed."""
        self.loads = loads
        for pool in self._pools.values():
            self._weigh(pool)

    def put_line(self, line: Line) -> None:
        """A new line, or one whose hours or needs changed. Putting an item of it does the same."""
        row = self._rows.get(line.row)
        if row is not None and row.line == line:
            return
        items = row.items if row else []
        if row is not None:
            row.pool.waiting.pop(line.row, None)
            row.pool.rows.remove(row)
            self._weigh(row.pool)
        pool = self._pools.get(line.pool) or self._open_pool(line)
        row = self._rows[line.row] = Row(line, pool)
        row.items = items
        pool.rows.append(row)
        self._note(row)
        self._weigh(pool)

    def put_item(self, item: Item) -> None:
        self.remove_item(item.id)
        self.put_line(item.line)
        self.items[item.id] = item
        row = self._rows[item.line.row]
        insort(row.items, (item.entered_at, item.id))
        self._note(row)
        if (opens_at := item.opens_at) is not None:
            heappush(self._opening, (opens_at, item.id))

    def remove_item(self, item_id: int) -> None:
        item = self.items.pop(item_id, None)
        if item is not None:
            row = self._rows[item.line.row]
            del row.items[bisect_left(row.items, (item.entered_at, item_id))]
            self._note(row)

    def put_agent(self, agent: Agent) -> None:
        desk = self._desks.get(agent.id)
        if desk is None or desk.agent.levels != agent.levels:
            self.remove_agent(agent.id)
            desk = self._desks[agent.id] = Desk(agent)
            for pool in self._pools.values():
                self._train(desk, pool)
        desk.agent = agent
        self._stand(desk, agent.out in THERE, self._room(agent))

    def remove_agent(self, agent_id: int) -> None:
        desk = self._desks.get(agent_id)
        if desk is not None:
            self._stand(desk, False, frozenset())
            del self._desks[agent_id]

    def agent(self, agent_id: int) -> Agent:
        """As last put."""
        return self._desks[agent_id].agent

    def agents(self) -> dict[int, Agent]:
        """Everybody as last put."""
        return {agent_id: desk.agent for agent_id, desk in self._desks.items()}

    def anybody_for(self, line: Line) -> bool:
        """Whether somebody trained for this line is at a desk, free or not."""
        pool = self._pools.get(line.pool) or self._open_pool(line)
        return pool.there > 0

    def _weigh(self, pool: Pool) -> None:
        pool.work = sum(self.loads.get(row.line.key, 0.0) for row in pool.rows if row.line.gate == WHOLE)  # work arrives before any step has opened
        pool.settle()

    def _open_pool(self, line: Line) -> Pool:
        pool = self._pools[line.pool] = Pool(line)
        for desk in self._desks.values():
            if self._train(desk, pool):
                pool.there += desk.is_there
                if line.channel in desk.roomy:
                    level = desk.pools[line.channel][-1][1]
                    pool.free[level][desk.agent.id] = desk
                    pool.free_count += 1
        return pool

    def _train(self, desk: Desk, pool: Pool) -> bool:
        """Add a pool to those he is trained for, if he is."""
        line, levels = pool.line, desk.agent.levels
        if untrained(line, levels) is not None:
            return False
        desk.pools[line.channel].append((pool, level_for(line, levels)))
        return True

    def _stand(self, desk: Desk, is_there: bool, roomy: frozenset[str]) -> None:
        """Note in his pools whether he is there and where he has room; touches only what has changed."""
        comes = is_there - desk.is_there
        for channel, pools in desk.pools.items():
            takes = (channel in roomy) - (channel in desk.roomy)
            if not (comes or takes):
                continue
            for pool, level in pools:
                if takes > 0:
                    pool.free[level][desk.agent.id] = desk
                elif takes:
                    del pool.free[level][desk.agent.id]
                pool.free_count += takes
                if comes:
                    pool.there += comes
                    pool.settle()
                pool.price = pool.each * scores.scarcity(pool.free_count)
        desk.is_there, desk.roomy = is_there, roomy

    def _room(self, agent: Agent) -> frozenset[str]:
        """The channels on which this agent may take one more."""
        if agent.out is not None:
            return frozenset()
        return frozenset(channel for channel in (CALL, CHAT, TICKET) if no_room(channel, agent, self.limits) is None)

    def _note(self, row: Row) -> None:
        if row.items and row.line.open:
            row.pool.waiting[row.line.row] = row
        else:
            row.pool.waiting.pop(row.line.row, None)

    def _relax(self, now: float) -> None:
        """Whoever has waited past a step stands from now on where less is asked for, in his old place."""
        while self._opening and self._opening[0][0] <= now:
            item = self.items.get(heappop(self._opening)[1])
            if item is not None and item.opens_at is not None and item.opens_at <= now:
                self.put_item(replace(item, line=item.line.after(now - item.entered_at)))

    # deciding

    def propose(self, now: float) -> list[Proposal]:
        """All matches possible now, one per item and per agent; what is proposed counts as reserved."""
        proposals = []
        while (proposal := self._next(now)) is not None:
            self.remove_item(proposal.item_id)
            self.put_agent(replace(self.agent(proposal.agent_id), out="ringing"))
            proposals.append(proposal)
        return proposals

    def arrived(self, item_id: int, now: float) -> Proposal | None:
        """The best free agent for one item."""
        self._relax(now)
        item, best = self.items[item_id], None
        row = self._rows[item.line.row]
        if not row.line.open:
            return None
        for level in range(len(scores.RESOLVES) - 1, -1, -1):
            for desk in row.pool.free[level].values():
                if not _is_excluded(item, desk.agent.id, now) and (score := self._worth(item, desk.agent, now)) is not None:
                    rank = (score, -desk.agent.idle_since, -desk.agent.id)
                    if best is None or rank > best:
                        best = rank
            if best is not None and best[0] >= scores.most(item, level - 1):
                break
        return Proposal(item_id, -best[2], best[0]) if best else None

    def freed(self, agent_id: int, now: float) -> Proposal | None:
        """The best waiting item for one free agent; what is far past its target first."""
        self._relax(now)
        desk, best = self._desks[agent_id], None
        price = self.price(desk.agent, TICKET)
        for item, level in self._heads_for(desk, now):
            if not _is_spared(item, price, now):
                rank = (self._comes_first(item), scores.overdue(item, now), scores.freed(item, level, agent_id, now), -item.entered_at, -item.id)
                if best is None or rank > best:
                    best = rank
        return Proposal(-best[4], agent_id, best[2]) if best else None

    def consider(self, item: Item, now: float) -> list[Candidate]:
        """Every agent with the one reason that rules him out or the terms of his score, best first: the record of a decision."""
        item = replace(item, line=item.line.after(now - item.entered_at))
        looked_at = [self._candidate(item, desk.agent, now) for desk in self._desks.values()]
        return sorted(looked_at, key=lambda c: (c.out is not None, -c.score, c.agent_id))

    def price(self, agent: Agent, channel: str) -> float:
        """What the centre gives up: what the pools lose that this agent could serve now and could not with one more item of this channel."""
        desk = self._desks.get(agent.id)
        if desk is None or not self.loads:
            return 0.0
        return sum(pool.price for lost in self._lost(agent, channel) if lost in desk.roomy for pool, _level in desk.pools[lost])

    def _next(self, now: float) -> Proposal | None:
        """One match. With a single agent who could do something the question is which item; otherwise the most urgent item asks for its best agent."""
        self._relax(now)
        rows = [row for pool in self._pools.values() if pool.free_count for row in pool.waiting.values()]
        only = _the_only_one(row.pool for row in rows)
        if only is not None:
            return self.freed(only, now)
        heads = [item for row in rows if (item := self._first(row, now)) is not None]
        heads.sort(key=lambda item: (self._comes_first(item), scores.overdue(item, now), scores.urgency(item, now), -item.entered_at, -item.id), reverse=True)
        return next((found for item in heads if (found := self.arrived(item.id, now)) is not None), None)

    def _comes_first(self, item: Item) -> bool:
        """Whether somebody sits and waits, where a ticket in hand takes no room from live work: whoever takes the live one is asked for the ticket right after."""
        return item.line.channel != TICKET or self.limits.ticket_units > 0

    def _first(self, row: Row, now: float) -> Item | None:
        """The first item of a row that somebody free may take."""
        for _, item_id in row.items:
            item = self.items[item_id]
            if not item.excluded or any(not _is_excluded(item, agent_id, now) for some in row.pool.free for agent_id in some):
                return item
        return None

    def _worth(self, item: Item, agent: Agent, now: float) -> float | None:
        """The score of this free agent for this item; None where it had better wait."""
        price = self.price(agent, item.line.channel)
        return None if _is_spared(item, price, now) else sum(scores.arrival(item, agent, price, now).values())

    def _lost(self, agent: Agent, channel: str) -> tuple[str, ...]:
        """The live channels on which this agent would have no room with one more item of that channel."""
        limits = agent.limits or self.limits
        state = (limits, channel, agent.units, agent.chats, agent.tickets)
        if state not in self._losses:
            fuller = replace(
                agent, units=agent.units + limits.weight(channel), chats=agent.chats + (channel == CHAT), tickets=agent.tickets + (channel == TICKET)
            )
            self._losses[state] = tuple(live for live in (CALL, CHAT) if no_room(live, fuller, self.limits) is not None)
        return self._losses[state]

    def _heads_for(self, desk: Desk, now: float) -> Iterator[tuple[Item, int]]:
        """Of each row that this agent may serve now, the first item he is not excluded from, and his level for it."""
        for channel in desk.roomy:
            for pool, level in desk.pools[channel]:
                for row in pool.waiting.values():
                    for _, item_id in row.items:
                        item = self.items[item_id]
                        if not _is_excluded(item, desk.agent.id, now):
                            yield item, level
                            break

    def _candidate(self, item: Item, agent: Agent, now: float) -> Candidate:
        out = rule_out(item, agent, self.limits, now)
        terms = {} if out else scores.arrival(item, agent, self.price(agent, item.line.channel), now)
        return Candidate(agent.id, out, level_for(item.line, agent.levels), terms)


def _is_spared(item: Item, price: float, now: float) -> bool:
    """Whether the agent had better stay free for live work that may come: deferrable work waits until it is worth his price."""
    return item.line.channel == TICKET and scores.urgency(item, now) <= price and not scores.overdue(item, now)


def _is_excluded(item: Item, agent_id: int, now: float) -> bool:
    return bool(item.excluded) and item.excluded.get(agent_id, ("", 0.0))[1] > now


def _the_only_one(pools: Iterable[Pool]) -> int | None:
    """The agent who alone is free in these pools; None when there are several, or nobody."""
    found: set[int] = set()
    for pool in pools:
        for some in pool.free:
            found.update(some)
        if len(found) > 1:
            return None
    return found.pop() if found else None
