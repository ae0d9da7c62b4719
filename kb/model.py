"""Articles, their revisions, and what readers did with them."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from support.database import Base, JSONData, UTCDateTime
from support.people.person import Person

DRAFT, INTERNAL, PUBLIC = "draft", "internal", "public"
STATES = (DRAFT, INTERNAL, PUBLIC)


class Article(Base):
    """One page of the knowledge base. Public ones are for everybody, internal ones for staff, drafts for who writes them.

    `words` is its text without marks, for the search: made when the text is stored, since making it takes long. None: not made yet.
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
    summary: Mapped[str] = mapped_column(String(1000), default="", server_default="")
    labels: Mapped[list] = mapped_column(JSONData, default=list, server_default="[]")
    words: Mapped[str | None] = mapped_column(Text, deferred=True)
    translation_of_id: Mapped[int | None] = mapped_column(ForeignKey("article.id"))
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)
    published_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    version: Mapped[int] = mapped_column(default=1)

    author: Mapped[Person] = relationship(lazy="raise")
    origin: Mapped["Origin | None"] = relationship(back_populates="article", lazy="raise")

    __table_args__ = (Index("ix_article_shelf", "state", "category", "title"), Index("uq_article_translation", "translation_of_id", "language", unique=True))

    @property
    def family_id(self) -> int:
        """What an original and its translations have in common: the id of the original."""
        return self.translation_of_id or self.id

    @property
    def is_public(self) -> bool:
        return self.state == PUBLIC


class Origin(Base):
    """Where an imported article comes from, and what of it is not ours to change: its path there, its licence.

    `collection` names the import it belongs to, as the administrator calls it; `path` is unique in it and what relative links are
    relative to. `updated` stays as it was written. `links` are the paths its text leads to. `digest` is of the record as it was read
    last, `version` the article's version then: together they tell what changed there and what was changed here.
    """

    __tablename__ = "article_origin"

    article_id: Mapped[int] = mapped_column(ForeignKey("article.id"), primary_key=True)
    collection: Mapped[str] = mapped_column(String(60))
    path: Mapped[str] = mapped_column(String(300))
    updated: Mapped[str] = mapped_column(String(60), default="")
    topic: Mapped[str] = mapped_column(String(80), default="")
    source: Mapped[str] = mapped_column(String(200), default="")
    licence: Mapped[str] = mapped_column(String(120), default="")
    digest: Mapped[str] = mapped_column(String(64))
    version: Mapped[int]
    links: Mapped[list] = mapped_column(JSONData, default=list)

    article: Mapped[Article] = relationship(back_populates="origin", lazy="raise")

    __table_args__ = (UniqueConstraint("collection", "path"),)


class Picture(Base):
    """An image that came with a collection, by its path there; the file lies in the data folder under its SHA-256."""

    __tablename__ = "article_picture"

    id: Mapped[int] = mapped_column(primary_key=True)
    collection: Mapped[str] = mapped_column(String(60))
    path: Mapped[str] = mapped_column(String(300))
    sha256: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(20))

    __table_args__ = (UniqueConstraint("collection", "path"),)


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


class SearchWords(Base):
    """One row: what administrators taught the search, as they typed it. `same`: a line for each group of phrases, parted by commas."""

    __tablename__ = "search_words"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    same: Mapped[str] = mapped_column(Text, default="")
    ignored: Mapped[str] = mapped_column(Text, default="")
    version: Mapped[int] = mapped_column(default=1)


class SearchMade(Base):
    """One finished search of a visitor: its words without what could tell who asked, how many answers came, and what came of it.

    `visitor` is the random name of a browser, kept for a day: as long as something may still come of it. `outcome` is the last that did:
    nothing, "solved" (an answer helped) or "asked" (the reader wrote to us).
    """

    __tablename__ = "search_made"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    text: Mapped[str] = mapped_column(String(200))
    language: Mapped[str] = mapped_column(String(20))
    visitor: Mapped[str | None] = mapped_column(String(40))
    results: Mapped[int]
    opened_id: Mapped[int | None] = mapped_column(ForeignKey("article.id"))
    outcome: Mapped[str] = mapped_column(String(10), default="")

    __table_args__ = (Index("ix_search_made_at", "at"), Index("ix_search_made_visitor", "visitor", "at"))
