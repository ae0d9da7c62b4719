"""Articles out of the shop, in the two forms in which they come in: JSON lines, or a folder of Markdown. What was imported comes out as it came in."""

import io
import json
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import click
from flask.cli import AppGroup, with_appcontext
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from kb import folder, pictures
from kb.importing import ENGLISH, OURS, THEIRS
from kb.model import PUBLIC, Article, Picture
from support.database import db
from support.people import permissions

AT_ONCE = 100
IN_MEMORY = 20_000_000  # bytes of an archive that need no file
ORDER = ("id", "section", "title", "summary", "labels", "updated", "topic", "source", "licence", "body")
command = AppGroup("export", help="Write what the shop holds into files.")


def records() -> Iterator[dict]:
    """All articles as records of the import, by their number. Language and state stand in it when they are not what the import assumes.

    An article written here goes by its address, and has the day of its last change.
    """
    last = 0
    query = select(Article).options(joinedload(Article.origin)).order_by(Article.id).limit(AT_ONCE)
    while some := list(db.session.scalars(query.where(Article.id > last))):
        yield from (_record(article) for article in some)
        last = some[-1].id
        db.session.expunge_all()


def lines(person) -> Iterator[str]:
    """The records as JSON lines, for administrators."""
    permissions.demand(person, "administer")
    return _lines()


def archive(person) -> io.BufferedIOBase:
    """The folder as a ZIP file, open at its beginning, for administrators."""
    permissions.demand(person, "administer")
    into = tempfile.SpooledTemporaryFile(IN_MEMORY)
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in _files():
            packed.writestr(name, content)
    into.seek(0)
    return into


@command.command("articles", help="Write all articles into TARGET: a file of JSON lines, or a new folder of Markdown.")
@click.argument("target", type=click.Path(path_type=Path))
@click.option("--format", "form", type=click.Choice(["jsonl", "folder"]), help="The form; without it the name of the target tells.")
@with_appcontext
def _articles(target: Path, form: str | None) -> None:
    form = form or ("jsonl" if target.suffix in (".jsonl", ".ndjson") else "folder")
    if target.exists() and (form == "jsonl" or any(target.iterdir()) if target.is_dir() else True):
        raise click.ClickException(_("“%(name)s” is there already. Name a new place.", name=str(target)))
    fresh = target.with_name(target.name + ".part")
    try:
        count = _write_lines(fresh) if form == "jsonl" else _write_folder(fresh)
        if target.exists():
            target.rmdir()
        fresh.replace(target)
    except OSError as error:
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.unlink(missing_ok=True)
        raise click.ClickException(_("“%(name)s” cannot be written: %(why)s.", name=str(target), why=error.strerror))
    click.echo(_("%(count)s articles are in %(name)s.", count=f"{count:,}", name=str(target)))


def _write_lines(into: Path) -> int:
    with open(into, "w", encoding="utf8", newline="") as file:
        return sum(bool(file.write(line)) for line in _lines())


def _write_folder(into: Path) -> int:
    shutil.rmtree(into, ignore_errors=True)
    into.mkdir(parents=True)
    count = 0
    for name, content in _files():
        (into / name).parent.mkdir(parents=True, exist_ok=True)
        (into / name).write_bytes(content)
        count += name.endswith(".md")
    return count


def _lines() -> Iterator[str]:
    return (json.dumps(record, ensure_ascii=False) + "\n" for record in records())


def _files() -> Iterator[tuple[str, bytes]]:
    """(path in the folder, content) of every article, then of every picture."""
    taken: set[str] = set()
    for record in records():
        yield folder.file_name(record["id"], taken), folder.written(record).encode()
    for picture in db.session.scalars(select(Picture).order_by(Picture.id)):
        content = pictures.content(picture)
        if content is not None and picture.path.casefold() not in taken:
            taken.add(picture.path.casefold())
            yield picture.path, content


def _record(article: Article) -> dict:
    origin = article.origin
    values = {name: getattr(article, attribute) for name, attribute in OURS.items()}
    if origin is None:
        values |= {"id": article.slug, "updated": article.updated_at.date().isoformat(), "topic": "", "source": "", "licence": ""}
    else:
        values |= {"id": origin.path, **{name: getattr(origin, name) for name in THEIRS}}
    usual = {"language": ENGLISH, "state": PUBLIC}
    return {name: values[name] for name in ORDER} | {name: values[name] for name, value in usual.items() if values[name] != value}
