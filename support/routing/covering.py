"""Coverage as arithmetic: for each open hour of each line, how many trained people are there at its weakest moment. Pure.

An hour without anybody, be it for a minute only, is a hole: whoever comes in that minute finds nobody. Whether somebody is trained is asked of
`fitness`, so a hole is what the dispatcher would find. Holes that follow each other in the open hours of a line are one: a certificate
that lapses on Wednesday leaves one hole from Thursday on, not one for each day.
"""
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from support.calendars import Hours, Interval, common
from support.routing.fitness import Line, untrained

ONE_HOUR = timedelta(hours=1)
Key = tuple[int, str]  # queue, language


@dataclass(frozen=True)
class Ask:
    """A line and its opening hours; None is always open."""

    line: Line
    hours: Hours | None

    @property
    def key(self) -> Key:
        return (self.line.queue_id, self.line.language)


@dataclass(frozen=True)
class Worker:
    """One person: when work can be given, and {skill: [(from, until, level)]} of the certificates."""

    id: int
    there: list[Interval]
    held: Mapping[int, list[tuple[datetime, datetime, int]]]

    def levels(self, at: datetime) -> dict[int, int]:
        """{skill: level} at that instant, as `training.levels` has them."""
        return {skill: max(now) for skill, spans in self.held.items() if (now := [level for start, end, level in spans if start <= at < end])}


@dataclass(frozen=True)
class Cell:
    """An open hour, or the part of one that is open; `least` people at the instant `at`, its weakest."""

    start: datetime
    end: datetime
    least: int
    at: datetime


@dataclass(frozen=True)
class Hole:
    """So many open hours in a row in which a line has nobody."""

    key: Key
    start: datetime
    end: datetime
    hours: int


def cover(asks: Iterable[Ask], workers: Iterable[Worker], start: datetime, end: datetime, zone: str) -> dict[Key, list[Cell]]:
    """The open hours of each line in [start, end), in order; hours begin on the full hour of `zone`."""
    workers, edges, pools, made = list(workers), _hours(start, end, zone), {}, {}
    for ask in asks:
        pool = ask.line.pool
        if pool not in pools:
            pools[pool] = _steps([span for worker in workers for span in able(worker, ask.line, start, end)])
        openings = ask.hours.openings(start, end) if ask.hours else [(start, end)]
        made[ask.key] = [_cell(pools[pool], *span) for opening in openings for span in _cut(opening, edges)]
    return made


def able(worker: Worker, line: Line, start: datetime, end: datetime) -> list[Interval]:
    """When one person is there and trained for the line."""
    asked = {need.skill_id for need in line.needs} | {line.language_skill}
    ends = {edge for skill in asked for since, until, _level in worker.held.get(skill, ()) for edge in (since, until) if start < edge < end}
    marks = sorted({start, end, *ends})
    trained = [(since, until) for since, until in zip(marks, marks[1:], strict=False) if untrained(line, worker.levels(since)) is None]
    return common(worker.there, trained)


def holes(cells: Mapping[Key, list[Cell]]) -> list[Hole]:
    """Open hours without anybody that follow each other, the first one first."""
    found = []
    for key, row in cells.items():
        for is_empty, run in groupby(row, key=lambda cell: cell.least == 0):
            run = list(run)
            if is_empty:
                found.append(Hole(key, run[0].start, run[-1].end, len(run)))
    return sorted(found, key=lambda hole: (hole.start, hole.key))


def _hours(start: datetime, end: datetime, zone: str) -> list[datetime]:
    """The full hours between two instants."""
    wall = start.astimezone(ZoneInfo(zone))
    edge = start - timedelta(minutes=wall.minute, seconds=wall.second, microseconds=wall.microsecond) + ONE_HOUR
    return [edge + n * ONE_HOUR for n in range(int((end - edge) / ONE_HOUR) + 1)]


def _cut(span: Interval, edges: list[datetime]) -> list[Interval]:
    marks = [span[0], *edges[bisect_right(edges, span[0]):bisect_left(edges, span[1])], span[1]]
    return list(zip(marks, marks[1:], strict=False))


def _steps(spans: list[Interval]) -> tuple[list[datetime], list[int]]:
    """From which instant on how many are there."""
    changes: dict[datetime, int] = {}
    for start, end in spans:
        changes[start] = changes.get(start, 0) + 1
        changes[end] = changes.get(end, 0) - 1
    times, counts, count = [], [], 0
    for at in sorted(changes):
        count += changes[at]
        times.append(at)
        counts.append(count)
    return times, counts


def _cell(steps: tuple[list[datetime], list[int]], start: datetime, end: datetime) -> Cell:
    times, counts = steps
    first, last = bisect_right(times, start), bisect_left(times, end)
    seen = [(counts[first - 1] if first else 0, start), *zip(counts[first:last], times[first:last], strict=True)]
    least, at = min(seen, key=lambda pair: pair[0])
    return Cell(start, end, least, at)
