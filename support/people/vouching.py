"""The shop's own server vouches for its signed-in customer: a short-lived token, signed with a shared secret, becomes a sign-in of the embedded chat.

The signature is the proof of the mailbox: the shop signs only for addresses that it has confirmed itself. Each token works once.
"""
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import jwt
import structlog
from flask import current_app
from flask_babel import lazy_gettext as _l
from sqlalchemy import String, delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from support import clock, limits
from support.database import Base, UTCDateTime, transaction
from support.errors import SwitchboardError
from support.events import record
from support.people import kinds, sign_ins
from support.people.imported_customers import CustomerReference
from support.people.mail_address import is_one_address
from support.people.person import CUSTOMER, Person, normal
from support.people.sign_ins import SignIn, hashed

AUDIENCE = "switchboard-embed"  # a token made for another purpose says another one
SOURCE = "embed"  # under it we keep what the shop calls its customer
NEEDED = ["aud", "sub", "email", "name", "iat", "exp", "jti"]
LONGEST = timedelta(minutes=10)
SKEW = timedelta(seconds=60)  # by which the clocks of two servers may differ
LONGEST_TOKEN = 4096

log = structlog.get_logger(__name__)


class Refused(SwitchboardError):
    """A token of the shop that proves nothing; it is not said why, but logged."""

    status = 403
    sentence = _l("We could not recognise you from the shop's page. You can ask all the same, by name and mail address.")


class UsedVoucher(Base):
    """The mark of a token that was used, kept until it would be too old anyway."""

    __tablename__ = "used_voucher"

    mark: Mapped[str] = mapped_column(String(64), primary_key=True)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)


@dataclass(frozen=True)
class Voucher:
    """What a genuine token says."""

    reference: str
    email: str
    name: str
    mark: str
    expires_at: datetime


def enter(token: str, device: str, client: str, locale: str) -> tuple[SignIn, str]:
    """A sign-in of the customer for whom the shop vouches; made, if nobody has that address yet. Raises Refused, TooMany after many refusals."""
    limits.check("token", f"client:{client}")
    try:
        voucher = _read(token)
        with transaction() as session:
            _use(session, voucher)
            return sign_ins.begin(_customer(session, voucher, locale), device, scope=sign_ins.EMBEDDED_ACCOUNT)
    except Refused as refusal:
        limits.hit("token", f"client:{client}")
        log.warning("voucher refused", reason=refusal.args[0])
        raise Refused() from None


def prune() -> None:
    """Forget the marks of tokens that would be too old anyway. A timed job."""
    with transaction() as session:
        session.execute(delete(UsedVoucher).where(UsedVoucher.expires_at < clock.now() - SKEW).execution_options(synchronize_session=False))


def _read(token: str) -> Voucher:
    secret = current_app.config["SETTINGS"].embed_secret
    if not secret or len(token) > LONGEST_TOKEN:
        raise Refused("no secret is set" if not secret else "too long")
    try:  # the times are judged below, by our clock; the kind of signature is never the token's choice
        options = {"require": NEEDED, "verify_exp": False, "verify_iat": False, "verify_nbf": False, "verify_sub": False, "verify_jti": False}
        claims = jwt.decode(token, secret, algorithms=["HS256"], audience=AUDIENCE, options=options)
    except (jwt.PyJWTError, ValueError, RecursionError) as error:
        raise Refused(type(error).__name__) from None
    issued, expires, at = _instant(claims["iat"]), _instant(claims["exp"]), clock.now()
    if expires <= at - SKEW or issued > at + SKEW or expires - issued > LONGEST:
        raise Refused("too old, too new or too long")
    reference, email, name = (_text(claims[key], most) for key, most in (("sub", 80), ("email", 254), ("name", 200)))
    if not is_one_address(email):
        raise Refused("no mail address")
    return Voucher(reference, normal(email), name, hashed(_text(claims["jti"], 100)), expires)


def _instant(seconds) -> datetime:
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 < seconds < 4e9:
        raise Refused("no time")
    return datetime.fromtimestamp(seconds, UTC)


def _text(value, most: int) -> str:
    text = " ".join(str(value).split()) if isinstance(value, str | int) and not isinstance(value, bool) else ""
    if not text or len(text) > most or not text.isprintable():
        raise Refused("an empty or odd text")
    return text


def _use(session, voucher: Voucher) -> None:
    try:
        with session.begin_nested():
            session.add(UsedVoucher(mark=voucher.mark, expires_at=voucher.expires_at))
    except IntegrityError:
        raise Refused("used before") from None


def _customer(session, voucher: Voucher, locale: str) -> Person:
    """Whom the shop means: who had this number before, else who has this address, else somebody new.

    The number wins, so that an address that moved on in the shop opens nothing of its former owner's; and one address never serves two numbers.
    """
    known = session.scalar(select(CustomerReference).where(CustomerReference.source == SOURCE, CustomerReference.reference == voucher.reference))
    if known is not None:
        return _fit(session.get(Person, known.person_id))
    person = session.scalar(select(Person).where(Person.email == voucher.email).with_for_update())
    if person is None:
        person = Person(role=CUSTOMER, name=voucher.name, email=voucher.email, locale=locale, created_at=clock.now())
        session.add(person)
        session.flush()
    _fit(person)
    others = session.scalars(select(CustomerReference.reference).where(CustomerReference.source == SOURCE, CustomerReference.person_id == person.id)).all()
    if others:
        raise Refused("the address belongs to another number")
    session.add(CustomerReference(source=SOURCE, reference=voucher.reference, person_id=person.id))
    if not person.has_account:
        record(kinds.SIGNED_UP, subject=("person", person.id), actor=person)
    person.email_proven_at = person.email_proven_at or clock.now()
    return person


def _fit(person: Person) -> Person:
    if person.is_staff or not person.active:
        raise Refused("staff or disabled")
    return person
