"""Skills that work needs, certificates that say who has them, courses that give them, and who is in training.

Written by `skills`, `certificates`, `ending`, `courses`, `records` and `trainees` only.
"""
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, and_, or_
from sqlalchemy.orm import Mapped, mapped_column, relationship

from support.database import Base, UTCDateTime
from support.people.person import Person

KINDS = ("subject", "product", "language")
LEVELS = (1, 2, 3, 4, 5)
UNITS = ("days", "months")
ENROLLED, PASSED, FAILED, WITHDRAWN = "enrolled", "passed", "failed", "withdrawn"
STATES = (ENROLLED, PASSED, FAILED, WITHDRAWN)


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
    record_id: Mapped[int | None] = mapped_column(ForeignKey("training_record.id"))  # the passed course it came from; None: granted by hand

    skill: Mapped[Skill] = relationship(lazy="raise")

    __table_args__ = (
        CheckConstraint("level between 1 and 5", name="level"),
        Index("ix_certificate_person_skill", "person_id", "skill_id"),
        Index("ix_certificate_until", "valid_until"),
        Index("ix_certificate_record", "record_id", "skill_id", unique=True),  # a course passed gives each skill once
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


class Course(Base):
    """Something to pass. What passing gives counts for `valid_for` days or months from then; None: without an end."""

    __tablename__ = "course"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    description: Mapped[str] = mapped_column(Text, default="")
    valid_for: Mapped[int | None]
    valid_unit: Mapped[str] = mapped_column(String(10), default="months")
    pass_mark: Mapped[int | None]  # of 100; None: whoever attests decides
    active: Mapped[bool] = mapped_column(default=True)

    gives: Mapped[list["CourseGives"]] = relationship(lazy="selectin", cascade="all, delete-orphan", order_by="CourseGives.skill_id")

    __table_args__ = (Index("ix_course_name", "name", unique=True),)


class CourseGives(Base):
    """One skill at a level that passing a course gives."""

    __tablename__ = "course_gives"

    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"), primary_key=True)
    skill_id: Mapped[int] = mapped_column(ForeignKey("skill.id"), primary_key=True)
    level: Mapped[int]

    skill: Mapped[Skill] = relationship(lazy="joined")

    __table_args__ = (CheckConstraint("level between 1 and 5", name="level"),)


class TrainingRecord(Base):
    """One person in one course: enrolled, then passed, failed or withdrawn, along `records.MOVES`. `due_at` is the end of its last day."""

    __tablename__ = "training_record"

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    state: Mapped[str] = mapped_column(String(10), default=ENROLLED)
    enrolled_at: Mapped[datetime] = mapped_column(UTCDateTime)
    enrolled_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))  # the person herself: she asked for it
    due_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    score: Mapped[int | None]
    attested_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    course: Mapped[Course] = relationship(lazy="raise")
    person: Mapped[Person] = relationship(lazy="raise", foreign_keys=person_id)
    enrolled_by: Mapped[Person] = relationship(lazy="raise", foreign_keys=enrolled_by_id)
    attested_by: Mapped[Person | None] = relationship(lazy="raise", foreign_keys=attested_by_id)

    __table_args__ = (
        Index("ix_training_record_open", "course_id", "person_id", unique=True, sqlite_where=state == ENROLLED, postgresql_where=state == ENROLLED),
        Index("ix_training_record_person", "person_id", "state"),
    )

    @property
    def is_own_wish(self) -> bool:
        """Whether the person asked for the course, and nobody sent her."""
        return self.enrolled_by_id == self.person_id

    def is_overdue(self, at: datetime) -> bool:
        return self.state == ENROLLED and self.due_at is not None and self.due_at <= at


class Traineeship(Base):
    """The switch “in training” of one person, with who looks after her; `until` is the end of its last day, None: until it is switched off."""

    __tablename__ = "traineeship"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, autoincrement=False)
    mentor_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    until: Mapped[datetime | None] = mapped_column(UTCDateTime)
