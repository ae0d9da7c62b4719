"""Consent: for one purpose over one channel, off until given, never overwritten: every change is a new row."""
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import ForeignKey, String, Text, select
from sqlalchemy.orm import Mapped, mapped_column

from support import clock
from support.database import Base, UTCDateTime, db, transaction
from support.errors import NotFound
from support.events import record
from support.people import kinds

# What can be agreed to, as the sentence that follows “May we…”. The sentence shown is stored with the answer.
ASKED = {
    ("marketing", "email"): _l("write to you by e-mail about new things and offers"),
    ("marketing", "phone"): _l("call you about new things and offers"),
    ("surveys", "email"): _l("ask you by e-mail now and then how we are doing"),
}


class Consent(Base):
    """One answer to one question: who, what for, how, when, the words that were shown and where."""

    __tablename__ = "consent"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    purpose: Mapped[str] = mapped_column(String(40))
    channel: Mapped[str] = mapped_column(String(20))
    granted: Mapped[bool]
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    text: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(String(40))


def give(person, purpose: str, channel: str, granted: bool, source: str) -> None:
    """Give or withdraw one consent; an answer that changes nothing writes nothing."""
    if (purpose, channel) not in ASKED:
        raise NotFound()
    with transaction() as session:
        last = latest(person).get((purpose, channel))
        if granted == (last is not None and last.granted):
            return
        row = Consent(
            person_id=person.id, purpose=purpose, channel=channel, granted=granted, at=clock.now(),
            text=str(ASKED[purpose, channel]), source=source,
        )
        session.add(row)
        session.flush()
        record(kinds.CONSENT_CHANGED, subject=("person", person.id), actor=person, consent_id=row.id, purpose=purpose, channel=channel, granted=granted)


def give_several(person, keys: list[str], source: str) -> None:
    """Give the consents named like "marketing.email"; unknown names are ignored."""
    for key in keys:
        purpose, _dot, channel = key.partition(".")
        if (purpose, channel) in ASKED:
            give(person, purpose, channel, True, source)


def set_all(person, keys: list[str], source: str) -> None:
    """Make exactly these consents given and all others withdrawn, as the account page shows them."""
    with transaction():
        for purpose, channel in ASKED:
            give(person, purpose, channel, f"{purpose}.{channel}" in keys, source)


def latest(person) -> dict[tuple[str, str], Consent]:
    """The present answer for each question that was ever answered."""
    rows = db.session.scalars(select(Consent).where(Consent.person_id == person.id).order_by(Consent.id))
    return {(row.purpose, row.channel): row for row in rows}


def history(person) -> list[Consent]:
    """Every answer, the newest first: who consented when, to which words."""
    return list(db.session.scalars(select(Consent).where(Consent.person_id == person.id).order_by(Consent.id.desc())))


def granted(person_id: int, purpose: str, channel: str) -> bool:
    """Whether we may; asked right before anything is sent."""
    statement = select(Consent.granted).where(Consent.person_id == person_id, Consent.purpose == purpose, Consent.channel == channel)
    return bool(db.session.scalar(statement.order_by(Consent.id.desc()).limit(1)))
