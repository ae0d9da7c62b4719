"""A file becomes a run: uploaded on a page, where it is a draft at first, or named by a command."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import BinaryIO

from flask_babel import gettext as _
from sqlalchemy import select

from support.clock import now
from support.database import transaction
from support.importing import arriving, folders, packed, reading
from support.importing.importer import Importer, importer_for
from support.importing.mapping import Mapping, Unmappable, fitting, keep
from support.importing.reading import Survey, Unreadable
from support.importing.runs import DRAFT, FAILED, RUNNING, STOPPED, WAITING, ImportRun
from support.people.permissions import demand


def upload(person, kind: str, name: str, stream: BinaryIO, *, source: str = "", encoding: str = "") -> ImportRun:
    """Take a file in and look at it once; a draft with a suggested mapping. Raises Unreadable, and keeps nothing then."""
    demand(person, "administer")
    importer, called, source = importer_for(kind), _printable(name), source.replace("\0", "")
    place = arriving.place()
    try:
        with open(place / "upload", "wb") as file:
            shutil.copyfileobj(stream, file)
            file.flush()
            os.fsync(file.fileno())
        if importer.takes_folders and packed.is_archive(place / "upload"):
            name = _gathered(importer, place, name)
        seen = reading.survey(place / "upload", encoding, name)
        mapping = fitting(importer, seen.layout.header, source)
        with transaction() as session:
            found = _new(importer, Path(), Path(called).name[:200] or "upload", seen, mapping)
            found.started_by_id = person.id
            session.add(found)
            session.flush()
            folders.remove(found.folder)
            place.rename(found.folder)
            found.path = str(found.folder / "upload")
    finally:
        folders.remove(place)
    return found


def _gathered(importer: Importer, place: Path, name: str) -> str:
    """Turn an archive into one file of rows at its place; returns what that is called."""
    folder = packed.unpack(place / "upload", place / "unpacked")
    importer.gather(folder, place / "upload")
    folders.remove(folder)
    return f"{name}.jsonl"


def _printable(name: str) -> str:
    return "".join(filter(str.isprintable, name))


def take_up(kind: str, path: Path, mapping: Mapping, *, encoding: str = "", dry: bool = False, name: str = "") -> ImportRun:
    """A run of a file on this machine, ready to be done with `run`; for commands. An interrupted one of the same file and mapping goes on.

    `name` is what people call it, if it is not the file's. Raises Unreadable or Unmappable; nothing is stored then.
    """
    importer, path = importer_for(kind), path.absolute()
    try:
        str(path).encode()
    except UnicodeEncodeError as error:  # bytes of a disk that are no letters
        raise Unreadable(_("The name of the file is not text in UTF-8. Rename it.")) from error
    seen = reading.survey(path, encoding)
    wrong = mapping.problems(importer, seen.layout.header)
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
            found = _new(importer, path, (_printable(name or path.name) or path.name)[:200], seen, mapping)
            session.add(found)
            session.flush()
            folders.remove(found.folder)  # after a restored backup there may be one with its number
        if found.state != RUNNING:
            found.state = WAITING
        found.dry = dry
        if not dry:
            keep(session, mapping)
    return found


def _new(importer: Importer, path: Path, name: str, seen: Survey, mapping: Mapping) -> ImportRun:
    return ImportRun(
        kind=importer.name, source=mapping.source, file_name=name, path=str(path), sha256=seen.sha256, size=seen.size, layout=seen.layout.to_json(), rows=seen.rows,
        mapping=mapping.to_toml(), made_at=now(), state=DRAFT,
    )
