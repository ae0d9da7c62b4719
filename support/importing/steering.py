"""What administrators do with a run that is there: say what its columns mean, try, start, stop, forget."""

from __future__ import annotations

import shutil
from dataclasses import replace

from flask_babel import gettext as _

from support.clock import now
from support.database import lock, transaction
from support.errors import IllegalMove
from support.importing.importer import importer_for
from support.importing.mapping import Mapping, Unmappable, keep
from support.importing.runs import DONE, DRAFT, RUNNING, STOPPED, WAITING, ImportRun
from support.people.permissions import demand


def set_mapping(person, run_id: int, mapping: Mapping) -> list[str]:
    """Keep the mapping of a run that is not at work; returns what still keeps it from working. A faulty one is kept too, to be mended."""
    demand(person, "administer")
    with transaction() as session:
        found = _idle(session, run_id)
        _demand_untouched(found)
        mapping = replace(mapping, kind=found.kind)
        found.mapping, found.source = mapping.to_toml(), mapping.source[:40]
        return mapping.problems(importer_for(found.kind), found.read_layout().header)


def start(person, run_id: int, dry: bool) -> ImportRun:
    """Let the run be done, or go on after a stop or failure; as a trial when `dry`. Raises Unmappable."""
    demand(person, "administer")
    with transaction() as session:
        found = _idle(session, run_id)
        mapping = found.read_mapping()
        wrong = mapping.problems(importer_for(found.kind), found.read_layout().header)
        if wrong:
            raise Unmappable(wrong)
        if found.state == DONE and not found.dry:
            raise IllegalMove(_("This import is done. Upload the file again to import it once more."))
        if dry:
            _demand_untouched(found)
        if found.state in (DRAFT, DONE) or found.dry != dry:
            _begin_anew(found)
        found.state, found.dry, found.stop_asked, found.error, found.started_by_id = WAITING, dry, False, None, person.id
        if not dry:
            keep(session, mapping)
    return found


def _begin_anew(found: ImportRun) -> None:
    found.position = found.created = found.changed = found.unchanged = found.rejected = found.left_out = found.rejects_bytes = 0
    found.taken_from, found.things, found.started_at, found.taken_at, found.ended_at = 0, {}, None, None, None


def _idle(session, run_id: int) -> ImportRun:
    found = lock(session, ImportRun, run_id)
    if found.state in (WAITING, RUNNING):
        raise IllegalMove(_("This import is at work. Stop it first."))
    return found


def _demand_untouched(found: ImportRun) -> None:
    if found.position and not found.dry:
        raise IllegalMove(_("Rows of this import are stored already with the mapping it has. Upload the file again to use another one."))


def stop(person, run_id: int) -> None:
    """Stop a run behind the batch it is at; what is stored stays, and it can go on."""
    demand(person, "administer")
    with transaction() as session:
        found = lock(session, ImportRun, run_id)
        if found.state == WAITING:
            found.state, found.ended_at = STOPPED, now()
        elif found.state == RUNNING:
            found.stop_asked = True


def discard(person, run_id: int) -> None:
    """Forget a run that stored nothing, with its file."""
    demand(person, "administer")
    with transaction() as session:
        found = _idle(session, run_id)
        if found.position and not found.dry:
            raise IllegalMove(_("Rows of this import are stored; it stays in the history."))
        folder = found.folder
        session.delete(found)
    shutil.rmtree(folder, ignore_errors=True)
