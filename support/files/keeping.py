"""What is done with the bytes of a file once all have come. Needs no application and no database: it runs in a thread of its own."""
import hashlib
import io
import tempfile
from dataclasses import dataclass
from typing import BinaryIO

from support.files.contents import kind_of
from support.files.model import OPAQUE, PICTURES
from support.files.small import NoSmallPicture, small_picture
from support.files.stores import Store


@dataclass(frozen=True)
class Seen:
    """What was found in the bytes."""

    digest: str
    kind: str
    width: int | None = None
    height: int | None = None


def assemble(place: Store, parts: list[str], key: str) -> Seen:
    """Put the parts of an upload together and keep the whole."""
    with tempfile.TemporaryFile() as whole:
        size = 0
        for part in parts:
            with place.open(part) as content:
                size += whole.write(content.read())
        whole.seek(0)
        return keep(place, key, whole, size)


def keep(place: Store, key: str, content: BinaryIO, size: int) -> Seen:
    """Look into the bytes, make the small picture of a picture, and store both."""
    digest = hashlib.file_digest(content, "sha256").hexdigest()
    content.seek(0)
    kind = kind_of(content.read(16))
    width = height = None
    if kind in PICTURES:
        content.seek(0)
        try:
            small, width, height = small_picture(content)
            place.put(f"{key}-small", io.BytesIO(small), len(small))
        except NoSmallPicture:
            kind = OPAQUE
    content.seek(0)
    place.put(key, content, size)
    return Seen(digest, kind, width, height)


def delete_blobs(place: Store, key: str | None, parts: list[str]) -> None:
    """Delete the bytes of a file, its small picture and these parts."""
    for name in [*parts, *([key, f"{key}-small"] if key else [])]:
        place.delete(name)
