"""Who waits in which line and who at a desk could take it: what one who joins sees of it. Pure; `estimates.py` makes a wait of it."""
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from support.routing.estimates import Sight
from support.routing.fitness import TICKET, Agent, Line, untrained

LAST = (float("inf"), 0)


@dataclass(frozen=True, slots=True)
class Waiting:
    """One who waits, or `count` of them of whom the first came at `entered_at` (seconds). `id` settles who of two came first."""

    line: Line
    entered_at: float
    value: float = 1.0
    count: int = 1
    id: int = 0

    @property
    def place(self) -> tuple[float, int]:
        return (self.entered_at, self.id)


class Crowd:
    """All who wait and all agents at their desks, free or busy, at one instant."""

    def __init__(self, waiting: Iterable[Waiting], agents: Iterable[Agent]):
        self._rows: dict[tuple, list[Waiting]] = {}
        self._lines: dict[tuple, Line] = {}
        self._counts: Counter[tuple] = Counter()
        self._trained: dict[tuple, bool] = {}
        self._sums: dict[tuple, int] = {}
        for row in waiting:
            self._rows.setdefault(row.line.key, []).append(row)
            self._lines[row.line.key] = row.line
            self._counts[row.line.key] += row.count
        self._alike = Counter(frozenset(agent.levels.items()) for agent in agents)  # people of the same training count together

    def sight(self, line: Line, at: float, *, value: float = 1.0, place: tuple[float, int] = LAST) -> Sight:
        """What somebody of this line sees whose place that is; without one he is only about to join, behind all others."""
        key = line.key
        before = [row for row in self._rows.get(key, ()) if row.place < place]
        joining = 1 if place == LAST else 0
        others = [(people, self._lines_of(levels, line) + joining) for levels, people in self._alike.items() if self._is_trained(levels, line)]
        desks = sum(people for people, _count in others)
        own = max(1, self._counts[key] + joining)
        return Sight(
            cell=key, channel=line.channel, at=at, ahead=sum(row.count for row in before), first=sum(row.count for row in before if row.value >= value),
            head_seconds=max((at - row.entered_at for row in before), default=0.0), desks=desks, value=value,
            share=sum(people * own / max(own, count) for people, count in others),
            around=sum(people * max(own, count) for people, count in others) / max(1, desks),
        )

    def busiest(self, queue_id: int, channel: str) -> Line | None:
        """The line of the queue in which most wait, whatever the language; None when nobody does."""
        lines = [key for key in self._counts if key[:2] == (queue_id, channel)]
        return self._lines[max(lines, key=lambda key: (self._counts[key], key))] if lines else None

    def _lines_of(self, levels: frozenset, line: Line) -> int:
        """How many wait for people of this training. Deferrable tickets keep nobody from those who wait live."""
        tickets = line.channel == TICKET
        if (levels, tickets) not in self._sums:
            self._sums[levels, tickets] = sum(
                count for key, count in self._counts.items() if (tickets or key[1] != TICKET) and self._is_trained(levels, self._lines[key])
            )
        return self._sums[levels, tickets]

    def _is_trained(self, levels: frozenset, line: Line) -> bool:
        known = self._trained.get((levels, line.key))
        if known is None:
            known = self._trained[levels, line.key] = untrained(line, dict(levels)) is None
        return known
