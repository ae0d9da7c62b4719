"""Telephone numbers a callback may ring: read as people write them, kept as E.164, refused where a call could cost more than a call.

Only numbers that belong to a person's telephone are taken. Premium, shared-cost, personal and special numbers are how somebody else's telephone bill is
turned into money, so the list says which kinds are allowed and not which are forbidden.
"""
import phonenumbers
from flask import current_app
from flask_babel import get_locale
from flask_babel import gettext as _
from phonenumbers import PhoneNumberFormat, PhoneNumberType

from support import shop
from support.errors import Invalid

ALLOWED = {PhoneNumberType.FIXED_LINE, PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE, PhoneNumberType.VOIP}
LONGEST = 40  # characters of what somebody types
LONGEST_WRITTEN = 16  # E.164: “+” and fifteen digits; the plans of some countries allow more
SHOWN = 3  # last digits that those see who do not make the call


def countries() -> tuple[str, ...]:
    """Where we call: codes such as DE, the shop's own country first when nothing is set."""
    return current_app.config["SETTINGS"].callback_countries or (shop.profile().country,)


def named_countries() -> str:
    """The same for people."""
    return ", ".join(get_locale().territories.get(code, code) for code in countries())


def read(text: str) -> str:
    """The number in E.164; Invalid at the field `number` with what is wrong."""
    allowed = countries()
    try:
        number = phonenumbers.parse((text or "")[:LONGEST], allowed[0])
    except phonenumbers.NumberParseException:
        raise Invalid({"number": _("Write the number with its area code, such as 030 1234567, or with + and the country.")}) from None
    written = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    if number.extension or len(written) > LONGEST_WRITTEN or not phonenumbers.is_valid_number(number):
        raise Invalid({"number": _("This is no number we can call. Look at its digits again, and leave out an extension.")})
    if phonenumbers.region_code_for_number(number) not in allowed:
        raise Invalid({"number": _("We cannot call this country. We call: %(countries)s.", countries=named_countries())})
    if phonenumbers.number_type(number) not in ALLOWED:
        raise Invalid({"number": _("We call landline and mobile numbers, but no service numbers.")})
    return written


def spoken(number: str) -> str:
    """The stored number as people read it."""
    return phonenumbers.format_number(phonenumbers.parse(number), PhoneNumberFormat.INTERNATIONAL)


def masked(number: str) -> str:
    """Enough to recognise one's own, too little to call it."""
    return f"… {number[-SHOWN:]}"
