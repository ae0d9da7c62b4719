"""The articles a person may see, as lists: by category, popular, related, and the authors' list."""

from datetime import timedelta

from sqlalchemy import case, func, select
from sqlalchemy.orm import defer, joinedload

from kb import finding, markdown, translations
from kb.access import visible_to
from kb.model import PUBLIC, STATES, Article, Feedback, Revision
from support.clock import now
from support.database import db
from support.errors import NotFound
from support.listing import Listing
from support.people.person import Person

MOST_OPEN = 30  # subjects that are shown with their first articles; of more only the names and numbers
POPULAR_DAYS = 7
ABOUT = 600  # characters of a text that say what it is about


def languages(person) -> list[str]:
    """The languages in which there is something to read for this person, the one with most first."""
    counted = visible_to(person).with_only_columns(Article.language).group_by(Article.language)
    return list(db.session.scalars(counted.order_by(func.count().desc(), Article.language)))


def categories(person, language: str | None = None) -> list[tuple[str, int]]:
    """The categories with the number of articles in each that the person may see, or is shown when reading this language."""
    seen = (visible_to(person) if language is None else translations.for_readers(person, language)).with_only_columns(Article.category, func.count())
    return [tuple(row) for row in db.session.execute(seen.group_by(Article.category).order_by(func.lower(Article.category), Article.category))]


def shelves(person, language: str, each: int = 5) -> list[tuple[str, int, list[Article]]]:
    """(category, how many, its first articles by title) for the page of all answers; where there are many, none of their articles. Two statements at most."""
    names = categories(person, language)
    if len(names) > MOST_OPEN:
        return [(name, count, []) for name, count in names]
    place = func.row_number().over(partition_by=Article.category, order_by=Article.title).label("place")
    ranked = translations.for_readers(person, language).with_only_columns(Article.id, place).subquery()
    shown = select(Article).join(ranked, ranked.c.id == Article.id).where(ranked.c.place <= each).order_by(Article.title).options(defer(Article.body))
    found: dict[str, list[Article]] = {}
    for article in db.session.scalars(shown):
        found.setdefault(article.category, []).append(article)
    return [(name, count, found.get(name, [])) for name, count in names]


def in_category(person, category: str, language: str, args) -> Listing:
    """All articles of one category for readers of a language, paged."""
    listing = Listing(args, sorts={"title": Article.title}, default="title", per_page=50)
    return listing.apply(translations.for_readers(person, language).where(Article.category == category.replace("\0", "")))


def popular(person, language: str, limit: int = 8) -> list[Article]:
    """What was read most in the last week, filled up with the newest; the reader's language first."""
    since = now() - timedelta(days=POPULAR_DAYS)
    reads = select(Feedback.article_id, func.count().label("reads")).where(Feedback.at >= since).group_by(Feedback.article_id).subquery()
    query = translations.for_readers(person, language).where(Article.state == PUBLIC).outerjoin(reads, reads.c.article_id == Article.id)
    order = (case((Article.language == language, 0), else_=1), func.coalesce(reads.c.reads, 0).desc(), Article.published_at.desc().nulls_last(), Article.id)
    return list(db.session.scalars(query.order_by(*order).limit(limit)))


def related(person, article: Article, limit: int = 4) -> list[Article]:
    """What else is about the same things."""
    about = f"{article.title}\n{article.title}\n{markdown.plain(article.body[:6 * ABOUT])[:ABOUT]}"
    found = finding.answers(person, about, limit=limit + 1, exact=True, tail=0.0, language=article.language)
    return [hit.article for hit in found.hits if hit.article.family_id != article.family_id][:limit]


def authors_list(person, args) -> Listing:
    """All articles a person may write at, with search, sort and paging. Rows: article, author's name, helped, did not help."""
    judged = (
        select(
            Feedback.article_id,
            func.sum(case((Feedback.helped.is_(True), 1), else_=0)).label("helped"),
            func.sum(case((Feedback.helped.is_(False), 1), else_=0)).label("failed"),
        )
        .group_by(Feedback.article_id)
        .subquery()
    )
    helped, failed = func.coalesce(judged.c.helped, 0).label("helped"), func.coalesce(judged.c.failed, 0).label("failed")
    sorts = {"title": Article.title, "category": Article.category, "state": Article.state, "updated": Article.updated_at, "helped": helped, "failed": failed}
    listing = Listing(args, sorts=sorts, default="title", search=[Article.title, Article.body], filters={"state": STATES})
    query = visible_to(person).outerjoin(judged, judged.c.article_id == Article.id).outerjoin(Person, Person.id == Article.author_id)
    if listing.filters:
        query = query.where(Article.state == listing.filters["state"])
    return listing.apply(query.add_columns(Person.name.label("author"), helped, failed))


def revisions(article: Article, limit: int = 100) -> list[Revision]:
    """The saved states of an article, newest first, with their authors."""
    query = select(Revision).where(Revision.article_id == article.id).options(joinedload(Revision.author))
    return list(db.session.scalars(query.order_by(Revision.number.desc()).limit(limit)))


def revision(article: Article, number: int) -> Revision:
    """One saved state of an article that was found through the person; NotFound when it has no such number."""
    query = select(Revision).where(Revision.article_id == article.id, Revision.number == number).options(joinedload(Revision.author))
    found = db.session.scalar(query)
    if found is None:
        raise NotFound()
    return found
