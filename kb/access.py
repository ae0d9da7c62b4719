"""Who may see which article: the one answer for pages, lists, search and counts."""

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import joinedload

from kb.model import INTERNAL, PUBLIC, Article
from support.database import db
from support.errors import NotFound
from support.people import permissions


def visible_to(person) -> Select:
    """The articles a person may know of, as a select to narrow, count or page."""
    query = select(Article)
    if not person.is_staff:
        return query.where(Article.state == PUBLIC)
    if permissions.may(person, "administer"):
        return query
    return query.where(or_(Article.state.in_((PUBLIC, INTERNAL)), Article.author_id == person.id))


def find(person, slug: str) -> Article:
    """The article of an address, with its origin; NotFound when absent or not for this person."""
    query = visible_to(person).where(Article.slug == slug).options(joinedload(Article.origin))
    return _one(query.execution_options(populate_existing=True))  # also when a list had loaded it without


def by_id(person, article_id: int) -> Article:
    """The article with its author; NotFound when absent or not for this person."""
    return _one(visible_to(person).where(Article.id == article_id).options(joinedload(Article.author)))


def by_ids(person, ids) -> dict[int, Article]:
    """Those of some articles that a person may see, by id; one statement."""
    ids = list(ids)
    return {article.id: article for article in db.session.scalars(visible_to(person).where(Article.id.in_(ids)))} if ids else {}


def _one(query: Select) -> Article:
    article = db.session.scalar(query)
    if article is None:
        raise NotFound()
    return article
