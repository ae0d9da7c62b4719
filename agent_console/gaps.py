"""Hours without anybody trained on shift, as the board and the overview warn of them."""
from dataclasses import dataclass
from datetime import timedelta

from flask import url_for
from flask_babel import get_locale

from support import dates, routing, shop


@dataclass(frozen=True)
class Gap:
    """One hole with its names; `more` others in the same queue and language follow."""

    queue: str
    language: str
    hole: routing.holes.CoverageHole
    address: str
    more: int = 0

    @property
    def until(self) -> str:
        """“12:00” on the day on which it begins, else with its day."""
        start, end = dates.local(self.hole.starts_at), dates.local(self.hole.ends_at)
        if start.date() == (end - timedelta(microseconds=1)).date():
            return dates.clock_time(end)
        return f"{dates.short(end.date(), start.date())}, {dates.clock_time(end)}"


def gaps() -> list[Gap]:
    """The first open hole of each queue and language, the nearest first."""
    queues = {queue.id: queue.name for queue in routing.queues.all_queues()}
    first: dict[tuple[int, str], list] = {}
    for hole in routing.holes.open_holes():
        first.setdefault((hole.queue_id, hole.language), []).append(hole)
    return [_gap(queues.get(key[0], "?"), found) for key, found in first.items()]


def language_name(code: str) -> str:
    """“German”, in the reader's language."""
    return get_locale().languages.get(code, code)


def _gap(queue: str, found: list) -> Gap:
    hole = found[0]
    day = hole.starts_at.astimezone(shop.profile().zone_info).date()
    address = url_for("admin_coverage.show", day=day.isoformat(), line=f"{hole.queue_id}-{hole.language}", at=hole.starts_at.isoformat())
    return Gap(queue, language_name(hole.language), hole, address, len(found) - 1)

