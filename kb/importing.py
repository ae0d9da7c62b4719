"""The importer "articles": answers from another system, each with the path, source and licence it had there.

A record that did not change since its last import is left alone; one that changed takes the place of the old text, unless somebody
changed the article here meanwhile. Nothing is indexed row by row: `kb/index.py` follows the end of the run.
"""

import csv
import hashlib
import json
import posixpath
from collections import Counter
from pathlib import Path

from flask import current_app
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from kb import articles, folder, markdown, pictures, references
from kb.model import PUBLIC, STATES, Article, Origin, Picture, Revision
from support.clock import now
from support.database import db
from support.importing import Field, Importer, Outcome, Row, RunContext, Unmappable
from support.importing.rejects import harmless
from support.people.person import ADMINISTRATOR, Person

# Name in the file, and where it is kept: an attribute of the article, or of its origin.
OURS = {"title": "title", "body": "body", "section": "category", "summary": "summary", "labels": "labels", "language": "language", "state": "state"}
THEIRS = ("updated", "topic", "source", "licence")
_FOUND = {"link": "links that lead to an article", "image": "pictures shown", "include": "includes"}
_MISSING = {"link": "links that lead nowhere", "image": "pictures not there", "include": "includes of other files, left out"}
ENGLISH = "en"  # the language of a record that names none; it is public


class ArticleImporter(Importer):
    """Articles by path: JSON lines, CSV, or a folder of Markdown."""

    name = "articles"
    label = _l("Answers")
    batch = 50  # so that no transaction is long
    fields = (
        Field("id", _l("Path"), required=True, meaning=_l("unique in its source, with folders: relative links are relative to it"), most=300),
        Field("title", _l("Title"), required=True, most=200),
        Field("body", _l("Text"), required=True, meaning=_l("in Markdown"), most=articles.LONGEST_BODY),
        Field("section", _l("Subject"), meaning=_l("readers browse by it"), most=80),
        Field("summary", _l("Summary"), meaning=_l("one or two sentences"), most=1000),
        Field("labels", _l("Labels"), kind="list", meaning=_l("words it is found by")),
        Field("updated", _l("Changed there"), meaning=_l("kept as it is written"), most=60),
        Field("topic", _l("Kind of text"), most=80),
        Field("source", _l("Source"), meaning=_l("who must be named with it"), most=200),
        Field("licence", _l("Licence"), most=120),
        Field("language", _l("Language"), meaning=_l("code such as de; English when left out"), most=20),
        Field("state", _l("Who sees it"), meaning=_l("public, internal or draft; public when left out"), most=10),
        Field("problem", _l("Problem"), meaning=_l("why a file of a folder could not be read"), most=500),
    )
    options = {"overwrite": _l("yes: also replace articles that were changed here since their last import")}

    def gather(self, source: Path, into: Path) -> Path:
        """A folder of Markdown as one file of rows; its pictures are laid beside it."""
        return folder.gather(source, into)

    def begin(self, run: RunContext) -> None:
        query = select(Person.id).where(Person.role == ADMINISTRATOR).order_by(Person.active.desc(), Person.id)
        author_id = db.session.scalar(query.limit(1))
        if author_id is None:
            raise Unmappable([_("Articles need an author: make an administrator first.")])
        run.memory.update(lines={}, links={}, author_id=author_id)

    def passed(self, rows: list[Row], run: RunContext) -> None:
        for row in rows:
            run.memory["lines"].setdefault(row["id"], row.line)

    def prepare(self, rows: list[Row], run: RunContext) -> None:
        """Reading Markdown takes long and is kept for a while: done before the transaction, it holds nobody up."""
        for row in rows:
            markdown.plain(row["body"])

    def load(self, rows: list[Row], run: RunContext) -> Outcome:
        outcome = Outcome()
        good = [row for row in rows if self._fits(row, run, outcome)]
        known = _known(run.source, [row["id"] for row in good])
        fresh = [row for row in good if row["id"] not in known]
        slugs = dict(zip([row.line for row in fresh], articles.free_slugs([row["title"] for row in fresh]), strict=True))
        added = [_Save(row, run).add(slugs[row.line]) for row in fresh]
        outcome.created += len(added)
        for row in good:
            if row["id"] in known:
                _Save(row, run).change(known[row["id"]], outcome)
        db.session.flush()
        _keep(added, run)
        for row in good:
            run.memory["links"][row["id"]] = markdown.references(row["body"])
            run.memory["lines"][row["id"]] = row.line
        for row in good:
            _pictures(row, run)
        return outcome

    def finish(self, run: RunContext) -> Outcome:
        """Count where the links lead, and write down those that lead nowhere."""
        query = select(Origin.path, Origin.links).where(Origin.collection == run.source)
        linked = {path: [tuple(link) for link in links] for path, links in db.session.execute(query)} | run.memory["links"]
        shown = set(db.session.scalars(select(Picture.path).where(Picture.collection == run.source)))
        things, broken = Counter(), []
        for path in sorted(linked):
            for kind, address in linked[path]:
                found = any(one in (shown if kind == "image" else linked) for one in references.candidates(path, address)) and kind != "include"
                things[_FOUND[kind] if found else _MISSING[kind]] += 1
                if not found:
                    broken.append((path, kind, address))
        _write(broken, run)
        return Outcome(things=things)

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
        return _("The path “%(path)s” was on line %(line)s already.", path=path[:80], line=earlier)
    if row["body"].count("\n") >= markdown.MOST_LINES:
        return _("Use at most %(most)s lines.", most=markdown.MOST_LINES)
    if not articles.is_language(row["language"] or ENGLISH):
        return _("“%(code)s” is not the code of a language.", code=row["language"][:20])
    if (row["state"] or PUBLIC) not in STATES:
        return _("“%(state)s” is none of public, internal and draft.", state=row["state"])
    if not row["title"].isprintable():
        return _("The title holds characters that cannot be shown.")
    run.memory["lines"][path] = row.line
    return None


class _Save:
    """One record on its way into the database."""

    def __init__(self, row: Row, run: RunContext):
        self.row, self.run, self.at = row, run, now()
        record = {name: row[name] for name in (*OURS, *THEIRS)}
        self.digest = hashlib.sha256(json.dumps(record, ensure_ascii=False, sort_keys=True).encode()).hexdigest()

    def add(self, slug: str) -> Article:
        """A new article; `_keep` adds its first revision when it has a number."""
        article = Article(slug=slug, author_id=self.run.memory["author_id"], created_at=self.at, version=1)
        self._fill(article)
        article.origin = Origin(collection=self.run.source, path=self.row["id"])
        self._mark(article.origin, article)
        db.session.add(article)
        return article

    def change(self, article: Article, outcome: Outcome) -> None:
        """What changed there takes the place of what is here; `outcome` says whether it did."""
        origin = article.origin
        if origin.digest == self.digest:
            outcome.unchanged += 1
            return
        if origin.version != article.version and self.run.options.get("overwrite") != "yes":
            outcome.rejects.append((self.row.line, _("The article was changed here since its last import and stays as it is; the option “overwrite” replaces it.")))
            return
        self._fill(article)
        article.version += 1
        self._mark(origin, article)
        _keep([article], self.run)
        outcome.changed += 1

    def _fill(self, article: Article) -> None:
        for name, attribute in OURS.items():
            empty = {"labels": [], "language": ENGLISH, "state": PUBLIC}.get(name, "")
            setattr(article, attribute, self.row[name] or empty)
        article.words, article.updated_at = markdown.plain(article.body), self.at
        if article.state == PUBLIC and article.published_at is None:
            article.published_at = self.at

    def _mark(self, origin: Origin, article: Article) -> None:
        for name in THEIRS:
            setattr(origin, name, self.row[name] or "")
        origin.digest, origin.version, origin.links = self.digest, article.version, list(markdown.references(article.body))


def _keep(saved: list[Article], run: RunContext) -> None:
    """A revision for each article as it is now."""
    if not saved:
        return
    db.session.flush()
    last = select(Revision.article_id, func.max(Revision.number)).where(Revision.article_id.in_([article.id for article in saved])).group_by(Revision.article_id)
    numbers = dict(db.session.execute(last).all())
    db.session.add_all(
        Revision(
            article_id=article.id, number=numbers.get(article.id, 0) + 1, title=article.title, body=article.body, state=article.state, author_id=run.memory["author_id"],
            at=article.updated_at,
        )
        for article in saved
    )


def _known(collection: str, paths: list[str]) -> dict[str, Article]:
    """Articles of the collection by path; one statement."""
    query = select(Article).join(Article.origin).where(Origin.collection == collection, Origin.path.in_(paths)).options(joinedload(Article.origin))
    return {article.origin.path: article for article in db.session.scalars(query)}


def _pictures(row: Row, run: RunContext) -> None:
    """Keep the pictures of an article that lie beside the file."""
    beside = folder.pictures_beside(run.file)
    for kind, address in markdown.references(row["body"]) if beside.is_dir() else ():
        for path in references.candidates(row["id"], address) if kind != "include" else ():
            content = pictures.read(beside / path)
            if content is not None:
                pictures.store(db.session, run.source, path, content)


def _write(broken: list[tuple[str, str, str]], run: RunContext) -> None:
    """The list beside the rejects: which article refers to what that is not there."""
    into = current_app.config["SETTINGS"].data_dir / "imports" / str(run.run_id)
    into.mkdir(parents=True, exist_ok=True)
    with open(into / "broken-links.csv", "w", encoding="utf8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["article", "kind", "leads to"])
        writer.writerows([harmless(cell) for cell in entry] for entry in broken)
