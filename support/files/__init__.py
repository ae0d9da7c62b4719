"""Files that people send along: their bytes in a folder or a bucket, their rows in the database, and the way in, part by part.

Knows nothing of tickets: `support.tickets` hangs a file on a message and says who may have it.
"""
from threading import BoundedSemaphore

from support import jobs
from support.files.model import OPAQUE, PICTURES, READY, StoredFile
from support.files.stores import store_for
from support.files.tidying import expire
from support.files.uploads import MEGABYTE, PART_BYTES, append, begin, bring, cancel, finish, is_of, store, take, too_large, too_many, unsent

__all__ = [
    "MEGABYTE", "OPAQUE", "PART_BYTES", "PICTURES", "READY", "StoredFile", "append", "begin", "bring", "cancel", "expire", "finish", "is_of", "store", "take", "too_large", "too_many",
    "unsent",
]

LOOKS = 2  # files of one process that are put together and looked at, at the same time


def init_app(app, settings) -> None:
    """The store, and the timed work that keeps it tidy."""
    app.extensions["files"] = store_for(settings)
    app.extensions["file_looks"] = BoundedSemaphore(LOOKS)
    jobs.every(app, 600, "expire uploads", expire, apart=True)
