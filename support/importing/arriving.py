"""Where a file lies while it is looked at, and where commands keep the one file they make of a folder.

Whoever dies while looking leaves a place behind, and a file made of a folder is needed only until its import is done: a day later such places are
thrown away. What an import could go on with, or this database does not know of (a restored backup may not), is kept for a month. The folder of a
run is never thrown away here.
"""

from __future__ import annotations

import errno
import hashlib
import os
import secrets
import time
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import structlog
from sqlalchemy import select

from support.clock import now
from support.database import db
from support.importing import folders, reading
from support.importing.importer import Importer
from support.importing.runs import DONE, FAILED, STOPPED, ImportRun

DAY, MONTH = timedelta(days=1), timedelta(days=30)
ARRIVING, GATHERED = "arriving-", "gathered-"
ROWS = "rows.jsonl"
log = structlog.get_logger(__name__)


def place() -> Path:
    """A new empty folder for one file that comes in."""
    folder = _new_name()
    folder.mkdir(parents=True)
    return folder


def _new_name() -> Path:
    return folders.home() / f"{ARRIVING}{secrets.token_hex(8)}"


def gathered(importer: Importer, source: Path) -> Path:
    """A folder as one file of rows, at a place named by what is in it. Raises Unreadable.

    So it is found again by an interrupted import that goes on, and nobody changes it below an import that reads it.
    """
    own, broken = place(), _new_name()
    try:
        importer.gather(source, own / ROWS)
        digest = _digest(own)
        common = folders.home() / f"{GATHERED}{digest}"
        if common.exists() and _digest(common) != digest:
            with suppress(FileNotFoundError):  # another command was faster
                common.rename(broken)  # a power cut left half of it
        _move(own, common)
    finally:
        folders.remove(own)
        folders.remove(broken)
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
    """Throw away what nobody needs any more of what has been arriving and of what was gathered."""
    needed, done = _gathered()
    for folder in folders.home().glob("*/"):
        short = folder.name.startswith(ARRIVING) or folder.name in done
        try:
            if folder.name.startswith((ARRIVING, GATHERED)) and folder.name not in needed and _age(folder) > (DAY if short else MONTH):
                folders.remove(folder)
        except (OSError, RecursionError):  # one folder never keeps the others
            log.exception("folder not tidied", folder=folder.name)


def _gathered() -> tuple[set[str], set[str]]:
    """What folders with gathered files are called: those that a run needs or may go on with, and those whose runs are all done.

    By name: the way to them may be another than it was, through links and mounts.
    """
    needed, done = set(), set()
    for path, state, ended_at in db.session.execute(select(ImportRun.path, ImportRun.state, ImportRun.ended_at)):
        over = state in (FAILED, STOPPED) and ended_at is not None and ended_at <= now() - MONTH
        if not over:
            (done if state == DONE else needed).add(Path(path).parent.name)
    return needed, done - needed


def _age(folder: Path) -> timedelta:
    return timedelta(seconds=time.time() - folder.lstat().st_mtime)  # files know the machine's time, not the product's
