"""Imports of any kind: reading files, mapping columns, storing rows in batches that survive a crash, and the history of all that.

A room registers an importer for its noun by `register_importer(app, …)`; commands and the administrators' pages need to know nothing of it.
"""

from support import jobs
from support.importing import arriving, commands
from support.importing.claiming import FINISHED
from support.importing.importer import Importer, Outcome, Row, RunContext, importer_for, importers, register_importer
from support.importing.looking import Preview, find, list_runs, preview
from support.importing.mapping import Mapping, Unmappable, ready_mappings, saved_mappings, suggested
from support.importing.new_runs import take_up, upload
from support.importing.plan import Cell
from support.importing.reading import Raw, Unreadable
from support.importing.rejects import harmless
from support.importing.reporting import report
from support.importing.running import run
from support.importing.runs import ImportRun
from support.importing.steering import discard, set_mapping, start, stop
from support.importing.values import Field, Format, Wrong
from support.importing.waiting import loop, run_waiting

__all__ = [
    "FINISHED", "Cell", "Field", "Format", "ImportRun", "Importer", "Mapping", "Outcome", "Preview", "Raw", "Row", "RunContext", "Unmappable", "Unreadable", "Wrong", "discard", "find",
    "harmless", "importer_for", "importers", "init_app", "list_runs", "loop", "preview", "ready_mappings", "register_importer", "report", "run", "run_waiting", "saved_mappings", "set_mapping",
    "start", "stop", "suggested", "take_up", "upload",
]


def init_app(app, settings) -> None:
    app.extensions["importing"] = {}
    commands.init_app(app)
    jobs.every(app, 3600, "tidy files of imports", arriving.prune)
