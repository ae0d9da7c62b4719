"""Slots of a week as people write them ("08:00-12:00, 13:00-18:00") and as a row keeps them (JSON)."""

from __future__ import annotations

import re
from datetime import date, time
from itertools import groupby, pairwise

from flask_babel import gettext as _

from support.calendars.hours import Slot
from support.errors import Invalid

SLOT = re.compile(r"(\d{1,2})[:.](\d{2})\s*[-–—]\s*(\d{1,2})[:.](\d{2})")
CLOSED_DAY = re.compile(r"(\d{4}-\d{2}-\d{2})\s*[:,;]?\s*(.*)")
MOST_SLOTS = 6


def read_slots(field: str, text: str) -> list[list[str]]:
    """Slots of one day, in order, as stored. Empty text is a closed day. Raises Invalid naming the field."""
    slots = []
    for part in filter(None, (piece.strip() for piece in re.split(r"[,;\n]", text or ""))):
        found = SLOT.fullmatch(part)
        if not found:
            raise Invalid({field: _("Write times like 08:00-12:00, 13:00-18:00, or leave the day empty if it is closed.")})
        opens, closes = (f"{int(h):02}:{m}" for h, m in (found.group(1, 2), found.group(3, 4)))
        if _time(opens) is None or _time(closes) is None or opens == "24:00":
            raise Invalid({field: _("“%(part)s” is not a time of day.", part=part)})
        slots.append([opens, closes])
    if len(slots) > MOST_SLOTS:
        raise Invalid({field: _("A day can have at most %(most)d slots.", most=MOST_SLOTS)})
    return _without_overlap(field, sorted(slots))


def write_slots(slots: list) -> str:
    return ", ".join(f"{opens}-{closes}" for opens, closes in slots or ())


def same_days(stored: dict) -> list[tuple[int, int, str]]:
    """The open days of a week with neighbours of equal hours together: [(0, 4, "08:00-20:00"), (5, 5, "09:00-14:00")]."""
    days = [(day, write_slots(stored.get(str(day)))) for day in range(7)]
    together = ([day for day, _slots in same] + [slots] for slots, same in groupby(days, key=lambda pair: pair[1]) if slots)
    return [(same[0], same[-2], same[-1]) for same in together]


def week_of(stored: dict) -> dict[int, list[Slot]]:
    """The stored week as times of day. "24:00" is midnight at the end of the day."""
    return {int(day): [(_time(opens), _time(closes)) for opens, closes in slots] for day, slots in stored.items()}


def read_closed_days(field: str, text: str) -> dict[str, str]:
    """One day a line, "2026-12-24 Christmas Eve", as ISO date → name. Raises Invalid naming the field."""
    days = {}
    for line in filter(None, (line.strip() for line in (text or "").splitlines())):
        found = CLOSED_DAY.fullmatch(line)
        try:
            day = date.fromisoformat(found.group(1)) if found else None
        except ValueError:
            day = None
        if not day:
            raise Invalid({field: _("“%(line)s” does not begin with a date such as 2026-12-24.", line=line)})
        days[day.isoformat()] = found.group(2)[:80] or _("Closed")
    return dict(sorted(days.items()))


def write_closed_days(days: dict[str, str]) -> str:
    return "\n".join(f"{day} {name}" for day, name in sorted(days.items()))


def _without_overlap(field: str, slots: list[list[str]]) -> list[list[str]]:
    for (opens, closes), (next_opens, _closes) in pairwise(slots):
        if closes <= opens or next_opens < closes:
            raise Invalid({field: _("Two of these times overlap.")})
    return slots


def _time(text: str) -> time | None:
    if text == "24:00":
        return time(0)
    try:
        return time.fromisoformat(text)
    except ValueError:
        return None
