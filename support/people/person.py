"""A person: customer or member of staff; and the two other kinds of visitor, the guest and nobody.

Everything that reads or changes data takes one of the three as its `person`.
"""
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from support import clock
from support.database import Base, UTCDateTime

CUSTOMER, AGENT, SUPERVISOR, ADMINISTRATOR = "customer", "agent", "supervisor", "administrator"
STAFF = (AGENT, SUPERVISOR, ADMINISTRATOR)
GUEST, NOBODY_ROLE = "guest", "nobody"


class Person(Base):
    """Somebody with a row. A customer without an account is known by name and address only.

    A customer brought over from another system may have no address: nothing can be mailed to them and they cannot sign in.
    """

    __tablename__ = "person"

    id: Mapped[int] = mapped_column(primary_key=True)
    role: Mapped[str] = mapped_column(String(20), index=True)
    name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str | None] = mapped_column(String(254), unique=True)
    password_hash: Mapped[str | None] = mapped_column(String(200))
    email_proven_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    locale: Mapped[str] = mapped_column(String(20), default="en")
    zone: Mapped[str | None] = mapped_column(String(64))
    phone: Mapped[str | None] = mapped_column(String(40))
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)
    disabled_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    sign_in_id = None  # set on the object by `sign_ins.identify`: which sign-in is asking

    @property
    def counted_as(self) -> str:
        """Under what limits count what this person does."""
        return f"person:{self.id}"

    @property
    def is_staff(self) -> bool:
        return self.role in STAFF

    @property
    def is_customer(self) -> bool:
        return self.role == CUSTOMER

    @property
    def has_account(self) -> bool:
        """Whether this person can sign in: the mailbox was proven or a password was set."""
        return self.email_proven_at is not None or self.password_hash is not None

    @property
    def first_name(self) -> str:
        return self.name.split()[0] if self.name.strip() else ""

    @property
    def initials(self) -> str:
        words = self.name.split()
        return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()


@dataclass(frozen=True)
class Guest:
    """A visitor who proved one order or one ticket, and nothing else of the person behind it."""

    person_id: int
    order_id: int | None = None
    ticket_id: int | None = None
    sign_in_id: int | None = None
    name: str = ""
    locale: str = "en"
    zone: str | None = None

    role = GUEST
    is_staff = False
    is_customer = False
    has_account = False
    active = True

    @property
    def id(self) -> int:
        return self.person_id

    @property
    def counted_as(self) -> str:
        """Under what limits count: strangers who only claim to be somebody use up nothing of hers."""
        return f"guest:{self.person_id}"


@dataclass(frozen=True)
class Nobody:
    """A visitor who has not signed in."""

    id = None
    role = NOBODY_ROLE
    counted_as = "nobody"
    is_staff = False
    is_customer = False
    has_account = False
    active = True
    sign_in_id = None
    name = ""
    locale = None
    zone = None


NOBODY = Nobody()


def normal(email: str) -> str:
    """An address as it is stored and compared."""
    return email.strip().lower()
