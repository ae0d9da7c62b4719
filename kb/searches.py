"""What readers searched for and what came of it, so that authors see what is missing.

Searching itself writes nothing: each process notes what happened in its memory and stores it every few seconds, so a search costs no
statement more. What a process that dies has not stored is lost; these are figures, not acknowledged work. No text is kept as typed:
addresses, numbers and card numbers are masked, and the visitor's random name is forgotten after a day.
"""
import re
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from flask import Flask, current_app
from rapidfuzz import fuzz
from sqlalchemy import case, delete, func, select, update

from kb.model import SearchMade
from kb.search.tokens import words
from support.clock import now
from support.database import db, transaction
from support.people.permissions import demand
from support.tickets.masking import mask_cards
from support.web import background

SOLVED, ASKED = "solved", "asked"
CONNECTED = timedelta(minutes=30)  # what a visitor does so long after a search comes of it
NAMED = timedelta(days=1)
KEPT = timedelta(days=90)
EVERY = 3.0  # seconds
LONGEST, LOOKED_AT = 200, 300  # characters kept, and those that are looked through for what to mask
MOST_NOTED = 10_000  # in a process, while the database does not answer
MOST_TEXTS, MOST_GROUPS = 600, 50
ALIKE = 82  # of 100: two texts that ask the same

log = structlog.get_logger(__name__)

_MAIL = re.compile(r"\S+@\S+")
_NUMBER = re.compile(r"[\w-]*(?:[•\d][\w ()/.-]{0,3}){2}[•\d][\w-]*")  # three digits or more, together or nearly: an order, a parcel, a telephone, a postcode


@dataclass
class Gap:
    """Searches that ask the same: the commonest words, how often, by how many of them an answer was opened or a question asked all the same, and other words for it."""

    text: str
    times: int
    opened: int
    asked: int
    others: list[str]
    last_at: datetime


@dataclass(frozen=True)
class Sums:
    """Of all searches in a time: without any answer, with an answer opened, ended by an answer that helped, ended by a question to us."""

    made: int
    missing: int
    opened: int
    solved: int
    asked: int


def init_app(app) -> None:
    app.extensions["kb_searches"] = deque(maxlen=MOST_NOTED)
    background.also(app, loop)


def searched(visitor: str, text: str, results: int, language: str) -> None:
    """A visitor finished a search and was shown so many answers."""
    masked = mask(text)
    if masked:
        _note(lambda session, at: session.add(SearchMade(at=at, text=masked, language=language, visitor=visitor, results=results)))


def opened(visitor: str, article_id: int) -> None:
    """A visitor reads an article: of her last search, if that was lately, an answer was opened."""
    _note(_mark_last(visitor, lambda made: {"opened_id": case((made.opened_id.is_(None), article_id), else_=made.opened_id)}))


def ended(visitor: str, outcome: str) -> None:
    """An answer SOLVED what a visitor searched for, or she ASKED us."""
    _note(_mark_last(visitor, lambda made: {"outcome": outcome}))


def mask(text: str) -> str:
    """The words of a search in small letters without anything that tells who asked."""
    text = _NUMBER.sub("#", _MAIL.sub("@", mask_cards(text[:LOOKED_AT].lower())))
    return " ".join(text.split())[:LONGEST].strip("#@+ ")


def flush() -> None:
    """Store what this process has noted, in its order."""
    noted = current_app.extensions["kb_searches"]
    if not noted:
        return
    done = []
    try:
        with transaction() as session:
            while noted:
                done.append(noted.popleft())
                act, at = done[-1]
                act(session, at)
                session.flush()
    except Exception:
        noted.extendleft(reversed(done))
        raise


def loop(app: Flask, stopping: threading.Event) -> None:
    """Store what was noted every few seconds, and once more at the end."""
    ending = False
    while not ending:
        ending = stopping.wait(EVERY)
        try:
            with app.app_context():
                flush()
        except Exception:
            log.exception("searches are noted, not stored")


def sums(person, days: int) -> Sums:
    """Of the searches of the last days. For administrators; one statement."""
    demand(person, "administer")
    flush()
    counted = [
        func.count(), *(func.coalesce(func.sum(case((condition, 1), else_=0)), 0) for condition in (
            SearchMade.results == 0, SearchMade.opened_id.is_not(None), SearchMade.outcome == SOLVED, SearchMade.outcome == ASKED))
    ]
    return Sums(*db.session.execute(select(*counted).where(SearchMade.at >= now() - timedelta(days=days))).one())


def gaps(person, kind: str, days: int) -> list[Gap]:
    """Groups of searches that ask the same, the most frequent first. For administrators; one statement.

    `kind`: "missing" found nothing, "unopened" found answers of which none was opened, "asked" ended with a question to us.
    """
    demand(person, "administer")
    flush()
    chosen = {
        "missing": SearchMade.results == 0, "asked": SearchMade.outcome == ASKED,
        "unopened": (SearchMade.results > 0) & SearchMade.opened_id.is_(None),
    }[kind]
    times = func.count()
    opened_times, asked_times = (func.sum(case((condition, 1), else_=0)) for condition in (SearchMade.opened_id.is_not(None), SearchMade.outcome == ASKED))
    query = select(SearchMade.text, times, opened_times, asked_times, func.max(SearchMade.at)).where(SearchMade.at >= now() - timedelta(days=days), chosen)
    rows = db.session.execute(query.group_by(SearchMade.text).order_by(times.desc(), SearchMade.text).limit(MOST_TEXTS)).all()
    return _grouped(rows)


def prune() -> None:
    """Forget who searched after a day, and the search after three months."""
    with transaction() as session:
        session.execute(delete(SearchMade).where(SearchMade.at < now() - KEPT))
        session.execute(update(SearchMade).where(SearchMade.visitor.is_not(None), SearchMade.at < now() - NAMED).values(visitor=None))


def _note(act: Callable) -> None:
    current_app.extensions["kb_searches"].append((act, now()))


def _mark_last(visitor: str, values: Callable) -> Callable:
    def act(session, at):
        last = select(func.max(SearchMade.id)).where(SearchMade.visitor == visitor, SearchMade.at > at - CONNECTED, SearchMade.at <= at).scalar_subquery()
        session.execute(update(SearchMade).where(SearchMade.id == last).values(**values(SearchMade)), execution_options={"synchronize_session": False})

    return act


def _grouped(rows) -> list[Gap]:
    """Greedy: each text joins the first more frequent one that it is like, by the words they share in any order."""
    groups: list[tuple[str, Gap]] = []
    for text, times, opened_times, asked_times, last_at in rows:
        plain = " ".join(words(text))
        gap = next((gap for leader, gap in groups if fuzz.token_sort_ratio(plain, leader) >= ALIKE), None)
        if gap is None:
            groups.append((plain, Gap(text, times, opened_times, asked_times, [], last_at)))
            continue
        gap.times, gap.opened, gap.asked, gap.last_at = gap.times + times, gap.opened + opened_times, gap.asked + asked_times, max(gap.last_at, last_at)
        gap.others.append(text)
    return sorted((gap for _, gap in groups), key=lambda gap: -gap.times)[:MOST_GROUPS]
