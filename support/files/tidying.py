"""What was begun and never sent goes after a day, and the bytes with it."""
from datetime import timedelta

import structlog
from flask import current_app
from sqlalchemy import select

from support.clock import now
from support.database import db
from support.errors import Unavailable
from support.files.model import StoredFile
from support.files.uploads import remove, store
from support.offload import offload

AT_ONCE = 200

log = structlog.get_logger(__name__)


def expire() -> None:
    """Delete unfinished and unsent files that nobody has touched for UPLOAD_HOURS, and parts no upload knows of. A timed job."""
    before = now() - timedelta(hours=current_app.config["SETTINGS"].upload_hours)
    query = select(StoredFile).where(StoredFile.message_id.is_(None), StoredFile.touched_at < before).order_by(StoredFile.id).limit(AT_ONCE)
    for row in list(db.session.scalars(query)):
        _remove_if_possible(row)
    place = store()
    # A process that dies between writing a part and noting it leaves one; whatever is in use is younger than its upload's last sign of life.
    offload(_delete_old_parts, place, before - timedelta(hours=current_app.config["SETTINGS"].upload_hours))


def _remove_if_possible(row: StoredFile) -> None:
    """What the store does not let go of today must not hold up the others; it is asked again the next time."""
    key = row.key
    try:
        remove([row])
    except Unavailable as error:
        db.session.rollback()
        log.warning("file not deleted", key=key, error=repr(error.__cause__))


def _delete_old_parts(place, before) -> None:
    for name in list(place.parts_before(before)):
        place.delete(name)
