"""The search indexes of this process: one for the public, one for staff, so that nothing internal can shine through.

Built from the database when first asked for, then kept fresh by `article.saved` events; after an import built anew, once, while
the old ones answer on. Both read in a session of
their own: the request's may look at an older state of the database than the events tell of.
"""

import threading

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from kb import kinds, markdown
from kb.model import INTERNAL, PUBLIC, Article
from kb.search import Document, SearchIndex
from support.database import db
from support.importing.running import FINISHED
from support.offload import offload

AUDIENCES = {"public": (PUBLIC,), "staff": (PUBLIC, INTERNAL)}


class Library:
    """The indexes of one application, by audience; None until somebody searches."""

    def __init__(self):
        self.indexes: dict[str, SearchIndex] | None = None
        self.building = threading.Lock()


def init_app(app) -> None:
    app.extensions["kb_library"] = Library()


def of(person) -> SearchIndex:
    """The index of what a person may find. Drafts are in none."""
    return _indexes()["staff" if person.is_staff else "public"]


def follow(events) -> None:
    """Bring the indexes up to these events. Called in every process, within a second of the commit."""
    ids = {event.subject_id for event in events if event.kind == kinds.SAVED}
    imported = any(event.kind == FINISHED and event.data["what"] == "articles" for event in events)
    library = current_app.extensions["kb_library"]
    if not ids and not imported:
        return
    with library.building:  # an index being built now may have read the articles before they changed
        if library.indexes is None:
            return
        try:
            if imported:
                library.indexes = _built()
            else:
                _refresh(library.indexes, ids)
        except Exception:
            library.indexes = None  # these events do not come again: the next search builds all anew
            raise


def _indexes() -> dict[str, SearchIndex]:
    library = current_app.extensions["kb_library"]
    if library.indexes is None:
        with library.building:
            if library.indexes is None:
                library.indexes = _built()
    return library.indexes


def _built() -> dict[str, SearchIndex]:
    return offload(_build, _read(Article.state.in_((PUBLIC, INTERNAL))))


def _build(articles) -> dict[str, SearchIndex]:
    documents = [_document(article) for article in articles]
    return {audience: SearchIndex(document for document in documents if document.visibility in states) for audience, states in AUDIENCES.items()}


def _refresh(indexes: dict[str, SearchIndex], ids: set[int]) -> None:
    documents = [_document(article) for article in _read(Article.id.in_(ids))]
    for audience, states in AUDIENCES.items():
        shown = [document for document in documents if document.visibility in states]
        indexes[audience].remove(*ids.difference(document.id for document in shown))
        indexes[audience].change(*shown)


def _read(condition) -> list[Article]:
    with Session(db.engine) as session:
        articles = list(session.scalars(select(Article).where(condition).options(undefer(Article.words))))
        session.expunge_all()
    return articles


def _document(article: Article) -> Document:
    words = markdown.plain(article.body) if article.words is None else article.words
    return Document(article.id, article.title, words, article.language, article.state, (article.category, *article.labels))
