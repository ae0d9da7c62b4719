"""The figures of several days side by side, as text or as plain values, and one line that says how far a replay is from the record. Pure."""
from collections.abc import Callable
from dataclasses import asdict

from support.whatif.figures import Figures, Measured

ROWS = (("in time", "in_time", "contacts"), ("left the line", "left", "contacts"), ("wait, median", "median", "contacts"), ("wait, 90 % under", "p90", "contacts"),
        ("tickets, median wait", "ticket_median", "tickets"), ("tickets late", "late", "tickets"))
SHARES = ("in_time", "left")


def lines(columns: dict[str, Measured]) -> list[str]:
    """A table in columns of equal width."""
    rows: list[tuple[str, ...]] = [("", *columns)]
    measured = list(columns.values())
    rows += _block("All", [one.all for one in measured])
    for title, of in (("Queue", lambda m: m.by_queue), ("Skill", lambda m: m.by_skill), ("Language", lambda m: m.by_language)):
        for name in sorted(set().union(*(of(one) for one in measured))):
            rows += _block(f"{title} {name}", [of(one).get(name, Figures()) for one in measured])
    rows += [("Desks",), ("  busy", *(_share(one.occupancy) for one in measured)), ("  offers", *(str(one.offers) for one in measured))]
    widths = [max(len(row[place]) for row in rows if place < len(row)) for place in range(len(columns) + 1)]
    return [_line(row, widths) for row in rows]


def values(columns: dict[str, Measured]) -> dict:
    """The same for programs: shares from 0 to 1, seconds, None where nothing was to count."""
    return {name: asdict(measured) for name, measured in columns.items()}


def calibration(recorded: Measured, replayed: Measured) -> str:
    """How far the unchanged replay is from what was recorded: what a difference smaller than that says nothing about."""
    was, now = recorded.all, replayed.all
    told = [
        f"in time {_points(was.in_time, now.in_time)}", f"left {_points(was.left, now.left)}", f"median wait {_seconds(was.median, now.median)}",
        f"90 % wait {_seconds(was.p90, now.p90)}", f"busy {_points(recorded.occupancy, replayed.occupancy)}", f"tickets late {now.late - was.late:+d}",
    ]
    return f"Replayed unchanged, against the record: {', '.join(told)}. Trust no smaller difference."


def _block(title: str, groups: list[Figures]) -> list[tuple[str, ...]]:
    counts = ", ".join(f"{word} {most}" for kind, word in (("contacts", "live"), ("tickets", "tickets")) if (most := max(getattr(group, kind) for group in groups)))
    rows: list[tuple[str, ...]] = [(f"{title} ({counts or 'nothing'})",)]
    for label, field, counted in ROWS:
        if any(getattr(group, counted) for group in groups):
            rows.append((f"  {label}", *(_shown(field, getattr(group, field)) for group in groups)))
    return rows


def _shown(field: str, value) -> str:
    if field in SHARES:
        return _share(value)
    return str(value) if field == "late" else _time(value)


def _share(value: float | None) -> str:
    return "–" if value is None else f"{100 * value:.1f} %"


def _time(value: float | None) -> str:
    if value is None:
        return "–"
    minutes, seconds = divmod(round(value), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def _difference(form: Callable[[float], str], was: float | None, now: float | None) -> str:
    return "not to be compared" if was is None or now is None else form(now - was)


def _points(was: float | None, now: float | None) -> str:
    return _difference(lambda by: f"{100 * by:+.1f} points", was, now)


def _seconds(was: float | None, now: float | None) -> str:
    return _difference(lambda by: f"{by:+.0f} s", was, now)


def _line(row: tuple[str, ...], widths: list[int]) -> str:
    return "  ".join([row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=False))]).rstrip()
