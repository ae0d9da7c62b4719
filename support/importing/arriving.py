"""Where a file lies while it is looked at, and where commands keep the one file they make of a folder.

Whoever dies while looking leaves a place behind, a file made of a folder is needed only until its import is done, and a restored backup may know
nothing of a run: a day later such places are thrown away.
"""

from __future__ import annotations

import errno
import hashlib
import os
import secrets
import shutil
import time
from pathlib import Path

from sqlalchemy import select

from support.database import db
from support.importing import folders, reading
from support.importing.importer import Importer
from support.importing.runs import DONE, ImportRun

KEPT_SECONDS = 86_400
ROWS = "rows.jsonl"


def place() -> Path:
    """A new empty folder for one file that comes in."""
    folder = folders.home() / f"arriving-{secrets.token_hex(8)}"
    folder.mkdir(parents=True)
    return folder


def gathered(importer: Importer, source: Path) -> Path:
    """A folder as one file of rows, at a place named by what is in it. Raises Unreadable.

    So it is found again by an interrupted import that goes on, and nobody changes it below an import that reads it.
    """
    own = place()
    try:
        importer.gather(source, own / ROWS)
        digest = _digest(own)
        common = folders.home() / f"gathered-{digest}"
        if common.exists() and _digest(common) != digest:
            shutil.rmtree(common)  # a power cut left half of it
        _move(own, common)
    finally:
        shutil.rmtree(own, ignore_errors=True)
    return common / ROWS


def _move(own: Path, common: Path) -> None:
    try:
        own.rename(common)
    except OSError as error:
        if error.errno not in (errno.ENOTEMPTY, errno.EEXIST):
            raise
        os.utime(common)  # the same is there, and needed again


def _digest(folder: Path) -> str:
    """Of the names and contents of all files."""
    whole = hashlib.sha256()
    for path in sorted(each for each in folder.rglob("*") if each.is_file()):
        whole.update(os.fsencode(path.relative_to(folder)) + b"\0" + reading.fingerprint(path).encode())
    return whole.hexdigest()[:32]


def prune() -> None:
    """Throw away what nobody needs for a day: what has been arriving, what was gathered for imports that are done, folders without a run."""
    old = time.time() - KEPT_SECONDS  # files know the machine's time, not the product's
    known = db.session.execute(select(ImportRun.id, ImportRun.path, ImportRun.state)).all()
    needed = {folders.of_run(number) for number, _path, _state in known} | {Path(path).parent for _number, path, state in known if state != DONE}
    for folder in folders.home().glob("*/"):
        ours = folder.name.isdecimal() or folder.name.startswith(("arriving-", "gathered-"))
        if ours and folder not in needed and folder.lstat().st_mtime < old:
            shutil.rmtree(folder, ignore_errors=True)
