"""The product's matcher in the simulator of other people's policies: the class that the dispatcher imports, fed with the simulator's events.

    PYTHONPATH=<project> python run.py --pol benchmarks.routing_adapter:Matcher

A class of the simulator is a line of its own; training, languages and channels are skills. What it decides is the product's alone.
"""
from collections import deque

from support.routing import matcher
from support.routing.fitness import CALL, CHAT, TICKET, Agent, Item, Limits, Line, Need

CHANNELS = {"voice": CALL, "chat": CHAT, "ticket": TICKET}
MEMORY, REFRESH = 1800.0, 60.0  # seconds: how long arrivals are remembered, how often the prices learn of them
SPOKEN, SERVED = 100_000, 200_000  # numbers of the skills that stand for languages and channels
BEST = 5


class Matcher:
    """The simulator's side: see the README of its folder for the events."""

    mode = "event"

    def reset(self, static: dict) -> None:
        weights, yields = static["capacity"]["weights"], static["capacity"].get("interruptible", [])
        self.units, self.ticket_units = static["capacity"]["units"], weights["ticket"]
        self.lines = {row["id"]: self._line(row) for row in static["classes"]}
        self.handling = {row["id"]: row["aht_s"] for row in static["classes"]}
        self.levels, self.limits = {}, {}
        for row in static["agents"]:
            skills = {int(skill): level for skill, level in row["skills"].items()}
            spoken = {SPOKEN + language: BEST for language in row["languages"]}
            self.levels[row["id"]] = skills | spoken | {SERVED + number: BEST for number, name in enumerate(CHANNELS) if name in row["channels"]}
            self.limits[row["id"]] = Limits(self.units, weights["chat"], row["max_chat"], row["max_ticket"], self.ticket_units, "ticket" in yields)
        self.matcher = matcher.Matcher(Limits(self.units, weights["chat"], ticket_units=self.ticket_units, calls_interrupt="ticket" in yields))
        for line in self.lines.values():
            self.matcher.put_line(line)
        self.arrivals, self.counted, self.learned_at = deque(), {}, 0.0

    def event(self, event: dict, now: float) -> list[tuple[int, int]]:
        """What is offered because of this event: pairs of item and agent."""
        if event["type"] == "item_added":
            return self._added(event["item"], now)
        if event["type"] == "item_gone":
            self.matcher.remove_item(event["id"])
        elif event["type"] == "agent":
            return self._changed(event["agent"], event["on"], now)
        else:
            return self._ticked(now)
        return []

    def _added(self, row: dict, now: float) -> list[tuple[int, int]]:
        if row["created"] == now:
            self._count(row["cls"], now)
        self.matcher.put_item(Item(row["id"], self.lines[row["cls"]], row["created"], last_agent=row["last_agent"]))
        return self._reserved(self.matcher.arrived(row["id"], now))

    def _changed(self, row: dict, is_on: bool, now: float) -> list[tuple[int, int]]:
        if not is_on:
            self.matcher.remove_agent(row["id"])
            return []
        self.matcher.put_agent(self._agent(row))
        return self._reserved(self.matcher.freed(row["id"], now)) if row["can"] else []

    def _ticked(self, now: float) -> list[tuple[int, int]]:
        if now - self.learned_at >= REFRESH:
            self._learn(now)
        return [pair for proposal in self.matcher.propose(now) for pair in self._reserved(proposal)]

    def _reserved(self, proposal: matcher.Proposal | None) -> list[tuple[int, int]]:
        """The simulator tells of the agent's new state by itself."""
        if proposal is None:
            return []
        self.matcher.remove_item(proposal.item_id)
        return [(proposal.item_id, proposal.agent_id)]

    def _agent(self, row: dict) -> Agent:
        live = row["load"] - row["tickets"] * self.ticket_units
        return Agent(
            row["id"], self.levels[row["id"]], None if row["can"] else "ringing", units=self.units if row["in_call"] else live, chats=row["chats"], tickets=row["tickets"],
            idle_since=row["last_done"], limits=self.limits[row["id"]],
        )

    def _line(self, row: dict) -> Line:
        channel = CHANNELS[row["channel"]]
        needs = (Need(row["skill"], row["min_level"]), Need(SERVED + list(CHANNELS).index(row["channel"])))
        return Line(
            row["id"], channel, str(row["lang"]), needs, SPOKEN + row["lang"], target_seconds=row["target_s"], due_seconds=row["sla_s"] or 1.0, value=row["value"]
        )

    def _count(self, number: int, now: float) -> None:
        self.arrivals.append((now, number))
        self.counted[number] = self.counted.get(number, 0) + 1

    def _learn(self, now: float) -> None:
        """What the product counts in its database: the live work of the last half hour, in people kept busy, weighed by its value. It takes 420 s for each contact."""
        self.learned_at = now
        while self.arrivals and self.arrivals[0][0] < now - MEMORY:
            self.counted[self.arrivals.popleft()[1]] -= 1
        seconds = max(300.0, min(MEMORY, now))
        self.matcher.learn({
            line.key: line.value * self.counted.get(number, 0) * self.handling[number] / seconds
            for number, line in self.lines.items() if line.channel != TICKET
        })
