"""Orders in a person's words: days written out, small numbers as words, what is in a parcel."""

from __future__ import annotations

from datetime import date

from babel.lists import format_list
from flask_babel import format_date, get_locale, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from support import dates
from support.orders.days import today
from support.orders.parcels import Parcel

NUMBERS = (
    _l("no"), _l("one"), _l("two"), _l("three"), _l("four"), _l("five"), _l("six"), _l("seven"), _l("eight"), _l("nine"), _l("ten"),
    _l("eleven"), _l("twelve"),
)


def spoken_day(day: date) -> str:
    """"Thursday 26 November", with the year when it is another one; in the reader's language."""
    return dates.spelled(day, today())


def month_of(day: date) -> str:
    return format_date(day, "LLLL")


def number_word(number: int) -> str:
    return str(NUMBERS[number]) if number < len(NUMBERS) else str(number)


def days_word(days: int) -> str:
    """"three days"."""
    return ngettext("%(count)s day", "%(count)s days", days, count=number_word(days))


def joined(parts: list[str]) -> str:
    return format_list(parts, locale=get_locale() or "en")


def contents(parcel: Parcel) -> str:
    """What is in a parcel: "Brae camp stove and 2 × Kettlestone flask"."""
    return joined([_pieces(content.line.title, content.quantity) for content in parcel.contents])


def thing(parcel: Parcel) -> str:
    """The parcel as the beginning of a sentence, always one thing: "Your Skerry 2 tent", "Your parcel with …"."""
    if len(parcel.contents) == 1 and parcel.contents[0].quantity == 1 and not _may_be_plural(parcel.contents[0].line.title):
        return _("Your %(title)s", title=parcel.contents[0].line.title)
    if len(parcel.contents) > 2:
        first = parcel.contents[0]
        return _("Your parcel with %(title)s and more", title=_pieces(first.line.title, first.quantity))
    return _("Your parcel with %(titles)s", titles=contents(parcel)) if parcel.contents else _("Your parcel")


def _pieces(title: str, quantity: int) -> str:
    return title if quantity == 1 else f"{quantity} × {title}"


def _may_be_plural(title: str) -> bool:
    """"Scree boots" are late, their parcel is: when in doubt the parcel is the subject, which is never wrong."""
    return title.split()[-1].lower().endswith("s")
