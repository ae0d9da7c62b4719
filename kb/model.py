"""Articles, their revisions, and what readers did with them."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from support.database import Base, UTCDateTime
from support.people.person import Person

DRAFT, INTERNAL, PUBLIC = "draft", "internal", "public"
STATES = (DRAFT, INTERNAL, PUBLIC)


class Article(Base):
    """One page of the knowledge base. Public ones are for everybody, internal ones for staff, drafts for who writes them.

    The same answer in another language is an article of its own that names the original; an original names none.
    """

    __tablename__ = "article"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(120), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(String(20), default="en")
    state: Mapped[str] = mapped_column(String(10), default=DRAFT)
    category: Mapped[str] = mapped_column(String(80), default="")
    translation_of_id: Mapped[int | None] = mapped_column(ForeignKey("article.id"))
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)
    published_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    version: Mapped[int] = mapped_column(default=1)

    author: Mapped[Person] = relationship(lazy="raise")

    __table_args__ = (Index("ix_article_shelf", "state", "category", "title"), Index("uq_article_translation", "translation_of_id", "language", unique=True))

    @property
    def family_id(self) -> int:
        """What an original and its translations have in common: the id of the original."""
        return self.translation_of_id or self.id

    @property
    def is_public(self) -> bool:
        return self.state == PUBLIC


class Revision(Base):
    """One saved state of an article; revisions are only ever added."""

    __tablename__ = "article_revision"

    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id"))
    number: Mapped[int]
    title: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(10))
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)

    author: Mapped[Person] = relationship(lazy="raise")

    __table_args__ = (UniqueConstraint("article_id", "number"),)


class Feedback(Base):
    """What one visitor did with one article: read it (`helped` is None), and perhaps said whether it helped."""

    __tablename__ = "article_feedback"

    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id"))
    visitor: Mapped[str] = mapped_column(String(40))
    helped: Mapped[bool | None]
    comment: Mapped[str] = mapped_column(String(1000), default="")
    at: Mapped[datetime] = mapped_column(UTCDateTime)

    __table_args__ = (
        UniqueConstraint("article_id", "visitor"),
        Index("ix_article_feedback_visitor", "visitor", "at"),
        Index("ix_article_feedback_time", "at", "article_id"),
    )
