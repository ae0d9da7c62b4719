"""What people write, made safe to store: bounded, without control characters, without card numbers."""
import re
import unicodedata

from flask_babel import gettext as _

from support.errors import Invalid
from support.tickets.masking import mask_cards

CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
CLIENT_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")


def body(text: str | None, limit: int, field: str = "body", may_be_empty: bool = False) -> str:
    """A message as it is stored; Invalid names the field. With files it may be empty."""
    text = unicodedata.normalize("NFC", CONTROL.sub("", (text or "").replace("\r\n", "\n").replace("\r", "\n"))).strip()
    if not text and not may_be_empty:
        raise Invalid({field: _("Write a few words first.")})
    if len(text) > limit:
        raise Invalid({field: _("This is too long: please stay under %(limit)s characters.", limit=limit)})
    return mask_cards(text)


def line(text: str | None, limit: int, field: str) -> str:
    """One line, such as a subject."""
    text = " ".join(CONTROL.sub(" ", text or "").split())
    if not text:
        raise Invalid({field: _("Write a few words first.")})
    if len(text) > limit:
        raise Invalid({field: _("This is too long: please stay under %(limit)s characters.", limit=limit)})
    return mask_cards(text)


def client_id(value: str | None) -> str:
    """The id a client made for what it sends, so that sending again changes nothing."""
    if not value or not CLIENT_ID.fullmatch(value):
        raise Invalid({"client_id": _("The page was out of date. Please send again.")})
    return value
