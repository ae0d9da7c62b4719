"""The importer "articles": answers from another system, each with the path, source and licence it had there.

A record that did not change since its last import is left alone; one that changed takes the place of the old text, unless somebody
changed the article here meanwhile. Nothing is indexed row by row: `kb/index.py` follows the end of the run.
"""

import posixpath
from collections.abc import Iterator
from pathlib import Path

from flask_babel import format_decimal
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from kb import articles, markdown, pictures, references, revisions
from kb.importing import arrivals, folder, records
from kb.importing.records import ENGLISH
from kb.model import PUBLIC, STATES
from support.database import db
from support.importing import Field, Importer, Outcome, Row, RunContext, Unmappable
from support.people.person import ADMINISTRATOR, Person


class ArticleImporter(Importer):
    """Articles by path: JSON lines, CSV, or a folder of Markdown."""

    name = "articles"
    label = _l("Answers")
    batch = 50  # so that no transaction is long
    fields = (
        Field("id", _l("Path"), required=True, meaning=_l("unique in its source, with folders: relative links are relative to it"), most=300),
        Field("title", _l("Title"), required=True, most=200),
        Field("body", _l("Text"), required=True, meaning=_l("in Markdown"), most=articles.LONGEST_BODY, whole=True),
        Field("section", _l("Subject"), meaning=_l("readers browse by it"), most=80),
        Field("summary", _l("Summary"), meaning=_l("one or two sentences"), most=1000),
        Field("labels", _l("Labels"), type="list", meaning=_l("words it is found by")),
        Field("updated", _l("Changed there"), meaning=_l("kept as it is written"), most=60),
        Field("topic", _l("Kind of text"), most=80),
        Field("source", _l("Source"), meaning=_l("who must be named with it"), most=200),
        Field("licence", _l("Licence"), most=120),
        Field("language", _l("Language"), meaning=_l("code such as de; English when left out"), most=20),
        Field("state", _l("Who sees it"), meaning=_l("public, internal or draft; public when left out"), most=10),
        Field("translation_of", _l("Translation of"), meaning=_l("path of the original in the same source, or its address here"), most=300),
        Field("problem", _l("Problem"), meaning=_l("why a file of a folder could not be read"), most=500),
    )
    options = {"overwrite": _l("yes: also replace articles that were changed here since their last import")}
    things = arrivals.THINGS
    things_title = _l("What they refer to:")
    takes_folders = own_names = True
    papers = {arrivals.BROKEN: _l("What leads nowhere, article by article")}

    def gather(self, source: Path, into: Path) -> Path:
        """A folder of Markdown as one file of rows; its pictures are laid beside it."""
        return folder.gather(source, into)

    def begin(self, run: RunContext) -> None:
        query = select(Person.id).where(Person.role == ADMINISTRATOR).order_by(Person.active.desc(), Person.id)
        author_id = db.session.scalar(query.limit(1))
        if author_id is None:
            raise Unmappable([_("Articles need an author: make an administrator first.")])
        run.memory.update(lines={}, links={}, originals={}, pictures={}, author_id=author_id)

    def passed(self, rows: list[Row], run: RunContext) -> None:
        for row in rows:
            if run.dry and row["id"] not in run.memory["lines"]:  # of a trial nothing stands in the database
                _remember(row, run)
                _look_beside(row, run)
            if run.memory["lines"].setdefault(row["id"], row.line) == row.line and row["translation_of"]:
                run.memory["originals"][row["id"]] = row["translation_of"]

    def prepare(self, rows: list[Row], run: RunContext) -> None:
        """Reading Markdown takes long and is kept for a while, and so do pictures: done before the transaction, it holds nobody up."""
        for row in rows:
            markdown.plain(row["body"])
            _look_beside(row, run)

    def load(self, rows: list[Row], run: RunContext) -> Outcome:
        outcome = Outcome()
        good = [row for row in rows if self._fits(row, run, outcome)]
        known = records.known(run.source, [row["id"] for row in good])
        fresh = [row for row in good if row["id"] not in known]
        slugs = articles.free_slugs([row["title"] for row in fresh])
        added = [records.add(row, run, slug) for row, slug in zip(fresh, slugs, strict=True)]
        outcome.created += len(added)
        for row in good:
            if row["id"] in known:
                _count(records.change(known[row["id"]], row, run), row, outcome)
        revisions.keep(db.session, added, run.memory["author_id"])
        for row in good:
            _remember(row, run)
        if not run.dry:
            for path in sorted({path for row in good for path in _shown(row) if run.memory["pictures"].get(path)}):
                pictures.store(db.session, run.source, path, run.memory["pictures"][path])
        return outcome

    def finish(self, run: RunContext) -> Outcome:
        """What needs all articles to be there: translations, and where the links lead."""
        return Outcome(things=arrivals.count(run))

    @staticmethod
    def _fits(row: Row, run: RunContext, outcome: Outcome) -> bool:
        said = _problem(row, run)
        if said:
            outcome.rejects.append((row.line, said))
        return not said


def _problem(row: Row, run: RunContext) -> str | None:
    path, earlier = row["id"], run.memory["lines"].get(row["id"])
    if row["problem"]:
        return row["problem"]
    if posixpath.normpath(path) != path or path.startswith(("/", "../")) or path in (".", "..") or not path.isprintable() or "\\" in path:
        return _("“%(path)s” is not a path inside a collection: write folders and a name, without leading slash and without “..”.", path=path[:80])
    if earlier is not None and earlier != row.line:
        return _("The path “%(path)s” was on line %(line)s already.", path=path[:80], line=format_decimal(earlier))
    if not markdown.is_short(row["body"]):
        return _("Use at most %(most)s lines.", most=format_decimal(markdown.MOST_LINES))
    if not articles.is_language(row["language"] or ENGLISH):
        return _("“%(code)s” is not the code of a language.", code=row["language"][:20])
    if (row["state"] or PUBLIC) not in STATES:
        return _("“%(state)s” is none of public, internal and draft.", state=row["state"])
    if not row["title"].isprintable():
        return _("The title holds characters that cannot be shown.")
    run.memory["lines"][path] = row.line
    return None


def _count(became: str, row: Row, outcome: Outcome) -> None:
    if became == records.KEPT:
        outcome.rejects.append((row.line, _("The article was changed here since its last import and stays as it is; the option “overwrite” replaces it.")))
    elif became == records.SAME:
        outcome.unchanged += 1
    else:
        outcome.changed += 1


def _remember(row: Row, run: RunContext) -> None:
    """What the end of the run needs to know of it."""
    run.memory["links"][row["id"]] = markdown.references(row["body"])
    run.memory["lines"][row["id"]] = row.line
    if row["translation_of"]:
        run.memory["originals"][row["id"]] = row["translation_of"]


def _shown(row: Row) -> Iterator[str]:
    """The paths in the collection where pictures of an article may lie."""
    for kind, address in markdown.references(row["body"]):
        if kind != "include":
            yield from references.candidates(row["id"], address)


def _look_beside(row: Row, run: RunContext) -> None:
    """Keep the pictures of an article that lie beside the file. Each is looked for once, however often it is named."""
    beside, known = folder.pictures_beside(run.file), run.memory["pictures"]
    for path in _shown(row) if beside.is_dir() else ():
        if path not in known:
            content = pictures.read(beside / path)
            known[path] = None if content is None else ("", "") if run.dry else pictures.keep(content)
