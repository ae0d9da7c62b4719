"""Notices on every portal page: known problems, unusual hours."""
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import String, or_, select
from sqlalchemy.orm import Mapped, mapped_column

from support.clock import now
from support.contact import kinds
from support.database import Base, UTCDateTime, existing, lock, transaction
from support.errors import Invalid
from support.events import record
from support.kept import Kept
from support.listing import Listing
from support.people.permissions import demand

SEVERITIES = ("info", "warn", "bad")


class Notice(Base):
    """One sentence for everybody on the portal, from an instant, until another one or until it is ended."""

    __tablename__ = "notice"

    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(String(300))
    severity: Mapped[str] = mapped_column(String(6), default="info")
    starts_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ends_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    @property
    def is_shown(self) -> bool:
        instant = now()
        return self.starts_at <= instant and (self.ends_at is None or self.ends_at > instant)


def current() -> list[Notice]:
    """The notices that stand on the portal now, worst first."""
    return sorted((notice for notice in _to_come() if notice.is_shown), key=lambda notice: -SEVERITIES.index(notice.severity))


_to_come = Kept(
    lambda session: list(session.scalars(select(Notice).where(or_(Notice.ends_at.is_(None), Notice.ends_at > now())))),
    models=(Notice,), kinds=(kinds.NOTICE_SAVED,),
)


def notice_list(person, args) -> Listing:
    """All notices for administration."""
    demand(person, "administer")
    sorts = {"starts": Notice.starts_at, "text": Notice.text}
    return Listing(args, sorts=sorts, default="-starts", search=[Notice.text]).apply(select(Notice))


def find(person, notice_id: int) -> Notice:
    """One notice for administration; NotFound."""
    demand(person, "administer")
    return existing(Notice, notice_id)


def save(person, notice_id: int | None, *, text: str, severity: str, starts_at: datetime | None, ends_at: datetime | None) -> Notice:
    """Make or change a notice."""
    demand(person, "administer")
    if severity not in SEVERITIES:
        raise Invalid({"severity": _("Choose one of them.")})
    starts_at = starts_at or now()
    if ends_at is not None and ends_at <= starts_at:
        raise Invalid({"ends_at": _("The end must come after the beginning.")})
    with transaction() as session:
        notice = lock(session, Notice, notice_id) if notice_id else Notice()
        notice.text, notice.severity, notice.starts_at, notice.ends_at = text, severity, starts_at, ends_at
        session.add(notice)
        session.flush()
        record(kinds.NOTICE_SAVED, subject=("notice", notice.id), actor=person)
    return notice


def end(person, notice_id: int) -> None:
    """Take a notice off the portal now."""
    demand(person, "administer")
    with transaction() as session:
        notice = lock(session, Notice, notice_id)
        notice.ends_at = now()
        record(kinds.NOTICE_SAVED, subject=("notice", notice.id), actor=person)
