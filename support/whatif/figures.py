"""What a day's outcomes come to: service, abandonment and waits by queue, skill and language; tickets late; how busy people were. Pure."""
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import ceil

from support.routing.fitness import TICKET
from support.whatif.day import Day, Outcome

AT_ONCE = 5.0  # seconds: whoever leaves within them did not wait for an answer


@dataclass(frozen=True)
class Figures:
    """Of one group. Shares from 0 to 1, waits in seconds; None where there was nothing to count."""

    contacts: int = 0
    in_time: float | None = None
    left: float | None = None
    median: float | None = None
    p90: float | None = None
    tickets: int = 0
    ticket_median: float | None = None
    late: int = 0


@dataclass(frozen=True)
class Measured:
    """A whole day."""

    all: Figures
    by_queue: dict[str, Figures]
    by_skill: dict[str, Figures]
    by_language: dict[str, Figures]
    occupancy: float | None
    offers: int


def measure(day: Day, outcomes: Iterable[Outcome]) -> Measured:
    """Of the cases that count; offers and occupancy are everybody's."""
    outcomes = list(outcomes)
    counted = [outcome for outcome in outcomes if outcome.case.counted]
    return Measured(
        _figures(counted, day.ends),
        _grouped(counted, day.ends, lambda line: [day.queues.get(line.queue_id, str(line.queue_id))]),
        _grouped(counted, day.ends, lambda line: [day.skills.get(need.skill_id, str(need.skill_id)) for need in line.needs if need.required]),
        _grouped(counted, day.ends, lambda line: [day.skills.get(line.language_skill, line.language)] if line.language else []),
        _occupancy(day, outcomes), sum(outcome.offers for outcome in outcomes),
    )


def waited(outcome: Outcome, ends: float) -> float:
    """Until answered, left, or the end of the day."""
    until = next((at for at in (outcome.answered_at, outcome.left_at) if at is not None), ends)
    return max(0.0, until - outcome.case.entered_at)


def quantile(values: list[float], share: float) -> float | None:
    """The value that this share stays at or under."""
    return sorted(values)[max(0, ceil(share * len(values)) - 1)] if values else None


def _grouped(outcomes: list[Outcome], ends: float, names: Callable) -> dict[str, Figures]:
    groups: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        for name in names(outcome.case.line):
            groups.setdefault(name, []).append(outcome)
    return {name: _figures(groups[name], ends) for name in sorted(groups)}


def _figures(outcomes: list[Outcome], ends: float) -> Figures:
    live = [outcome for outcome in outcomes if outcome.case.line.channel != TICKET]
    tickets = [outcome for outcome in outcomes if outcome.case.line.channel == TICKET]
    waits = [waited(outcome, ends) for outcome in live]
    asked = sum(outcome.left_at is None or waited(outcome, ends) > AT_ONCE for outcome in live)
    served = sum(outcome.answered_at is not None and waited(outcome, ends) <= outcome.case.line.target_seconds for outcome in live)
    ticket_waits = [waited(outcome, ends) for outcome in tickets]
    return Figures(
        len(live), served / asked if asked else None, sum(outcome.left_at is not None for outcome in live) / len(live) if live else None,
        quantile(waits, 0.5), quantile(waits, 0.9), len(tickets), quantile(ticket_waits, 0.5),
        sum(wait > outcome.case.line.due_seconds for wait, outcome in zip(ticket_waits, tickets, strict=True)),
    )


def _occupancy(day: Day, outcomes: list[Outcome]) -> float | None:
    """Which share of the time at the desks somebody had work in hand; wrap-up is none."""
    there = sum(min(ends, day.ends) - begins for worker in day.workers for begins, ends in worker.there if ends > begins)
    held: dict[int, list[tuple[float, float]]] = {}
    for outcome in outcomes:
        if outcome.worker_id is not None and outcome.ended_at is not None:
            held.setdefault(outcome.worker_id, []).append((outcome.answered_at, outcome.ended_at))
    busy = sum(_overlap(held.get(worker.id, []), worker.there, day.ends) for worker in day.workers)
    return busy / there if there else None


def _overlap(stretches: list[tuple[float, float]], there: Iterable[tuple[float, float]], ends: float) -> float:
    total, last = 0.0, float("-inf")
    for begins, until in sorted(stretches):
        begins, until = max(begins, last), min(until, ends)
        if until > begins:
            total += sum(max(0.0, min(until, to) - max(begins, since)) for since, to in there)
            last = until
    return total
