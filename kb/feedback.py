"""What readers do with answers: read them, say whether they helped, and what was missing.

A reader is a random name kept in her own browser, never a person.
"""

from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from kb import kinds
from kb.model import PUBLIC, Article, Feedback
from support.clock import now
from support.database import db, transaction
from support.events import record
from support.tickets.masking import mask_cards

LONGEST_COMMENT = 1000
READ_AGAIN = timedelta(minutes=30)
READS_KEPT = timedelta(days=90)


def record_read(visitor: str, article: Article) -> None:
    """Remember that a visitor read an article; within half an hour the same reading counts once."""
    known = db.session.scalar(_of(visitor, article.id))
    if known is not None and known.at > now() - READ_AGAIN:
        return
    with transaction() as session:
        _row(session, visitor, article.id).at = now()


def record_answer(visitor: str, article: Article, helped: bool | None, comment: str = "") -> Feedback:
    """Keep whether an article helped a visitor; she may change her mind. None keeps what she said before and adds the comment."""
    comment = mask_cards(comment.strip())[:LONGEST_COMMENT]
    with transaction() as session:
        row = _row(session, visitor, article.id)
        row.at = now()
        row.helped = row.helped if helped is None else helped
        row.comment = comment or row.comment
        record(kinds.JUDGED, subject=("article", article.id), helped=row.helped, has_comment=bool(comment))
    return row


def answer_of(visitor: str, article: Article) -> bool | None:
    """What a visitor said about an article: it helped, it did not, or nothing yet."""
    known = db.session.scalar(_of(visitor, article.id))
    return known.helped if known else None


def reads_of(visitor: str, since: datetime) -> list[tuple[int, str, bool | None]]:
    """(article id, title, helped) of what a visitor has read since then and could still read, first read first; as `open_ticket` takes it."""
    query = select(Article.id, Article.title, Feedback.helped).join(Article, Article.id == Feedback.article_id).where(Article.state == PUBLIC)
    return [tuple(row) for row in db.session.execute(query.where(Feedback.visitor == visitor, Feedback.at >= since).order_by(Feedback.at).limit(20))]


def comments(article: Article, limit: int = 20) -> list[Feedback]:
    """The newest judgements with words, for the authors."""
    query = select(Feedback).where(Feedback.article_id == article.id, Feedback.comment != "")
    return list(db.session.scalars(query.order_by(Feedback.at.desc()).limit(limit)))


def prune() -> None:
    """Forget readings without a judgement after three months."""
    with transaction() as session:
        session.execute(delete(Feedback).where(Feedback.helped.is_(None), Feedback.comment == "", Feedback.at < now() - READS_KEPT))


def _of(visitor: str, article_id: int):
    return select(Feedback).where(Feedback.article_id == article_id, Feedback.visitor == visitor)


def _row(session, visitor: str, article_id: int) -> Feedback:
    """The visitor's one row; two pages opened at once may both want to make it, and one of them finds the other's."""
    row = session.scalar(_of(visitor, article_id))
    if row is not None:
        return row
    row = Feedback(article_id=article_id, visitor=visitor, comment="", at=now())
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        return session.scalar(_of(visitor, article_id))
    return row
