"""A run in words, for the terminal."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import ngettext

from support.importing.importer import importer_for
from support.importing.runs import DONE, FAILED, STOPPED, ImportRun


def progress_line(run: ImportRun) -> str:
    """Share, rows, rate and time left in one line."""
    left = run.seconds_left
    return _("%(percent)s %%  %(done)s of %(all)s rows  %(rate)s rows/s  %(left)s left",
             percent=f"{run.share * 100:3.0f}", done=f"{run.position:,}", all=f"{run.rows:,}", rate=f"{run.rate:,.0f}", left=span(left) if left is not None else "?")


def span(seconds: float) -> str:
    """A length of time for people: “42 s”, “3 min 05 s”."""
    minutes, rest = divmod(round(seconds), 60)
    return _("%(minutes)s min %(seconds)s s", minutes=minutes, seconds=f"{rest:02}") if minutes else _("%(seconds)s s", seconds=rest)


def report(run: ImportRun) -> list[str]:
    """What came of a run, line by line."""
    head = {
        DONE: _("Trial run: nothing was stored.") if run.dry else _("The import is done."),
        FAILED: _("The import failed: %(error)s", error=run.error), STOPPED: _("The import was stopped; start it again to go on."),
    }.get(run.state, "")
    counts = [
        (run.position, _("rows read")), (run.created, _("new") if not run.dry else _("would be new")), (run.changed, _("changed") if not run.dry else _("would change")),
        (run.unchanged, _("already here, unchanged")), (run.left_out, _("left out by the mapping")), (run.rejected, _("rejected")),
    ]
    importer = importer_for(run.kind)
    things = [(count, importer.counted.get(name, name)) for name, count in sorted(run.things.items()) if count]
    lines = [head, *(f"{count:>12,}  {word}" for count, word in counts), *([importer.counted_as, *(f"{count:>12,}  {word}" for count, word in things)] if things else [])]
    lines.append(ngettext("It took %(time)s, %(num)s row a second.", "It took %(time)s, %(num)s rows a second.", round(run.rate), time=span(run.seconds)))
    if run.rejected:
        lines.append(_("The rejected rows with line and reason are in %(path)s", path=run.rejects_path))
    return lines
