"""Stretches of time as sets: what lies in one or another, in both, in the first alone. Pure; (start, end), the end itself is outside."""
from collections.abc import Iterable

from support.calendars.hours import Interval


def joined(intervals: Iterable[Interval]) -> list[Interval]:
    """The same time in order and without overlap; what touches becomes one."""
    made: list[Interval] = []
    for start, end in sorted(pair for pair in intervals if pair[0] < pair[1]):
        if made and start <= made[-1][1]:
            made[-1] = (made[-1][0], max(made[-1][1], end))
        else:
            made.append((start, end))
    return made


def common(one: Iterable[Interval], other: Iterable[Interval]) -> list[Interval]:
    """What lies in both. Either may overlap itself."""
    ours, theirs = joined(one), joined(other)
    found, place = [], 0
    for start, end in ours:
        while place < len(theirs) and theirs[place][1] <= start:
            place += 1
        for other_start, other_end in theirs[place:]:
            if other_start >= end:
                break
            found.append((max(start, other_start), min(end, other_end)))
    return found


def without(one: Iterable[Interval], taken: Iterable[Interval]) -> list[Interval]:
    """What lies in the first and not in the second."""
    left, away = [], joined(taken)
    for start, end in joined(one):
        for taken_start, taken_end in away:
            if taken_end <= start or taken_start >= end:
                continue
            if start < taken_start:
                left.append((start, taken_start))
            start = taken_end
        if start < end:
            left.append((start, end))
    return left
