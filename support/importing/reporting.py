"""What came of a run, in words; the terminal and the page lay it out, each in its way."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import format_decimal, ngettext
from flask_babel import gettext as _

from support.importing.importer import importer_for
from support.importing.runs import DONE, FAILED, STOPPED, ImportRun

Counts = list[tuple[int, str]]


@dataclass(frozen=True)
class Report:
    """How the run ended, how many rows became what, the things that came with them (under a line of its own), and how long it took."""

    ending: str
    rows: Counts
    things_title: str
    things: Counts
    pace: str


def report(run: ImportRun) -> Report:
    """The report of a run in the reader's language."""
    ending = {
        DONE: _("Trial run: nothing was stored.") if run.dry else _("The import is done."),
        FAILED: _("The import failed: %(error)s", error=run.error), STOPPED: _("The import was stopped; start it again to go on."),
    }.get(run.state, "")
    rows = [
        (run.position, ngettext("row read", "rows read", run.position)),
        (run.created, ngettext("would be new", "would be new", run.created) if run.dry else _("new")),
        (run.changed, ngettext("would change", "would change", run.changed) if run.dry else _("changed")), (run.unchanged, _("already here, unchanged")),
        (run.left_out, _("left out by the mapping")), (run.rejected, _("rejected")),
    ]
    importer = importer_for(run.kind)
    things = [(count, say(count)) for noun, say in importer.things.items() if (count := run.things.get(noun))]
    pace = ngettext("It took %(time)s, %(rate)s row a second.", "It took %(time)s, %(rate)s rows a second.", round(run.rate), time=span(run.seconds), rate=format_decimal(round(run.rate)))
    return Report(ending, rows, str(importer.things_title), things, pace)


def span(seconds: float) -> str:
    """A length of time for people: “42 s”, “3 min 05 s”."""
    minutes, rest = divmod(round(seconds), 60)
    return _("%(minutes)s min %(seconds)s s", minutes=minutes, seconds=f"{rest:02}") if minutes else _("%(seconds)s s", seconds=rest)
