"""The replay: a queue of instants, the product's own matcher, and nothing else. No I/O, no clock; the same day and seed give the same outcome.

What is drawn (how long it rings, whether an offer is missed) hangs on the seed, the case and the attempt, so that two replays
with different people meet the same customers and the same luck.
"""
import heapq
import random
from collections import deque
from dataclasses import replace
from itertools import count

from support.routing import scores
from support.routing.fitness import CHAT, TICKET, Agent, Item, Line, level_for
from support.routing.matcher import Matcher, Proposal
from support.whatif.day import Case, Day, Outcome, Worker

MEMORY, REFRESH = 1800.0, 60.0  # seconds: how long arrivals are remembered, how often the prices learn of them
LOOK = 10.0  # seconds between two looks at what is kept back for live work that may come
HANDLING_SECONDS = 420.0  # of one live contact, as the dispatcher takes it


class Desk:
    """One person during the replay."""

    def __init__(self, worker: Worker, at: float):
        self.worker, self.is_there, self.is_ringing = worker, False, False
        self.away_until = self.wrap_until = 0.0
        self.idle_since = at
        self.held: list[str] = []

    def out(self, at: float) -> str | None:
        """The code of the state in which nothing is offered."""
        if not self.is_there:
            return "offline"
        if self.is_ringing:
            return "ringing"
        if at < self.away_until:
            return "not_answering"
        return "wrap_up" if at < self.wrap_until else None


def run(day: Day, seed: int = 1) -> tuple[Outcome, ...]:
    """What becomes of every case, in the order in which they came."""
    with scores.using(day.rules.weights):
        return _Replay(day, seed).outcomes()


class _Replay:
    def __init__(self, day: Day, seed: int):
        self.day, self.seed, self.rules = day, seed, day.rules
        self.matcher = Matcher(day.rules.limits)
        self.desks = {worker.id: Desk(worker, day.begins) for worker in day.workers}
        self.cases = {case.id: case for case in day.cases}
        self.found: dict[int, Outcome] = {case.id: Outcome(case) for case in day.cases}
        self.waits: dict[int, dict[int, tuple[str, float]]] = {}  # cases in line, each with whom not to ask again yet
        self.rung: dict[int, Desk] = {}  # where a case rings
        self.lines: dict[tuple, Line] = {}
        self.arrivals: deque[tuple[float, Line]] = deque()
        self.heap: list = []
        self._order = count()

    def outcomes(self) -> tuple[Outcome, ...]:
        self._plan()
        while self.heap and self.heap[0][0] <= self.day.ends:
            at, _order, act, subject = heapq.heappop(self.heap)
            act(at, *subject)
            if not self.heap or self.heap[0][0] > at:  # all of one instant first
                self._match(at)
        return tuple(self.found[case.id] for case in self.day.cases)

    def _plan(self) -> None:
        for case in self.day.cases:
            self.lines.setdefault(case.line.key, replace(case.line, open=self._opens(case.line.queue_id, self.day.begins)))
        for line in self.lines.values():
            self.matcher.put_line(line)
        for desk in self.desks.values():
            self._show(desk, self.day.begins)
            for begins, ends in desk.worker.there:
                self._at(max(begins, self.day.begins), self._comes, desk)
                self._at(ends, self._goes, desk)
        for queue_id, stretches in self.day.hours.items():
            for instant in {instant for stretch in stretches for instant in stretch}:
                self._at(max(instant, self.day.begins), self._turns, queue_id)
        for case in self.day.cases:
            self._at(max(case.entered_at, self.day.begins), self._enters, case)
        self._at(self.day.begins, self._learns)
        self._at(self.day.begins, self._looks)

    def _at(self, at: float, act, *subject) -> None:
        heapq.heappush(self.heap, (at, next(self._order), act, subject))

    def _opens(self, queue_id: int, at: float) -> bool:
        stretches = self.day.hours.get(queue_id)
        return stretches is None or any(begins <= at < ends for begins, ends in stretches)

    def _dice(self, case: Case) -> random.Random:
        return random.Random(f"{self.seed}:{case.id}:{self.found[case.id].offers}")

    # what happens

    def _comes(self, at: float, desk: Desk) -> None:
        desk.is_there, desk.idle_since = True, at
        self._show(desk, at)

    def _goes(self, at: float, desk: Desk) -> None:
        """Whoever leaves keeps what is in hand; what rings goes back in its place."""
        desk.is_there = any(begins <= at < ends for begins, ends in desk.worker.there)
        if not desk.is_there:
            for case_id in [case_id for case_id, rung in self.rung.items() if rung is desk]:
                self._withdraws(case_id, at)
                self._line_up(self.cases[case_id])
        self._show(desk, at)

    def _withdraws(self, case_id: int, at: float) -> None:
        desk = self.rung.pop(case_id, None)
        if desk is not None:
            desk.is_ringing = False
            self._show(desk, at)

    def _turns(self, at: float, queue_id: int) -> None:
        for key, line in self.lines.items():
            if line.queue_id == queue_id:
                self.lines[key] = replace(line, open=self._opens(queue_id, at))
                self.matcher.put_line(self.lines[key])

    def _enters(self, at: float, case: Case) -> None:
        if case.line.channel != TICKET:
            self.arrivals.append((at, case.line))
        self.waits[case.id] = {}
        self._line_up(case)
        if case.patience is not None:
            self._at(case.entered_at + case.patience, self._leaves, case)

    def _leaves(self, at: float, case: Case) -> None:
        """Also while it rings at a desk: the agent is free again."""
        if case.id in self.waits:
            self._withdraws(case.id, at)
            del self.waits[case.id]
            self.matcher.remove_item(case.id)
            self.found[case.id] = replace(self.found[case.id], left_at=at)

    def _rings_out(self, at: float, case: Case, desk: Desk, end: str, attempt: int) -> None:
        if self.rung.get(case.id) is not desk or self.found[case.id].offers != attempt:
            return  # withdrawn meanwhile
        desk.is_ringing = False
        del self.rung[case.id]
        if end == "taken":
            self._takes(at, case, desk)
        else:
            until = at + self.rules.retry_same_agent_seconds
            self.waits[case.id][desk.worker.id] = (end, until)
            self._at(until, self._again, desk)
            if end == "missed":
                desk.away_until = until
            self._line_up(case)
        self._show(desk, at)

    def _takes(self, at: float, case: Case, desk: Desk) -> None:
        del self.waits[case.id]
        ends = at + case.handling * scores.HANDLING[level_for(case.line, desk.worker.levels)] * desk.worker.speed
        desk.held.append(case.line.channel)
        self.found[case.id] = replace(self.found[case.id], answered_at=at, worker_id=desk.worker.id, ended_at=ends)
        self._at(ends, self._ends, case, desk)

    def _ends(self, at: float, case: Case, desk: Desk) -> None:
        desk.held.remove(case.line.channel)
        if case.line.channel != TICKET and self.rules.wrap_up_seconds:
            desk.wrap_until = at + self.rules.wrap_up_seconds
            self._at(desk.wrap_until, self._again, desk)
        if not desk.held:
            desk.idle_since = at
        self._show(desk, at)

    def _again(self, at: float, desk: Desk) -> None:
        self._show(desk, at)

    def _learns(self, at: float) -> None:
        while self.arrivals and self.arrivals[0][0] < at - MEMORY:
            self.arrivals.popleft()
        loads: dict[tuple, float] = {}
        for _came, line in self.arrivals:
            loads[line.key] = loads.get(line.key, 0.0) + line.value * HANDLING_SECONDS / MEMORY
        self.matcher.learn(loads)
        self._at(at + REFRESH, self._learns)

    def _looks(self, at: float) -> None:
        self._at(at + LOOK, self._looks)

    # the matcher

    def _line_up(self, case: Case) -> None:
        self.matcher.put_item(Item(case.id, self.lines[case.line.key], case.entered_at, case.value, case.last_agent, dict(self.waits[case.id])))

    def _show(self, desk: Desk, at: float) -> None:
        weight = self.rules.limits.weight
        self.matcher.put_agent(Agent(
            desk.worker.id, desk.worker.levels, desk.out(at), units=sum(weight(channel) for channel in desk.held), chats=desk.held.count(CHAT),
            tickets=desk.held.count(TICKET), idle_since=desk.idle_since, limits=desk.worker.limits,
        ))

    def _match(self, at: float) -> None:
        if self.matcher.items:
            for proposal in self.matcher.propose(at):
                self._offers(at, proposal)

    def _offers(self, at: float, proposal: Proposal) -> None:
        case, desk = self.cases[proposal.item_id], self.desks[proposal.agent_id]
        self.found[case.id] = replace(self.found[case.id], offers=self.found[case.id].offers + 1)
        dice = self._dice(case)
        luck, rings = dice.random(), dice.uniform(*self.rules.rings)
        end = "missed" if luck < desk.worker.misses else "declined" if luck < desk.worker.misses + desk.worker.declines else "taken"
        desk.is_ringing, self.rung[case.id] = True, desk
        seconds = self.rules.ring_seconds[case.line.channel] if end == "missed" else rings
        self._at(at + seconds, self._rings_out, case, desk, end, self.found[case.id].offers)

