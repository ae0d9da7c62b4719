"""Files of articles for tests, and what comes of importing them."""
import io
import json
import zipfile
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from kb.model import Article, Origin
from support.database import db
from tests import pictures

FULL = {"section": "", "summary": "", "labels": [], "updated": "", "topic": "", "source": "", "licence": ""}


def record(id: str, body: str = "Some words.", **values) -> dict:
    """A record as the export writes it, its values in that order."""
    given = {"id": id, "title": f"About {id}", **FULL, **values, "body": body}
    order = ("id", "section", "title", "summary", "labels", "updated", "topic", "source", "licence", "body", "language", "state", "translation_of")
    return {name: given[name] for name in order if name in given}


def jsonl(path: Path, *records: dict) -> Path:
    path.write_text("".join(json.dumps(each, ensure_ascii=False, separators=(",", ":")) + "\n" for each in records), encoding="utf8")
    return path


def files(folder: Path, contents: dict[str, str | bytes]) -> Path:
    """A folder with these files."""
    for name, content in contents.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def packed(contents: dict[str, str | bytes]) -> bytes:
    """The same as a ZIP archive."""
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
    return into.getvalue()


def unpacked(archive: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(archive)) as found:
        return {name: found.read(name) for name in found.namelist()}


def png(width: int = 2, filling: int = 0) -> bytes:
    """A small true picture; `filling` bytes of a comment make it larger."""
    return pictures.png(width, 1, extra=pictures.chunk(b"tEXt", b"c" * filling))


def article(app, path: str, collection: str = "there") -> Article:
    """The article with this path, to look at."""
    with app.app_context():
        found = db.session.scalar(
            select(Article).join(Article.origin).where(Origin.path == path, Origin.collection == collection).options(joinedload(Article.origin))
        )
        assert found is not None, f"{path} is not there"
        db.session.expunge_all()
        return found


def paths(app, collection: str = "there") -> set[str]:
    with app.app_context():
        return set(db.session.scalars(select(Origin.path).where(Origin.collection == collection)))


def exported(app, client, source: str = "there", **args) -> bytes:
    answer = client.get("/admin/articles/export", query_string={"source": source, **args})
    assert answer.status_code == 200, answer.text
    return answer.data
