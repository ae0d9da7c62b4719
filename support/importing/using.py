"""What people do with imports: bring a file, say what its columns mean, look, try, start, stop. Administrators only."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping as Args
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from flask_babel import gettext as _
from sqlalchemy import select

from support import shop
from support.clock import now
from support.database import db, lock, transaction
from support.errors import IllegalMove, NotFound
from support.importing import arriving as arriving_files
from support.importing import packed, reading
from support.importing.importer import Importer, importer_for, importers
from support.importing.mapping import Mapping, Unmappable, fitting, format_problems, keep
from support.importing.plan import Cell, Plan
from support.importing.reading import Raw, Survey, Unreadable
from support.importing.runs import DONE, DRAFT, FAILED, RUNNING, STATES, STOPPED, WAITING, ImportRun
from support.listing import Listing
from support.people.permissions import demand

_SORTS = {"made": ImportRun.made_at, "kind": ImportRun.kind, "file": ImportRun.file_name, "rows": ImportRun.rows}


@dataclass(frozen=True)
class Preview:
    """The first rows of a file: the header, the rows as they stand, what the mapping makes of them, and what keeps it from working."""

    header: tuple[str, ...]
    raws: list[Raw]
    cells: list[list[Cell]]
    problems: list[str]


def upload(person, kind: str, name: str, stream: BinaryIO, *, source: str = "", encoding: str = "") -> ImportRun:
    """Take a file in and look at it once; a draft with a suggested mapping. Raises Unreadable, and keeps nothing then."""
    demand(person, "administer")
    importer, called, source = importer_for(kind), "".join(filter(str.isprintable, name)), source.replace("\0", "")
    arriving = arriving_files.place()
    try:
        with open(arriving / "upload", "wb") as file:
            shutil.copyfileobj(stream, file)
            file.flush()
            os.fsync(file.fileno())
        if importer.folders and packed.is_archive(arriving / "upload"):
            name = _gathered(importer, arriving, name)
        seen = reading.survey(arriving / "upload", encoding, name)
        mapping = fitting(importer, seen.form.header, source)
        with transaction() as session:
            found = _new(importer, Path(), Path(called).name[:200] or "upload", seen, mapping)
            found.started_by_id = person.id
            session.add(found)
            session.flush()
            shutil.rmtree(found.folder, ignore_errors=True)
            arriving.rename(found.folder)
            found.path = str(found.folder / "upload")
    finally:
        shutil.rmtree(arriving, ignore_errors=True)
    return found


def _gathered(importer: Importer, arriving: Path, name: str) -> str:
    """Turn an archive into one file of rows at its place; returns what that is called."""
    folder = packed.unpack(arriving / "upload", arriving / "unpacked")
    importer.gather(folder, arriving / "upload")
    shutil.rmtree(folder)
    return f"{name}.jsonl"


def register(kind: str, path: Path, mapping: Mapping, *, encoding: str = "", dry: bool = False) -> ImportRun:
    """A run of a file on this machine, ready to be done with `run`; for commands. An interrupted one of the same file and mapping goes on.

    Raises Unreadable or Unmappable; nothing is stored then.
    """
    importer, path = importer_for(kind), path.absolute()
    seen = reading.survey(path, encoding)
    wrong = mapping.problems(importer, seen.form.header)
    if wrong:
        raise Unmappable(wrong)
    text = mapping.to_toml()
    same = select(ImportRun).where(
        ImportRun.kind == kind, ImportRun.path == str(path), ImportRun.sha256 == seen.sha256, ImportRun.mapping == text, ImportRun.dry == dry,
        ImportRun.state.in_((RUNNING, STOPPED, FAILED)), ImportRun.position > 0,
    ).order_by(ImportRun.id.desc()).limit(1)
    with transaction() as session:
        found = session.scalar(same)
        if found is None:
            found = _new(importer, path, path.name, seen, mapping)
            session.add(found)
        if found.state != RUNNING:
            found.state = WAITING
        found.dry = dry
        if not dry:
            keep(session, mapping)
    return found


def _new(importer: Importer, path: Path, name: str, seen: Survey, mapping: Mapping) -> ImportRun:
    return ImportRun(
        kind=importer.name, source=mapping.source, file_name=name, path=str(path), sha256=seen.sha256, size=seen.size, form=seen.form.to_json(), rows=seen.rows,
        mapping=mapping.to_toml(), made_at=now(), state=DRAFT,
    )


def set_mapping(person, run_id: int, mapping: Mapping) -> list[str]:
    """Keep the mapping of a run that is not at work; returns what still keeps it from working. A faulty one is kept too, to be mended."""
    demand(person, "administer")
    with transaction() as session:
        found = _idle(session, run_id)
        _demand_untouched(found)
        mapping = replace(mapping, kind=found.kind)
        found.mapping, found.source = mapping.to_toml(), mapping.source[:40]
        return mapping.problems(importer_for(found.kind), found.read_form().header)


def start(person, run_id: int, dry: bool) -> ImportRun:
    """Let the run be done, or go on after a stop or failure; as a trial when `dry`. Raises Unmappable."""
    demand(person, "administer")
    with transaction() as session:
        found = _idle(session, run_id)
        mapping = found.read_mapping()
        wrong = mapping.problems(importer_for(found.kind), found.read_form().header)
        if wrong:
            raise Unmappable(wrong)
        if found.state == DONE and not found.dry:
            raise IllegalMove(_("This import is done. Upload the file again to import it once more."))
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


def find(person, run_id: int) -> ImportRun:
    """One run. NotFound when there is none."""
    demand(person, "administer")
    found = db.session.get(ImportRun, run_id)
    if found is None:
        raise NotFound()
    return found


def list_runs(person, args: Args) -> Listing:
    """The history of imports, newest first. Filters: kind, state."""
    demand(person, "administer")
    listing = Listing(args, sorts=_SORTS, default="-made", search=[ImportRun.file_name, ImportRun.source], filters={"kind": importers(), "state": STATES})
    query = select(ImportRun)
    for name, value in listing.filters.items():
        query = query.where(getattr(ImportRun, name) == value)
    return listing.apply(query)


def preview(person, run_id: int, count: int = 10) -> Preview:
    """The first rows and what the mapping makes of them. Raises Unreadable when the file is gone."""
    found = find(person, run_id)
    form, importer, mapping = found.read_form(), importer_for(found.kind), found.read_mapping()
    if not Path(found.path).exists():
        raise Unreadable(_("The file of this import is not here any more. Upload it again."))
    raws = list(islice(reading.rows(Path(found.path), form), count))
    problems = mapping.problems(importer, form.header)
    plan = None if format_problems(mapping.format) else Plan(importer, mapping, shop.profile().zone)
    return Preview(form.header, raws, [plan.cells(raw) for raw in raws] if plan else [], problems)
