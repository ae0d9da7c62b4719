"""Pictures that came with imported articles: files in the data folder under their SHA-256, of kinds every browser shows and none runs."""

import hashlib
import os
import secrets
from pathlib import Path

from flask import current_app
from sqlalchemy import select

from kb.model import Picture

LARGEST = 5_000_000  # bytes
_KINDS = ((b"\x89PNG\r\n\x1a\n", "image/png"), (b"\xff\xd8\xff", "image/jpeg"), (b"GIF87a", "image/gif"), (b"GIF89a", "image/gif"))


def kind_of(content: bytes) -> str | None:
    """The media type by the first bytes, whatever the file is called; None for everything that is not a plain picture."""
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    return next((kind for start, kind in _KINDS if content.startswith(start)), None)


def read(path: Path) -> bytes | None:
    """The bytes of a picture; None when there is no file, it is a link, too large or no picture."""
    try:
        with open(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as file:
            content = file.read(LARGEST + 1)
    except OSError:
        return None
    return content if len(content) <= LARGEST and kind_of(content) else None


def keep(content: bytes) -> tuple[str, str]:
    """Keep the bytes of a picture; returns their SHA-256 and kind, by which `store` knows them."""
    digest = hashlib.sha256(content).hexdigest()
    file = _file(digest)
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        fresh = file.with_suffix(f".{secrets.token_hex(8)}")
        fresh.write_bytes(content)
        fresh.replace(file)
    return digest, kind_of(content)


def store(session, collection: str, path: str, kept: tuple[str, str]) -> None:
    """Put what was kept under a path of the collection, in the place of an earlier one. Inside a transaction."""
    known = session.scalar(select(Picture).where(Picture.collection == collection, Picture.path == path))
    picture = known or Picture(collection=collection, path=path)
    picture.sha256, picture.kind = kept
    session.add(picture)


def content(picture: Picture) -> bytes | None:
    """What is to be shown; None when the file is gone."""
    return read(_file(picture.sha256))


def _file(digest: str) -> Path:
    return current_app.config["SETTINGS"].data_dir / "pictures" / digest[:2] / digest
