"""What every save of an article leaves behind, whoever or whatever saves it: what follows from its text, and a revision."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select

from kb import markdown
from kb.model import PUBLIC, Article, Revision


def settle(article: Article, at: datetime) -> None:
    """Bring up to its text and state what follows from them: the words it is found by, when it changed, when it became public."""
    article.words, article.updated_at = markdown.plain(article.body), at
    if article.state == PUBLIC and article.published_at is None:
        article.published_at = at


def keep(session, saved: Sequence[Article], author_id: int) -> dict[int, int]:
    """A revision for each article as it is now; returns their numbers by article. Inside a transaction."""
    if not saved:
        return {}
    session.flush()
    last = select(Revision.article_id, func.max(Revision.number)).where(Revision.article_id.in_([article.id for article in saved])).group_by(Revision.article_id)
    before = dict(session.execute(last).all())
    numbers = {article.id: before.get(article.id, 0) + 1 for article in saved}
    session.add_all(
        Revision(
            article_id=article.id, number=numbers[article.id], title=article.title, body=article.body, state=article.state, author_id=author_id, at=article.updated_at,
        )
        for article in saved
    )
    return numbers
