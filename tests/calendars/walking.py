"""Business time the slow and obvious way: watch the clock on the wall, minute by minute. It uses nothing of the product.

A slot begins and ends in the minute in which the wall first shows its time or, where spring skips that time, in the first one shown after it.
"""

from datetime import datetime, timedelta
from itertools import accumulate
from zoneinfo import ZoneInfo

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
LEAD_DAYS = 3  # watched before the first minute, for openings that began on days before


def open_minutes(zone, week, closed, first, minutes):
    """For each of the minutes from `first` on: open or not. `week`: {weekday: [(opens, closes)]}; nothing begins on the days in `closed`."""
    there, lead = ZoneInfo(zone), LEAD_DAYS * 1440
    walls = [(first + n * MINUTE).astimezone(there).replace(tzinfo=None) for n in range(-lead, minutes)]
    shown = {}
    for n, wall in enumerate(walls):
        shown.setdefault(wall, n)
    latest = max(walls)

    def minute_of(wall):
        while wall not in shown and wall <= latest:
            wall += MINUTE
        return shown.get(wall, len(walls))

    is_open = [False] * len(walls)
    day = walls[0].date()
    while day <= latest.date():
        for opens, closes in [] if day in closed else week.get(day.weekday(), []):
            begun = minute_of(datetime.combine(day, opens))
            ended = minute_of(datetime.combine(day if closes > opens else day + DAY, closes))
            is_open[begun:ended] = [True] * max(0, ended - begun)
        day += DAY
    return is_open[lead:]


class Walk:
    """What was seen in those minutes, and the answers it gives. An answer that lies after the last minute watched is None."""

    def __init__(self, zone, week, closed, first, minutes):
        self.first, self.open = first, open_minutes(zone, week, closed, first, minutes)
        self.passed = [0, *accumulate(self.open)]  # open minutes before each minute
        self.end = first + minutes * MINUTE

    def is_open(self, at):
        return self.open[self._minute(at)]

    def closes(self, at):
        """When the opening that is on now ends."""
        return self._time(next((n for n in range(self._minute(at), len(self.open)) if not self.open[n]), None))

    def opens(self, at):
        """The next time at which the door goes from closed to open."""
        later = range(self._minute(at) + 1, len(self.open))
        return self._time(next((n for n in later if self.open[n] and not self.open[n - 1]), None))

    def seconds(self, start, end):
        return self._seconds_before(end) - self._seconds_before(start)

    def after(self, start, seconds):
        """When so many open seconds have passed since `start`."""
        left = seconds
        for n in range(self._minute(start), len(self.open)):
            begins = max(start, self.first + n * MINUTE)
            here = int((self.first + (n + 1) * MINUTE - begins).total_seconds()) if self.open[n] else 0
            if left <= here:
                return begins + timedelta(seconds=left)
            left -= here
        return None

    def _minute(self, at):
        return int((at - self.first) / MINUTE)

    def _time(self, minute):
        return None if minute is None else self.first + minute * MINUTE

    def _seconds_before(self, at):
        minute, second = divmod(int((at - self.first).total_seconds()), 60)
        return 60 * self.passed[minute] + (second if second and self.open[minute] else 0)
