"""A run in a terminal: figures under each other."""

from __future__ import annotations

from collections.abc import Iterator

from flask_babel import format_decimal
from flask_babel import gettext as _

from support.importing.reporting import Counts, report, span
from support.importing.runs import ImportRun


def progress_line(run: ImportRun) -> str:
    """Share, rows, rate and time left in one line."""
    left = run.seconds_left
    return _("%(percent)s %%  %(done)s of %(all)s rows  %(rate)s rows/s  %(left)s left", percent=f"{run.share * 100:3.0f}", done=format_decimal(run.position),
             all=format_decimal(run.rows), rate=format_decimal(round(run.rate)), left=span(left) if left is not None else "?")


def report_lines(run: ImportRun) -> Iterator[str]:
    """The report, line by line, and where the rejected rows lie."""
    said = report(run)
    yield said.ending
    yield from _table(said.rows)
    if said.things:
        yield said.things_title
        yield from _table(said.things)
    yield said.pace
    if run.rejected:
        yield _("The rejected rows with line and reason are in %(path)s", path=run.rejects_path)


def _table(counts: Counts) -> Iterator[str]:
    return (f"{format_decimal(count):>12}  {word}" for count, word in counts)
