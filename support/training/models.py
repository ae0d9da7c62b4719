"""Skills that work needs, and certificates that say who has them. Written by `skills`, `certificates` and `ending` only."""
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, and_, or_
from sqlalchemy.orm import Mapped, mapped_column, relationship

from support.database import Base, UTCDateTime

KINDS = ("subject", "product", "language")
LEVELS = (1, 2, 3, 4, 5)


class Skill(Base):
    """Something work can ask for: a subject, a product or a language."""

    __tablename__ = "skill"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    kind: Mapped[str] = mapped_column(String(10), default="subject")
    language_code: Mapped[str | None] = mapped_column(String(8), unique=True)
    description: Mapped[str] = mapped_column(Text, default="")
    active: Mapped[bool] = mapped_column(default=True)


class Certificate(Base):
    """A skill of one person at a level, from an instant until an instant; the end itself is outside.

    What it gives is never changed: a better one is added beside it, a wrong one is revoked.
    """

    __tablename__ = "certificate"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    skill_id: Mapped[int] = mapped_column(ForeignKey("skill.id"))
    level: Mapped[int]
    valid_from: Mapped[datetime] = mapped_column(UTCDateTime)
    valid_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    attested_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    warned_days: Mapped[int | None]  # of which warning its holder was told, in days before the end; see `ending`
    lapse_told_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    skill: Mapped[Skill] = relationship(lazy="raise")

    __table_args__ = (
        CheckConstraint("level between 1 and 5", name="level"),
        Index("ix_certificate_person_skill", "person_id", "skill_id"),
        Index("ix_certificate_until", "valid_until"),
    )

    def is_valid(self, at: datetime) -> bool:
        """Whether it counts at that instant."""
        return (
            self.valid_from <= at
            and (self.valid_until is None or at < self.valid_until)
            and (self.revoked_at is None or at < self.revoked_at)
        )


def valid_at(at: datetime):
    """The same as a condition for a query."""
    return and_(
        Certificate.valid_from <= at,
        or_(Certificate.valid_until.is_(None), Certificate.valid_until > at),
        or_(Certificate.revoked_at.is_(None), Certificate.revoked_at > at),
    )
