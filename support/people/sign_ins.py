"""A sign-in is a row with a hashed token; the browser keeps the token in a cookie.

A signed cookie alone could be replayed after sign-out, so every request and every open socket asks the row.
"""
import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import ForeignKey, Select, String, bindparam, or_, select, update
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from support import clock
from support.database import Base, UTCDateTime, db, transaction
from support.errors import NotFound
from support.events import record
from support.people import kinds
from support.people.person import NOBODY, Guest, Nobody, Person

GRACE = timedelta(seconds=60)  # after a rotation, for requests that were already on their way
EMBEDDED_GUEST, EMBEDDED_ACCOUNT = "embedded", "embedded_account"  # scopes that open the embedded chat and nothing else
EMBEDDED = (EMBEDDED_GUEST, EMBEDDED_ACCOUNT)
SEEN_EVERY = timedelta(minutes=5)  # how exact `seen_at` is; finer would write on every page


class SignIn(Base):
    """One browser that one person is signed in with; scope `order` or `ticket` makes it a guest's pass.

    The scopes of EMBEDDED belong to the chat on the shop's own site: `embedded` is a guest who said a name there, `embedded_account` a
    customer for whom the shop's server vouched. Their tokens are no cookies and open nothing but the doors of that chat.
    """

    __tablename__ = "sign_in"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    previous_hash: Mapped[str | None] = mapped_column(String(64), index=True)
    scope: Mapped[str] = mapped_column(String(20), default="account")
    scope_id: Mapped[int | None]
    device: Mapped[str] = mapped_column(String(120), default="")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    seen_at: Mapped[datetime] = mapped_column(UTCDateTime)
    rotated_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    person: Mapped[Person] = relationship()


# Every request and every event of a socket asks one of these, so they are built once.
BY_ID = select(SignIn).options(joinedload(SignIn.person)).where(SignIn.id == bindparam("id"))
BY_TOKEN = select(SignIn).options(joinedload(SignIn.person)).where(
    or_(SignIn.token_hash == bindparam("key"), (SignIn.previous_hash == bindparam("key")) & (SignIn.rotated_at > bindparam("since"))),
    SignIn.scope.in_(EMBEDDED) == bindparam("embedded"),
)


def begin(person, device: str, scope: str = "account", scope_id: int | None = None) -> tuple[SignIn, str]:
    """A new sign-in and its token, which is stored nowhere else. Joins a transaction that is already open."""
    token = secrets.token_urlsafe(32)
    at = clock.now()
    with transaction() as session:
        sign_in = SignIn(
            person_id=person.id, token_hash=hashed(token), scope=scope, scope_id=scope_id, device=device[:120],
            created_at=at, seen_at=at, rotated_at=at, expires_at=at + _longest(person, scope),
        )
        session.add(sign_in)
        session.flush()
        record(kinds.SIGNED_IN, subject=("person", person.id), actor=person, sign_in_id=sign_in.id, scope=scope)
    return sign_in, token


def identify(token: str | None, embedded: bool = False) -> tuple[Person | Guest | Nobody, SignIn | None]:
    """Who holds this token now: a person, a guest, or NOBODY when it is unknown, ended, too old, or its person disabled.

    `embedded` says by which kind of door the token came: each kind knows its own sign-ins only.
    """
    if not token or len(token) > 100:
        return NOBODY, None
    at = clock.now()
    return _known(at, BY_TOKEN, {"key": hashed(token), "since": at - GRACE, "embedded": embedded})


def again(sign_in_id: int) -> tuple[Person | Guest | Nobody, SignIn | None]:
    """Who holds this sign-in now, for an open socket that showed its token when it was opened."""
    return _known(clock.now(), BY_ID, {"id": sign_in_id})


def _known(at: datetime, which: Select, values: dict) -> tuple[Person | Guest | Nobody, SignIn | None]:
    sign_in = db.session.scalar(which, values)
    if sign_in is None or not _stands(sign_in, at):
        return NOBODY, None
    db.session.expunge(sign_in)  # `touch` decides by what was read here, whatever the request does meanwhile
    return _holder(sign_in), sign_in


def holders(ids: Iterable[int]) -> dict[int, Person | Guest]:
    """Who holds each of these sign-ins now; one that has ended is missing, and its open sockets must be closed."""
    rows = db.session.scalars(
        select(SignIn).options(joinedload(SignIn.person)).where(SignIn.id.in_(list(ids))).execution_options(populate_existing=True)
    )
    at = clock.now()
    return {row.id: _holder(row) for row in rows if _stands(row, at)}


def touch(sign_in: SignIn, token: str) -> str | None:
    """Note that the sign-in was used; once a day give it a new token, which is returned.

    Conditional on the old token, so of two requests at once only one rotates; the other lives on the grace.
    """
    at = clock.now()
    key = hashed(token)
    settings = current_app.config["SETTINGS"]
    if sign_in.token_hash == key and sign_in.rotated_at <= at - timedelta(hours=settings.rotate_hours):
        fresh = secrets.token_urlsafe(32)
        with transaction() as session:
            changed = session.execute(
                update(SignIn).where(SignIn.id == sign_in.id, SignIn.token_hash == key, SignIn.ended_at.is_(None))
                .values(token_hash=hashed(fresh), previous_hash=key, rotated_at=at, seen_at=at)
            ).rowcount
        return fresh if changed else None
    if sign_in.seen_at <= at - SEEN_EVERY:
        with transaction() as session:
            session.execute(update(SignIn).where(SignIn.id == sign_in.id, SignIn.seen_at < at).values(seen_at=at))
    return None


def is_unproven(sign_in_id: int | None) -> bool:
    """Whether whoever asked by this sign-in has only said who he is, and proven neither order nor mailbox."""
    return sign_in_id is not None and db.session.scalar(select(SignIn.scope).where(SignIn.id == sign_in_id)) == EMBEDDED_GUEST


def of(person) -> list[SignIn]:
    """The sign-ins that hold now, the last used first."""
    at = clock.now()
    rows = db.session.scalars(
        select(SignIn).options(joinedload(SignIn.person))
        .where(SignIn.person_id == person.id, SignIn.ended_at.is_(None), SignIn.expires_at > at, SignIn.scope.in_(("account", EMBEDDED_ACCOUNT)))
        .order_by(SignIn.seen_at.desc(), SignIn.id.desc())
    )
    return [row for row in rows if _stands(row, at)]


def end(person, sign_in_id: int) -> None:
    """End one sign-in of this person; NotFound when it is not theirs."""
    with transaction() as session:
        sign_in = session.scalar(select(SignIn).where(SignIn.id == sign_in_id, SignIn.person_id == person.id))
        if sign_in is None:
            raise NotFound()
        if sign_in.ended_at is None:
            sign_in.ended_at = clock.now()
            record(kinds.SIGNED_OUT, subject=("person", person.id), actor=person, sign_in_ids=[sign_in.id])


def end_all(person, by=None, keep: int | None = None) -> int:
    """End every sign-in of the person, except `keep`; how many ended. Guests' passes end as well."""
    at = clock.now()
    with transaction() as session:
        ids = list(session.scalars(
            select(SignIn.id).where(SignIn.person_id == person.id, SignIn.ended_at.is_(None), SignIn.expires_at > at, SignIn.id != (keep or 0))
        ))
        if ids:
            session.execute(update(SignIn).where(SignIn.id.in_(ids)).values(ended_at=at))
            record(kinds.SIGNED_OUT, subject=("person", person.id), actor=by or person, sign_in_ids=ids)
    return len(ids)


def hashed(token: str) -> str:
    """What is stored of a token. It has 256 random bits, so a fast hash is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


def _stands(sign_in: SignIn, at: datetime) -> bool:
    return (
        sign_in.ended_at is None and sign_in.expires_at > at
        and sign_in.seen_at + _idle(sign_in.person, sign_in.scope) > at
        and sign_in.person.active
    )


def _holder(sign_in: SignIn) -> Person | Guest:
    person = sign_in.person
    if sign_in.scope in ("account", EMBEDDED_ACCOUNT):
        person.sign_in_id = sign_in.id
        return person
    return Guest(
        person.id, sign_in_id=sign_in.id, name=person.name, locale=person.locale, zone=person.zone,
        order_id=sign_in.scope_id if sign_in.scope == "order" else None,
        ticket_id=sign_in.scope_id if sign_in.scope == "ticket" else None,
    )


def _longest(person, scope: str) -> timedelta:
    settings = current_app.config["SETTINGS"]
    if scope == "order":
        return timedelta(hours=settings.guest_pass_hours)
    if scope in EMBEDDED:
        return timedelta(days=settings.embed_session_longest_days)
    if person.role == "customer" or scope == "ticket":
        return timedelta(days=settings.customer_session_longest_days)
    return timedelta(hours=settings.staff_session_hours)


def _idle(person, scope: str) -> timedelta:
    settings = current_app.config["SETTINGS"]
    if scope in EMBEDDED:
        return timedelta(hours=settings.embed_session_hours)
    if person.role == "customer" or scope != "account":
        return timedelta(days=settings.customer_session_days)
    return timedelta(minutes=settings.staff_idle_minutes)
