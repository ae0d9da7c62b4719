"""Days and times as the reader's language and the shop's country write them."""
import re
from datetime import date, datetime, time

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time, match_skeleton
from flask_babel import get_locale, get_timezone

from support import shop

# English alone means American dates to Babel; a shop elsewhere writes "24 November" and "14:29".
OWN_ENGLISH = ("US", "CA", "AU", "NZ", "IE", "IN", "ZA", "SG")


def reader() -> Locale:
    """The reader's language as the shop's country writes it."""
    locale = get_locale() or Locale("en")
    if locale.territory:
        return locale
    country = shop.profile().country
    if locale.language == "en" and country not in OWN_ENGLISH:
        country = "GB"
    try:
        return Locale(locale.language, territory=country)
    except UnknownLocaleError:
        return locale


def spelled(day: date, today: date) -> str:
    """“Thursday 26 November”; in another year “26 November 2025”."""
    return _shaped("MMMMEEEEd", day) if day.year == today.year else with_year(day)


def short(day: date, today: date) -> str:
    """“Thu 26 Nov”; in another year “26 Nov 2025”."""
    return _shaped("MMMEd" if day.year == today.year else "yMMMd", day)


def with_year(day: date) -> str:
    """“26 November 2026”, for what is read in other years."""
    locale = reader()
    return _written(locale.date_formats["long"].pattern, day, locale)


def clock_time(at: datetime) -> str:
    """“14:29”, in the reader's zone."""
    return hour(local(at))


def hour(at: datetime | time) -> str:
    """“08:00”, of any day; “8:00 PM” stays on one line."""
    return format_time(at, "short", locale=reader()).replace(" ", "\u00a0")


def moment(at: datetime) -> str:
    """“26 November 2026, 14:29”, in the reader's zone."""
    return f"{with_year(local(at).date())}, {clock_time(at)}"


def local(at: datetime) -> datetime:
    return at.astimezone(get_timezone())


def _shaped(shape: str, day: date) -> str:
    """By the language's own pattern nearest to the shape: many have none with whole words and would shorten “Thursday” and “November”."""
    locale = reader()
    pattern = locale.datetime_skeletons[match_skeleton(shape, locale.datetime_skeletons)].pattern
    if "EEEE" in shape:
        pattern = re.sub("M{3,}", "MMMM", re.sub("E+", "EEEE", pattern))
    return _written(pattern, day, locale)


def _written(pattern: str, day: date, locale: Locale) -> str:
    """An ordinal number (“26.”) never ends a line without its month."""
    return format_date(day, pattern.replace("d. ", "d.\u00a0"), locale=locale)
