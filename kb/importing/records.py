"""One record of an import on its way into the database: the article, where it comes from, and its revision."""

import hashlib
import json

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from kb import markdown, revisions
from kb.model import PUBLIC, Article, Origin
from support.clock import now
from support.database import db
from support.importing import Row, RunContext

# Name in the file, and the attribute of the article that keeps it; the others are kept with its origin.
OURS = {"title": "title", "body": "body", "section": "category", "summary": "summary", "labels": "labels", "language": "language", "state": "state"}
THEIRS = ("updated", "topic", "source", "licence")
ENGLISH = "en"  # the language of a record that names none; it is public
TAKEN, SAME, KEPT = "taken", "same", "kept"  # what became of a record of an article that is there: changed, unchanged, left as it was edited here


def known(collection: str, paths: list[str]) -> dict[str, Article]:
    """Articles of the collection by path, with their origins, locked until the batch is stored; one statement."""
    query = select(Article).join(Article.origin).where(Origin.collection == collection, Origin.path.in_(paths)).options(joinedload(Article.origin))
    query = query.order_by(Article.id).with_for_update(of=Article).execution_options(populate_existing=True)  # nobody saves between the look and the change
    return {article.origin.path: article for article in db.session.scalars(query)}


def add(row: Row, run: RunContext, slug: str) -> Article:
    """A new article; its first revision is kept when it has a number."""
    at = now()
    article = Article(slug=slug, author_id=run.memory["author_id"], created_at=at, version=1)
    _fill(article, row, at)
    article.origin = Origin(collection=run.source, path=row["id"])
    _mark(article, row)
    db.session.add(article)
    return article


def change(article: Article, row: Row, run: RunContext) -> str:
    """What changed there takes the place of what is here, unless somebody edited it here since; returns TAKEN, SAME or KEPT."""
    if article.origin.digest == _digest(row):
        return SAME
    if article.origin.version != article.version and run.options.get("overwrite") != "yes":
        return KEPT
    _fill(article, row, now())
    article.version += 1
    _mark(article, row)
    revisions.keep(db.session, [article], run.memory["author_id"])
    return TAKEN


def _digest(row: Row) -> str:
    """Of all values as they came, so that a second import knows what changed there."""
    record = {name: row[name] for name in (*OURS, *THEIRS)}
    if row["translation_of"]:
        record["translation_of"] = row["translation_of"]
    return hashlib.sha256(json.dumps(record, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def _fill(article: Article, row: Row, at) -> None:
    for name, attribute in OURS.items():
        empty = {"labels": [], "language": ENGLISH, "state": PUBLIC}.get(name, "")
        setattr(article, attribute, row[name] or empty)
    revisions.settle(article, at)
    if not row["translation_of"]:
        article.translation_of_id = None


def _mark(article: Article, row: Row) -> None:
    for name in THEIRS:
        setattr(article.origin, name, row[name] or "")
    article.origin.digest, article.origin.version, article.origin.links = _digest(row), article.version, list(markdown.references(article.body))
