"""What counts as a mail address here, whichever door it comes in by."""
from email.errors import MessageError
from email.headerregistry import HeaderRegistry

from marshmallow import ValidationError, validate

LONGEST = 254
HEADERS = HeaderRegistry()
_shape = validate.Email()


def is_one_address(text: str) -> bool:
    """Whether it is an address in printable ASCII, and a mail's header would hold exactly this: an encoded word, for one, turns into other addresses there."""
    if len(text) > LONGEST or not text.isascii() or not text.isprintable():
        return False
    try:
        _shape(text)
        return [address.addr_spec for address in HEADERS("To", text).addresses] == [text]
    except (ValueError, LookupError, MessageError, ValidationError):
        return False
