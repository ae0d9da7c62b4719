"""Articles out of the shop, in the two forms in which they come in: JSON lines, or a folder of Markdown. What was imported comes out as it came in."""

import io
import json
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import click
from flask.cli import with_appcontext
from flask_babel import format_decimal
from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from kb import pictures
from kb.importing import folder
from kb.importing.records import ENGLISH, OURS, THEIRS
from kb.model import PUBLIC, Article, Origin, Picture
from support.commands import CommandGroup
from support.database import db
from support.people import permissions

AT_ONCE = 100
IN_MEMORY = 20_000_000  # bytes of an archive that need no file
ORDER = ("id", "section", "title", "summary", "labels", "updated", "topic", "source", "licence", "body")
command = CommandGroup("export", help="Write what the shop holds into files.")


def collections() -> list[str]:
    """The names under which articles were imported, the one with most articles first."""
    return list(db.session.scalars(select(Origin.collection).group_by(Origin.collection).order_by(func.count().desc(), Origin.collection)))


def records(collection: str = "") -> Iterator[dict]:
    """All articles as records of the import, or those of one collection, by their number.

    An article written here goes by its address, and has the day of its last change. Language and state stand in a record when
    they are not what the import assumes, `translation_of` in those of translations.
    """
    names, last = _names(collection), 0
    query = select(Article).options(joinedload(Article.origin)).order_by(Article.id).limit(AT_ONCE)
    if collection:
        query = query.join(Article.origin).where(Origin.collection == collection)
    while some := list(db.session.scalars(query.where(Article.id > last))):
        yield from (_record(article, names) for article in some)
        last = some[-1].id
        db.session.expunge_all()


def lines(person, collection: str = "") -> Iterator[str]:
    """The records as JSON lines, for administrators."""
    permissions.demand(person, "administer")
    return _lines(collection)


def archive(person, collection: str = "") -> io.BufferedIOBase:
    """The folder as a ZIP file, open at its beginning, for administrators."""
    permissions.demand(person, "administer")
    into = tempfile.SpooledTemporaryFile(IN_MEMORY)
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in _files(collection):
            packed.writestr(name, content)
    into.seek(0)
    return into


@command.command("articles", help="Write all articles into TARGET: a file of JSON lines, or a new folder of Markdown.")
@click.argument("target", type=click.Path(path_type=Path))
@click.option("--format", "form", type=click.Choice(["jsonl", "folder"]), help="The form; without it the name of the target tells.")
@click.option("--source", default="", help="Only what was imported under this name.")
@with_appcontext
def _articles(target: Path, form: str | None, source: str) -> None:
    if source and source not in collections():
        raise click.ClickException(_("Nothing was imported under the name “%(name)s”.", name=source))
    form = form or ("jsonl" if target.suffix in (".jsonl", ".ndjson") else "folder")
    if target.exists() and (form == "jsonl" or any(target.iterdir()) if target.is_dir() else True):
        raise click.ClickException(_("“%(name)s” is there already. Name a new place.", name=str(target)))
    fresh = target.with_name(target.name + ".part")
    try:
        count = _write_lines(fresh, source) if form == "jsonl" else _write_folder(fresh, source)
        if target.exists():
            target.rmdir()
        fresh.replace(target)
    except OSError as error:
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.unlink(missing_ok=True)
        raise click.ClickException(_("“%(name)s” cannot be written: %(why)s.", name=str(target), why=error.strerror))
    click.echo(_("%(count)s articles are in %(name)s.", count=format_decimal(count), name=str(target)))


def _write_lines(into: Path, collection: str) -> int:
    with open(into, "w", encoding="utf8", newline="") as file:
        return sum(bool(file.write(line)) for line in _lines(collection))


def _write_folder(into: Path, collection: str) -> int:
    shutil.rmtree(into, ignore_errors=True)
    into.mkdir(parents=True)
    count = 0
    for name, content in _files(collection):
        (into / name).parent.mkdir(parents=True, exist_ok=True)
        (into / name).write_bytes(content)
        count += name.endswith(".md")
    return count


def _lines(collection: str) -> Iterator[str]:
    return (json.dumps(record, ensure_ascii=False, separators=(",", ":")) + "\n" for record in records(collection))


def _files(collection: str) -> Iterator[tuple[str, bytes]]:
    """(path in the folder, content) of every article, then of every picture. Names do not depend on the order of the articles."""
    prefixes, taken = _prefixes(collection), set()
    places = {path: folder.file_name(path, taken) for path in sorted(_names(collection).values())}
    for record in records(collection):
        yield places[record["id"]], folder.written(record).encode()
    query = select(Picture).order_by(Picture.collection, Picture.path)
    for picture in db.session.scalars(query.where(Picture.collection == collection) if collection else query):
        content, path = pictures.content(picture), prefixes.get(picture.collection, "") + picture.path
        if content is not None and path.casefold() not in taken:
            taken.add(path.casefold())
            yield path, content


def _names(collection: str) -> dict[int, str]:
    """Article id: the path it goes by. Each path is there once: see `_prefixes`."""
    prefixes = _prefixes(collection)
    query = select(Article.id, Article.slug, Origin.collection, Origin.path).outerjoin(Article.origin)
    return {
        id: slug if path is None else prefixes.get(source, "") + path
        for id, slug, source, path in db.session.execute(query.where(Origin.collection == collection) if collection else query)
    }


def _prefixes(collection: str) -> dict[str, str]:
    """The folder in which the articles of a collection go, where their paths would meet those of another."""
    if collection:
        return {}
    taken, found = set(db.session.scalars(select(Article.slug).outerjoin(Article.origin).where(Origin.article_id.is_(None)))), {}
    for name in collections():
        paths = set(db.session.scalars(select(Origin.path).where(Origin.collection == name)))
        if taken & paths:
            found[name] = f"{name}/"
        taken |= {found.get(name, "") + path for path in paths}
    return found


def _record(article: Article, names: dict[int, str]) -> dict:
    origin = article.origin
    values = {name: getattr(article, attribute) for name, attribute in OURS.items()}
    values |= {"id": names[article.id], "translation_of": ""}
    if article.translation_of_id:
        values["translation_of"] = names.get(article.translation_of_id) or db.session.scalar(select(Article.slug).where(Article.id == article.translation_of_id))
    if origin is None:
        values |= {"updated": article.updated_at.date().isoformat(), "topic": "", "source": "", "licence": ""}
    else:
        values |= {name: getattr(origin, name) for name in THEIRS}
    usual = {"language": ENGLISH, "state": PUBLIC, "translation_of": ""}
    return {name: values[name] for name in ORDER} | {name: values[name] for name, value in usual.items() if values[name] != value}
