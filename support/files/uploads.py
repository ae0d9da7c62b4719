"""Files on their way in: begun with name and size, brought in parts, finished. A cut loses the part that was on its way, no more.

Parts lie in the store beside each other, so any web process takes the next one; the row says how far it is. Nobody sees
a file before all of it has come and was looked at.
"""
import io
import secrets
from datetime import datetime
from typing import BinaryIO

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import select

from support import limits
from support.clock import now
from support.database import db, lock, transaction
from support.errors import Invalid, NotFound, Stale, TooMany
from support.files.contents import clean_name, fitting_name
from support.files.keeping import Seen, assemble, delete_blobs, keep
from support.files.model import READY, REMOVED, UPLOADING, StoredFile
from support.files.stores import Store
from support.offload import offload

PART_BYTES = 512 * 1024  # what the browser sends at once
PATIENCE = 8  # times as many parts as the browser makes may come, and SOME more; each costs a place in the store and in the row
SOME = 16
MEGABYTE = 1024 * 1024


def store() -> Store:
    """Where this installation keeps its files."""
    return current_app.extensions["files"]


def begin(person, name: str | None, size: int) -> StoredFile:
    """Announce a file of so many bytes; Invalid for one that is empty or too large, TooMany when the person has sent enough for today."""
    settings = current_app.config["SETTINGS"]
    if person.id is None:
        raise NotFound()
    if size < 1:
        raise Invalid({"files": _("This file is empty.")})
    if size > settings.file_megabytes * MEGABYTE:
        raise Invalid({"files": too_large()})
    limits.hit("upload", person.counted_as)
    _count_today(person, size)
    person_id, sign_in_id, at = person.id, _guest_pass(person), now()
    with transaction() as session:
        row = StoredFile(key=secrets.token_hex(16), person_id=person_id, sign_in_id=sign_in_id, name=clean_name(name), size=size, created_at=at, touched_at=at)
        session.add(row)
    return row


def _count_today(person, size: int) -> None:
    """A file that does not fit any more today is not counted, so that a smaller one still may."""
    try:
        limits.check("upload_day", person.counted_as, cost=size)
        limits.hit("upload_day", person.counted_as, cost=size)
    except TooMany as error:
        raise TooMany(_("You have sent as many megabytes as one person may in a day. Write without this file, or send it tomorrow."), error.retry_after) from error


def too_large() -> str:
    """The sentence for a file beyond FILE_MEGABYTES."""
    return _("This file is too large: at most %(most)s MB.", most=current_app.config["SETTINGS"].file_megabytes)


def too_many() -> str:
    """The sentence for more than FILES_PER_MESSAGE."""
    return _("Send at most %(most)s files with one message.", most=current_app.config["SETTINGS"].files_per_message)


def unsent(person, key: str) -> StoredFile:
    """A file this person began and has not sent yet; NotFound otherwise."""
    row = db.session.scalar(select(StoredFile).where(StoredFile.key == key, StoredFile.message_id.is_(None), StoredFile.state != REMOVED, *is_of(person)))
    if row is None:
        raise NotFound()
    return row


def is_of(person) -> tuple:
    """Conditions: the file was uploaded by this person, and if he is a guest, in this very visit."""
    if person.role == "guest":
        return StoredFile.person_id == person.id, StoredFile.sign_in_id == person.sign_in_id
    return StoredFile.person_id == person.id, StoredFile.sign_in_id.is_(None)


def append(person, key: str, offset: int, content: bytes) -> StoredFile:
    """Bring the bytes from `offset` on; Stale when that is not where the file ends by now (ask for the offset and go on there)."""
    row = unsent(person, key)
    if offset != row.received or row.state == READY:
        raise Stale(_("This part has come already."))
    if not 0 < len(content) <= min(PART_BYTES, row.size - row.received):
        raise Invalid({"files": _("The file has changed while it was sent. Choose it again.")})
    if len(row.parts) >= row.size // PART_BYTES * PATIENCE + SOME:
        raise Invalid({"files": _("This file came in too many small parts. Choose it again.")})
    row_id, part = row.id, f"parts/{key}/{offset:012}-{secrets.token_hex(4)}"
    db.session.rollback()
    offload(store().put, part, io.BytesIO(content), len(content))
    try:
        with transaction() as session:
            row = lock(session, StoredFile, row_id)
            if row.received != offset or row.state != UPLOADING:
                raise Stale(_("This part has come already."))
            row.received, row.parts, row.touched_at = offset + len(content), [*row.parts, part], now()
    except (Stale, NotFound):
        offload(store().delete, part)  # after any other failure it may be stored all the same; if it is not, `expire` finds it
        raise
    return row


def finish(person, key: str) -> StoredFile:
    """All parts have come: put them together, look what it is, make the small picture. Again, it changes nothing; Stale while parts are missing."""
    row = unsent(person, key)
    if row.state == READY:
        return row
    if row.received != row.size:
        raise Stale(_("Not all of this file has come yet."))
    row_id, parts, place = row.id, list(row.parts), store()
    db.session.rollback()
    try:
        seen = _looked_at(assemble, place, parts, key)
    except NotFound:  # finished by the same browser, which asked twice, or taken back
        row = unsent(person, key)
        if row.state == READY:
            return row
        raise
    try:
        row = _ready(row_id, seen)
    except NotFound:  # taken back meanwhile
        offload(delete_blobs, place, key, [])
        raise
    offload(delete_blobs, place, None, parts)
    return row


def take(person, name: str | None, content: BinaryIO) -> StoredFile:
    """A whole file at once, from a plain form."""
    size = content.seek(0, io.SEEK_END)
    content.seek(0)
    row = begin(person, name, size)
    row_id, key, place = row.id, row.key, store()
    db.session.rollback()
    return _ready(row_id, _looked_at(keep, place, key, content, size))


def bring(person_id: int, name: str, content: bytes, at: datetime) -> StoredFile:
    """A file that came at an earlier instant, for the demo world; joins the open transaction, whose caller hangs it on a message."""
    key = secrets.token_hex(16)
    seen = keep(store(), key, io.BytesIO(content), len(content))
    row = StoredFile(
        key=key, person_id=person_id, name=fitting_name(clean_name(name), seen.kind), size=len(content), received=len(content), parts=[], digest=seen.digest, kind=seen.kind,
        small_width=seen.width, small_height=seen.height, state=READY, created_at=at, touched_at=at,
    )
    db.session.add(row)
    return row


def cancel(person, key: str) -> None:
    """The person does not want to send it after all; nothing of it stays."""
    row = unsent(person, key)
    remove([row])


def remove(rows: list[StoredFile]) -> None:
    """Delete files nobody has sent: from now on they cannot be, then their bytes go, and their row last, which leads to the bytes until they are gone."""
    place = store()
    for row_id in [row.id for row in rows]:
        mine = select(StoredFile).where(StoredFile.id == row_id, StoredFile.message_id.is_(None))
        with transaction() as session:
            row = session.scalar(mine.with_for_update())
            if row is None:
                continue  # sent or removed in the meantime
            row.state = REMOVED
        key, parts = row.key, list(row.parts)
        db.session.rollback()
        offload(delete_blobs, place, key, parts)
        with transaction() as session:
            if (row := session.scalar(mine)) is not None:
                session.delete(row)


def _looked_at(task, *args) -> Seen:
    """Making a small picture may take two seconds and 200 MB: only a few are made in a process at once, the others wait."""
    with current_app.extensions["file_looks"]:
        return offload(task, *args)


def _guest_pass(person) -> int | None:
    return person.sign_in_id if person.role == "guest" else None


def _ready(row_id: int, seen: Seen) -> StoredFile:
    with transaction() as session:
        row = lock(session, StoredFile, row_id)
        if row.state == REMOVED:
            raise NotFound()
        row.digest, row.kind, row.small_width, row.small_height = seen.digest, seen.kind, seen.width, seen.height
        row.name, row.received, row.parts, row.state, row.touched_at = fitting_name(row.name, seen.kind), row.size, [], READY, now()
    return row
