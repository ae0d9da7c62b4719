"""The same answer in several languages: which articles belong together, and which of them a reader of a language is shown."""

from flask_babel import gettext as _
from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import aliased

from kb.access import visible_to
from kb.model import Article
from support.database import db, lock
from support.errors import Invalid


def original_id(session, person, slug: str, language: str, article: Article | None = None) -> int | None:
    """The id of the original with this slug, None for no slug. `article` is the translation when it exists already.

    Call it inside the transaction that stores the answer. Raises Invalid when the original is not there or a translation itself,
    when it has this language already, and when an article is given a language that one of its own translations has.
    """
    if not slug.strip():
        _demand_free(session, article.id if article else None, language, article)
        return None
    found = session.scalar(visible_to(person).where(Article.slug == slug.strip()))
    if found is None or (article and found.id == article.id):
        raise Invalid({"translation_of": _("There is no answer with this address.")})
    original = lock(session, Article, found.id)
    has_own = article and session.scalar(select(Article.id).where(Article.translation_of_id == article.id).limit(1))
    if original.translation_of_id or has_own:
        raise Invalid({"translation_of": _("A translation belongs to an original, and not to another translation.")})
    if original.language == language:
        raise Invalid({"language": _("The original is in this language already.")})
    _demand_free(session, original.id, language, article)
    return original.id


def of(person, article: Article) -> dict[str, Article]:
    """Language: article, for all languages in which the person may read the same answer, this one's among them."""
    family = or_(Article.id == article.family_id, Article.translation_of_id == article.family_id)
    return {one.language: one for one in db.session.scalars(visible_to(person).where(family).order_by(Article.language))}


def original_of(person, article: Article) -> Article | None:
    """The original of a translation, if the person may see it."""
    return article.translation_of_id and db.session.scalar(visible_to(person).where(Article.id == article.translation_of_id))


def for_readers(person, language: str) -> Select:
    """What a reader of a language is shown: each answer once, in this language, or else in the one it was written in."""
    seen = visible_to(person).subquery()
    same, original = aliased(Article, seen), aliased(Article, seen)
    has_language = select(same.id).where(same.translation_of_id == func.coalesce(Article.translation_of_id, Article.id), same.language == language)
    has_original = select(original.id).where(original.id == Article.translation_of_id)
    return visible_to(person).where(or_(Article.language == language, and_(~has_language.exists(), ~has_original.exists())))


def _demand_free(session, family_id: int | None, language: str, article: Article | None) -> None:
    taken = select(Article.id).where(Article.translation_of_id == family_id, Article.language == language)
    if family_id and session.scalar(taken.where(Article.id != article.id) if article else taken):
        raise Invalid({"language": _("This answer is there in this language already.")})
