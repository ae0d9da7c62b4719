"""The search indexes of this process: one for the public, one for staff, so that nothing internal can shine through.

Where a process serves people, a loop builds them when it starts and keeps them fresh by `article.saved` events and the ends of
imports; requests use what is there, and `kb/meanwhile.py` while nothing is. Without that loop (commands, tests) they are built when
first asked for. All read in a session of their own: the request's may look at an older state of the database than the events tell of.
"""

import threading

import structlog
from flask import Flask, current_app
from sqlalchemy import case, select

from kb import kinds, markdown
from kb.model import INTERNAL, PUBLIC, Article
from kb.search import Document, SearchIndex
from support import relay
from support.database import session_beside
from support.importing import FINISHED
from support.offload import breathe, offload
from support.web import background

AUDIENCES = {"public": (PUBLIC,), "staff": (PUBLIC, INTERNAL)}
MOST_CHANGES = 400  # articles changed at once; more are quicker built anew than put in
AGAIN = 5.0  # seconds after a failure

log = structlog.get_logger(__name__)


class Library:
    """The indexes of one application, by audience; None while there are none. `versions` are of the articles in them.

    `old` are articles to look at again, `all_old` tells that any may have changed. `looked_after` is whether a loop is at it.
    """

    def __init__(self):
        self.indexes: dict[str, SearchIndex] | None = None
        self.versions: dict[int, int] = {}
        self.old: set[int] = set()
        self.all_old = False
        self.looked_after = False
        self.noting, self.building = threading.Lock(), threading.Lock()
        self.news = threading.Event()


def init_app(app) -> None:
    app.extensions["kb_library"] = Library()
    relay.everywhere(app, follow)
    background.also(app, loop)


def of(person) -> SearchIndex | None:
    """The index of what a person may find, None while the first is being built. Drafts are in none."""
    library = _library()
    if library.indexes is None and not library.looked_after:
        bring_up()
    return library.indexes and library.indexes["staff" if person.is_staff else "public"]


def follow(events) -> None:
    """Note what these events made old. Called in every process, within a second of the commit."""
    ids = {event.subject_id for event in events if event.kind == kinds.SAVED}
    imported = any(event.kind == FINISHED and event.data["what"] == "articles" for event in events)
    if not ids and not imported:
        return
    library = _library()
    with library.noting:
        library.old |= ids
        library.all_old |= imported
    if library.looked_after:
        library.news.set()
    elif library.indexes is not None:
        bring_up()


def loop(app: Flask, stopping: threading.Event) -> None:
    """Build the indexes, then keep them fresh until the application stops."""
    library = app.extensions["kb_library"]
    library.looked_after = True
    while not relay.follows(app):  # what changes from then on is noted; what changed before is read
        if stopping.wait(0.1):
            return
    library.news.set()
    while not stopping.is_set():
        if not library.news.wait(1):
            continue
        library.news.clear()
        try:
            with app.app_context():
                bring_up()
        except Exception:
            log.exception("the search indexes stay as they are")
            stopping.wait(AGAIN)
            library.news.set()


def bring_up() -> None:
    """Bring the indexes up to what the database holds of everything noted as old; build them if there are none."""
    library = _library()
    with library.building:
        with library.noting:
            ids, all_old = library.old, library.all_old or library.indexes is None
            library.old, library.all_old = set(), False
        try:
            if all_old:
                ids = ids | _changed(library.versions)
            if library.indexes is None or len(ids) > MOST_CHANGES:
                library.indexes, library.versions = offload(_build, _read(), breathe if library.looked_after else _go_on)
            elif ids:
                offload(_refresh, library, ids, _read(ids))
        except Exception:
            with library.noting:  # these events do not come again
                library.old, library.all_old = library.old | ids, library.all_old or all_old
            raise


def _library() -> Library:
    return current_app.extensions["kb_library"]


def _changed(known: dict[int, int]) -> set[int]:
    """The articles that are not in the indexes as they are now."""
    with session_beside() as session:
        now = dict(session.execute(select(Article.id, Article.version).where(_findable())).all())
    return {id for id, _version in now.items() ^ known.items()}


def _go_on() -> None:
    """Instead of a pause, where nobody is kept waiting."""


def _build(rows, pause) -> tuple[dict[str, SearchIndex], dict[int, int]]:
    """Both indexes; what is public is read once for both."""
    documents = [_document(row) for row in rows]
    public = SearchIndex((one for one in documents if one.visibility == PUBLIC), pause=pause)
    indexes = {"public": public, "staff": public.with_added(*(one for one in documents if one.visibility != PUBLIC))}
    return indexes, {row.id: row.version for row in rows}


def _refresh(library: Library, ids: set[int], rows) -> None:
    documents = [_document(row) for row in rows]
    for audience, states in AUDIENCES.items():
        shown = [document for document in documents if document.visibility in states]
        library.indexes[audience].remove(*ids.difference(document.id for document in shown))
        library.indexes[audience].change(*shown)
    versions = {id: version for id, version in library.versions.items() if id not in ids}
    library.versions = versions | {row.id: row.version for row in rows}


def _findable():
    return Article.state.in_((PUBLIC, INTERNAL))


def _read(ids: set[int] | None = None) -> list:
    """What the indexes need of all articles, or of some; the text itself only where its words are not made yet."""
    columns = (Article.id, Article.title, Article.words, Article.language, Article.state, Article.category, Article.labels, Article.version)
    query = select(*columns, case((Article.words.is_(None), Article.body)).label("body")).where(_findable())
    with session_beside() as session:
        return session.execute(query if ids is None else query.where(Article.id.in_(ids))).all()


def _document(row) -> Document:
    words = markdown.plain(row.body) if row.words is None else row.words
    return Document(row.id, row.title, words, row.language, row.state, (row.category, *row.labels))
