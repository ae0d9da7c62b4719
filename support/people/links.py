"""Mailed links: one purpose, one mailbox, a short time, one use; a newer one voids the older.

The token is stored nowhere, only its hash. The mailer rebuilds it from the row's nonce and the secret key, so that
neither the event log nor a copy of the database can open anything.
"""
import base64
import hashlib
import hmac
import secrets
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import ForeignKey, String, delete, or_, select, update
from sqlalchemy.orm import Mapped, mapped_column, relationship

from support import clock
from support import links as pages
from support.database import Base, JSONData, UTCDateTime, db, lock, transaction
from support.errors import NotFound
from support.events import record
from support.people import kinds
from support.people.person import Person
from support.people.sign_ins import hashed

# purpose: the kind of page it leads to (registered with `support.links` by the front rooms)
PURPOSES = {
    "sign_in": "link",  # sign in without a password
    "known": "link",  # somebody signed up with the address of an account: sign in instead
    "verify": "link",  # prove a mailbox: of a new account (no person yet) or of a new address
    "ticket": "link",  # a guest's way back to one ticket
    "reset": "reset",  # choose a new password
    "invite": "staff_reset",  # a new member of staff chooses the first password
    "staff_reset": "staff_reset",
}


class MailedLink(Base):
    """One link in one mail. `person_id` is empty while nobody has proven the mailbox."""

    __tablename__ = "mailed_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    purpose: Mapped[str] = mapped_column(String(20))
    address: Mapped[str] = mapped_column(String(254), index=True)
    locale: Mapped[str] = mapped_column(String(20), default="en")
    nonce: Mapped[str] = mapped_column(String(64))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    scope_id: Mapped[int | None]
    data: Mapped[dict] = mapped_column(JSONData, default=dict)  # what a sign-up typed, kept until the mailbox is proven
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    voided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    person: Mapped[Person | None] = relationship()

    @property
    def holds(self) -> bool:
        """Whether it still opens something."""
        alive = self.used_at is None and self.voided_at is None and self.expires_at > clock.now()
        return alive and (self.person is None or self.person.active)


def ask(purpose: str, *, person=None, address: str | None = None, locale: str | None = None, scope_id: int | None = None, data: dict | None = None) -> MailedLink:
    """Make a link and have it mailed; voids older ones of this purpose. Joins an open transaction.

    Raises NotFound for a person without an address.
    """
    address = address or person.email
    if not address:
        raise NotFound()
    with transaction() as session:
        _void(session, purpose, person, address, scope_id, clock.now())
        link = _make(session, purpose, person, address, locale, scope_id, data)
        record(kinds.LINK_ASKED, subject=("person", link.person_id) if person else None, link_id=link.id, purpose=purpose)
    return link


def way_back(person, ticket_id: int) -> MailedLink:
    """The link by which somebody without an account comes back to one ticket, for a mail that is being written.

    It opens nothing but that ticket, so it may be used again until it expires, and the same one stands in every mail.
    """
    with transaction() as session:
        known = select(MailedLink).where(MailedLink.person_id == person.id, MailedLink.purpose == "ticket", MailedLink.scope_id == ticket_id)
        link = session.scalar(known.where(MailedLink.voided_at.is_(None), MailedLink.expires_at > clock.now() + timedelta(days=1)).limit(1))
        if link is None:
            link = _make(session, "ticket", person, person.email, None, ticket_id, None)
            record(kinds.WAY_BACK_MADE, ticket_id=ticket_id, subject=("person", person.id), link_id=link.id)
    return link


def _make(session, purpose: str, person, address: str, locale: str | None, scope_id: int | None, data: dict | None) -> MailedLink:
    nonce, at = secrets.token_urlsafe(24), clock.now()
    link = MailedLink(
        person_id=person.id if person else None, purpose=purpose, address=address, locale=locale or (person.locale if person else "en"),
        nonce=nonce, token_hash=hashed(_token(purpose, nonce)), scope_id=scope_id, data=data or {}, created_at=at, expires_at=at + _life(purpose),
    )
    session.add(link)
    session.flush()
    return link


def of(link_id: int) -> MailedLink | None:
    """The link to be mailed, or None when mailing it would be pointless: used, voided or expired."""
    link = db.session.get(MailedLink, link_id)
    return link if link is not None and link.holds else None


def newest(purpose: str, person) -> MailedLink | None:
    """The link of this purpose that was asked for last."""
    statement = select(MailedLink).where(MailedLink.purpose == purpose, MailedLink.person_id == person.id)
    return db.session.scalar(statement.order_by(MailedLink.id.desc()).limit(1))


def token_of(link: MailedLink) -> str:
    """The token that stands in the mail. Only the mailer and tests need it."""
    return _token(link.purpose, link.nonce)


def url(link: MailedLink) -> str:
    """The absolute address that stands in the mail, always under BASE_URL."""
    return pages.to(PURPOSES[link.purpose], token=token_of(link))


def find(token: str, page: str) -> MailedLink:
    """The link of a token that still holds and belongs to this kind of page; NotFound for every other token."""
    link = None
    if 20 <= len(token) <= 100:
        link = db.session.scalar(select(MailedLink).where(MailedLink.token_hash == hashed(token)))
    if link is None or not link.holds or PURPOSES[link.purpose] != page:
        raise NotFound()
    return link


def use(session, link: MailedLink) -> MailedLink:
    """Spend the link inside the open transaction; of two people at once one gets NotFound. A way back to a ticket is not used up."""
    link = lock(session, MailedLink, link.id)
    if not link.holds:
        raise NotFound()
    if link.purpose != "ticket":
        link.used_at = clock.now()
    return link


def void_all(session, person) -> None:
    """Void every unused link of a person: after a new password or address, and when disabled."""
    session.execute(
        update(MailedLink).where(MailedLink.person_id == person.id, MailedLink.used_at.is_(None), MailedLink.voided_at.is_(None), MailedLink.purpose != "ticket")
        .values(voided_at=clock.now()).execution_options(synchronize_session=False)
    )


def prune() -> None:
    """Forget links a week after they ended: what somebody typed who never proved the mailbox must not stay. A timed job."""
    with transaction() as session:
        session.execute(delete(MailedLink).where(MailedLink.expires_at < clock.now() - timedelta(days=7)).execution_options(synchronize_session=False))


def _void(session, purpose: str, person, address: str, scope_id: int | None, at: datetime) -> None:
    owner = MailedLink.address == address
    if person is not None:
        owner = or_(owner, MailedLink.person_id == person.id)
    older = update(MailedLink).where(owner, MailedLink.purpose == purpose, MailedLink.used_at.is_(None), MailedLink.voided_at.is_(None))
    if scope_id is not None:
        older = older.where(MailedLink.scope_id == scope_id)
    session.execute(older.values(voided_at=at).execution_options(synchronize_session=False))


def _token(purpose: str, nonce: str) -> str:
    key = current_app.config["SETTINGS"].secret_key.encode()
    digest = hmac.new(key, f"mailed link\0{purpose}\0{nonce}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def _life(purpose: str) -> timedelta:
    settings = current_app.config["SETTINGS"]
    if purpose == "ticket":
        return timedelta(days=settings.ticket_link_days)
    return timedelta(hours=settings.invite_hours) if purpose == "invite" else timedelta(minutes=settings.link_minutes)
