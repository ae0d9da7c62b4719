"""How a talk of the demo world went in time: who wrote when, when it was accepted, held, resolved, reopened, closed.

Pure. Agents work in opening hours only; customers sleep at night.
"""
from dataclasses import dataclass
from datetime import datetime, timedelta

from support.tickets.demo_talks import Line, Talk

NEW, OPEN, PENDING, ON_HOLD, RESOLVED, CLOSED = "new", "open", "pending", "on_hold", "resolved", "closed"


@dataclass(frozen=True)
class Step:
    """One thing that happened: say (a line), accept, resolve, reopen (a line that opens it again), close."""

    at: datetime
    act: str
    line: Line | None = None


class Pace:
    """How long people take, in a chat and in a thread of mails."""

    def __init__(self, channel: str, hours, zone, rng):
        self.chat, self.hours, self.zone, self.rng = channel == "chat", hours, zone, rng

    def accepted(self, at: datetime) -> datetime:
        seconds = self.rng.choice((18, 31, 44, 58, 75, 96, 130, 190)) if self.chat else self.rng.randint(240, 6600)
        return self.business(at, seconds)

    def agent(self, at: datetime, long: bool = False) -> datetime:
        """`long`: after it was on hold, when the world had to do something first."""
        if long:
            return self.business(at, self.rng.randint(3 * 3600, 8 * 3600))
        return self.business(at, self.rng.randint(25, 110) if self.chat else self.rng.randint(180, 5400))

    def customer(self, at: datetime, long: bool = False) -> datetime:
        if long or not self.chat:
            return self.awake(at + timedelta(seconds=self.rng.randint(900, 8 * 3600)))
        return at + timedelta(seconds=self.rng.randint(20, 140))

    def business(self, at: datetime, seconds: int) -> datetime:
        return self.hours.add(at, seconds)

    def awake(self, at: datetime) -> datetime:
        local = at.astimezone(self.zone)
        if local.hour < 7:
            return at + timedelta(hours=7 - local.hour, minutes=self.rng.randint(5, 90))
        return at + timedelta(hours=8.5) if local.hour >= 23 else at


def course(talk: Talk, opened: datetime, pace: Pace, again: bool = False) -> list[Step]:
    """The whole course of a talk until it was resolved; with `again` the customer came back once."""
    steps = [Step(opened, "say", talk.lines[0])]
    at = pace.accepted(opened)
    steps.append(Step(at, "accept"))
    steps += _said(talk.lines[1:], at, pace)
    steps.append(_resolved(steps[-1], pace))
    if again and talk.again:
        back = pace.awake(steps[-1].at + timedelta(seconds=pace.rng.randint(3 * 3600, 3 * 86_400)))
        steps.append(Step(back, "reopen", talk.again[0]))
        steps += _said(talk.again[1:], back, Pace("form", pace.hours, pace.zone, pace.rng))
        steps.append(_resolved(steps[-1], pace))
    return steps


def _said(lines: tuple[Line, ...], at: datetime, pace: Pace) -> list[Step]:
    steps, held, before = [], False, "C"
    for line in lines:
        if line.writer == "N":
            at = pace.business(at, pace.rng.randint(40, 200))
        elif line.writer == "A":
            at = pace.agent(at, long=held and before == "A" or held)
            held = line.then == ON_HOLD
        else:
            at = pace.customer(at, long=held or bool(steps) and _was_held(steps))
        before = line.writer
        steps.append(Step(at, "say", line))
    return steps


def _was_held(steps: list[Step]) -> bool:
    """Whether the last words of the agent came after a pause on hold, so the chat window is long closed."""
    return any(step.line.then == ON_HOLD for step in steps)


def _resolved(last: Step, pace: Pace) -> Step:
    wait = pace.rng.randint(15, 70) if pace.chat else pace.rng.randint(60, 1500)
    return Step(pace.business(last.at, wait), "resolve")


def cut(steps: list[Step], state: str, rng) -> list[Step] | None:
    """The beginning of a course that leaves the ticket in a state; None if it never is in it."""
    if state == NEW:
        return steps[:1]
    ends = [place for place, step in enumerate(steps) if _leaves(steps, place, step, state)]
    return steps[: rng.choice(ends) + 1] if ends else None


def _leaves(steps: list[Step], place: int, step: Step, state: str) -> bool:
    if step.line is None:
        return state == OPEN and step.act == "accept"
    if step.line.writer == "A":
        return step.line.then == state
    return state == OPEN and step.line.writer == "C" and place > 1 and not _on_hold(steps[:place])


def _on_hold(steps: list[Step]) -> bool:
    """Whether the last words of the agent put it on hold: a customer's thanks do not change that."""
    last = next((step.line for step in reversed(steps) if step.line and step.line.writer == "A"), None)
    return last is not None and last.then == ON_HOLD
