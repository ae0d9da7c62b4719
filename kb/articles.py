"""Writing articles: each save is one commit with a revision and an event; two authors never overwrite each other unseen."""

import re
import unicodedata

from babel import Locale, UnknownLocaleError
from flask_babel import format_decimal
from flask_babel import gettext as _
from sqlalchemy import select

from kb import kinds, markdown, revisions, translations
from kb.access import by_id, by_ids, find, visible_to
from kb.model import DRAFT, STATES, Article, Origin, Revision
from support.clock import now
from support.database import db, lock, transaction
from support.errors import Invalid, NotFound, Stale
from support.events import record
from support.offload import offload
from support.people import permissions

__all__ = ["LONGEST_BODY", "by_id", "by_ids", "change", "find", "restore", "slug_of", "visible_to", "write"]

LONGEST_BODY = markdown.LONGEST
LANGUAGE = re.compile(r"[a-z]{2,3}(_[A-Z]{2})?")


def write(person, *, title, body, category="", language="en", state=DRAFT, translation_of="") -> Article:
    """Make a new article and return it; `translation_of` is the slug of the original it says the same as.

    Raises Invalid for a missing title or text or an original that cannot be one, NotAllowed for other roles.
    """
    permissions.demand(person, "administer")
    values = _checked(title=title, body=body, category=category, language=language, state=state)
    offload(markdown.plain, values["body"])  # takes a while, and is kept until it is stored below
    with transaction() as session:
        at = now()
        original_id = translations.original_id(session, person, translation_of, values["language"])
        slug = _free_slug(session, values["title"])
        article = Article(slug=slug, translation_of_id=original_id, author_id=person.id, created_at=at, **values)
        revisions.settle(article, at)
        session.add(article)
        _keep(session, article, person, was=None)
    return article


def change(person, article_id: int, version: int, *, title, body, category="", language="en", state=DRAFT, translation_of="") -> Article:
    """Change an article as it stood at `version`; raises Stale when somebody saved it since."""
    permissions.demand(person, "administer")
    values = _checked(title=title, body=body, category=category, language=language, state=state)
    offload(markdown.plain, values["body"])  # takes a while, and is kept until it is stored below
    with transaction() as session:
        article = _at_version(session, article_id, version)
        original_id = translations.original_id(session, person, translation_of, values["language"], article)
        _store(session, article, person, {**values, "translation_of_id": original_id})
    return article


def restore(person, article_id: int, number: int, version: int) -> Article:
    """Bring back title and text of an earlier revision, as a new one; the state stays as it is."""
    permissions.demand(person, "administer")
    with transaction() as session:
        article = _at_version(session, article_id, version)
        revision = session.scalar(select(Revision).where(Revision.article_id == article_id, Revision.number == number))
        if revision is None:
            raise NotFound()
        _store(session, article, person, {"title": revision.title, "body": revision.body})
    return article


def slug_of(title: str) -> str:
    """The address of a title: letters and digits of any alphabet, joined by hyphens."""
    plain = "".join(letter for letter in unicodedata.normalize("NFKD", title.casefold()) if not unicodedata.combining(letter))
    return "-".join(re.findall(r"[^\W_]+", unicodedata.normalize("NFC", plain)))[:80].strip("-") or "answer"


def free_slugs(titles: list[str]) -> list[str]:
    """An address for each title that no article has and none of the others; for code inside a transaction."""
    wished = [slug_of(title) for title in titles]
    taken, found = set(db.session.scalars(select(Article.slug).where(Article.slug.in_(wished)))), []
    for slug in wished:
        if slug in taken:
            taken.update(db.session.scalars(select(Article.slug).where(Article.slug.startswith(slug, autoescape=True))))
        found.append(next(name for name in (slug, *(f"{slug}-{number}" for number in range(2, len(taken) + 3))) if name not in taken))
        taken.add(found[-1])
    return found


def _checked(**values) -> dict:
    errors = {}
    if not values["title"].strip():
        errors["title"] = _("Write the question a customer would ask.")
    if not values["body"].strip():
        errors["body"] = _("Write the answer.")
    elif len(values["body"]) > LONGEST_BODY:
        errors["body"] = _("Use at most %(most)s characters.", most=format_decimal(LONGEST_BODY))
    elif not markdown.is_short(values["body"]):
        errors["body"] = _("Use at most %(most)s lines.", most=format_decimal(markdown.MOST_LINES))
    if not is_language(values["language"]):
        errors["language"] = _("Choose one of the list.")
    if values["state"] not in STATES:
        errors["state"] = _("Choose one of the list.")
    if errors:
        raise Invalid(errors)
    return {**values, "title": values["title"].strip()[:200], "category": values["category"].strip()[:80]}


def is_language(code: str) -> bool:
    """Whether it is the code of a language, and has a name to show it by."""
    try:
        return bool(LANGUAGE.fullmatch(code)) and bool(Locale.parse(code).get_display_name())
    except (ValueError, UnknownLocaleError):
        return False


def _at_version(session, article_id: int, version: int) -> Article:
    article = lock(session, Article, article_id)
    if article.version != version:
        raise Stale()
    return article


def _store(session, article: Article, person, values: dict) -> None:
    was = article.state
    for name, value in values.items():
        setattr(article, name, value)
    revisions.settle(article, now())
    origin = session.get(Origin, article.id)
    if origin is not None:
        origin.links = list(markdown.references(article.body))
    article.version += 1
    _keep(session, article, person, was)


def _keep(session, article: Article, person, was) -> None:
    number = revisions.keep(session, [article], person.id)[article.id]
    record(kinds.SAVED, subject=("article", article.id), actor=person, number=number, state=article.state, was=was)


def _free_slug(session, title: str) -> str:
    return free_slugs([title])[0]
