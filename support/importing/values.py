"""Cells become values: what a field expects, and one sentence for each cell that does not fit."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

from flask_babel import format_decimal
from flask_babel import gettext as _

from support.people.mail_address import is_one_address

TYPES = ("text", "date", "instant", "integer", "decimal", "email", "flag", "list", "json")
ORDERS = ("ymd", "dmy", "mdy")
DEEPEST = 50  # lists and objects inside each other


class Wrong(ValueError):
    """A cell that does not fit; the sentence says what is wrong with it."""


@dataclass(frozen=True)
class Field:
    """One thing an importer can be given. `type` is one of TYPES, `most` the longest text it takes; `whole` text keeps the space around it.

    `also` are other names by which a column is known to give it.
    """

    name: str
    label: object
    type: str = "text"
    required: bool = False
    meaning: object = ""
    most: int = 0
    whole: bool = False
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class Format:
    """How dates and numbers are written in the cells of one file.

    `dates` is ymd, dmy, mdy or a pattern such as "%d.%m.%y"; empty accepts what cannot be misread. `decimal` is "." or ",";
    empty accepts a point and no thousands. Times without a zone are in `zone` (empty: the shop's). Words in `missing` mean an empty cell.
    """

    dates: str = ""
    decimal: str = ""
    zone: str = ""
    missing: tuple[str, ...] = ()


def converter(field: Field, how: Format, zone: ZoneInfo) -> Callable[[str], object]:
    """The function that makes a value of this field from a cell that is not empty. It raises Wrong."""
    convert = {
        "text": lambda cell: _text(cell, field.most), "email": _email, "flag": flag, "list": _list, "json": _json, "integer": lambda cell: _integer(cell, how.decimal),
        "decimal": lambda cell: _decimal(cell, how.decimal), "date": lambda cell: _date(cell, how.dates), "instant": lambda cell: _instant(cell, how.dates, zone),
    }[field.type]
    return convert if field.type in ("text", "list", "json") else lru_cache(4096)(convert)


def _text(cell: str, most: int) -> str:
    if most and len(cell) > most:
        raise Wrong(_("The text is %(have)s characters long, at most %(most)s fit.", have=format_decimal(len(cell)), most=format_decimal(most)))
    return cell


def _email(cell: str) -> str:
    if not is_one_address(cell):
        raise Wrong(_("“%(cell)s” is not a mail address.", cell=_short(cell)))
    return cell.lower()


def flag(cell: str) -> bool:
    """Yes or no as files write it. Raises Wrong."""
    word = cell.lower()
    if word in ("1", "yes", "y", "true", "t", "x", "ja", "oui", "sí", "si"):
        return True
    if word in ("0", "no", "n", "false", "f", "nein", "non"):
        return False
    raise Wrong(_("“%(cell)s” is neither yes nor no.", cell=_short(cell)))


def _list(cell: str) -> list[str]:
    """A JSON list, or words between commas or semicolons."""
    if cell.startswith("["):
        return [str(item) for item in _json(cell)]
    return [word.strip() for word in re.split(r"[;,]", cell) if word.strip()]


def _json(cell: str):
    try:
        found = json.loads(cell)
    except (ValueError, RecursionError):
        raise Wrong(_("“%(cell)s” is not JSON.", cell=_short(cell)))
    _demand_flat(found, cell)
    if "\\u" in cell and not _can_be_written(found):
        raise Wrong(_("“%(cell)s” holds half a character, which nothing can keep.", cell=_short(cell)))
    return found


def _demand_flat(found, cell: str) -> None:
    """Raise Wrong where lists and objects stand in each other deeper than anybody means it: what reads them later would run out of stack."""
    level = [found]
    for _depth in range(DEEPEST):
        level = [inner for each in level if isinstance(each, (list, dict)) for inner in (each.values() if isinstance(each, dict) else each)]
        if not level:
            return
    raise Wrong(_("“%(cell)s” is nested too deeply: at most %(most)s levels can be read.", cell=_short(cell), most=DEEPEST))


def _can_be_written(found) -> bool:
    try:
        json.dumps(found, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True


def _integer(cell: str, sign: str) -> int:
    number = _decimal(cell, sign)
    if number != int(number):
        raise Wrong(_("“%(cell)s” is not a whole number.", cell=_short(cell)))
    if abs(number) >= 2**31:
        raise Wrong(_("“%(cell)s” is too large.", cell=_short(cell)))
    return int(number)


def _decimal(cell: str, sign: str) -> Decimal:
    """At most eleven digits before and four behind the sign, so that every database keeps it exactly."""
    thousands = {".": ",", ",": "."}.get(sign)
    plain = re.escape(sign or ".")
    whole = rf"(?:\d{{1,3}}(?:{re.escape(thousands)}\d{{3}})+|\d+)" if thousands else r"\d+"
    if not re.fullmatch(rf"[+-]?(?:{whole}(?:{plain}\d*)?|{plain}\d+)", cell):
        if not sign and re.fullmatch(r"[+-]?\d[\d.]*,\d+|[+-]?\d[\d,]*\.\d+", cell):
            raise Wrong(_("“%(cell)s” has a comma. Say in the mapping whether the comma or the point is the decimal sign.", cell=_short(cell)))
        raise Wrong(_("“%(cell)s” is not a number.", cell=_short(cell)))
    number = Decimal((cell.replace(thousands, "") if thousands else cell).replace(sign or ".", "."))
    if abs(number) >= 10**11 or number.as_tuple().exponent < -4 and number != round(number, 4):
        raise Wrong(_("“%(cell)s” has too many digits: eleven before the decimal sign and four behind it can be kept.", cell=_short(cell)))
    return number


NUMERIC = re.compile(r"(\d{1,4})([./-])(\d{1,2})\2(\d{1,4})")
UNIX = re.compile(r"1\d{9}(\d{3})?(\.\d+)?")  # seconds or thousandths since 1970, of 2001 to 2033: no day is written so
NAMED = re.compile(r"(\d{1,2})[ -]([A-Za-z]{3})[ -](\d{2}|\d{4})")
MONTHS = {name: number for number, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), start=1)}


def _date(cell: str, how: str) -> date:
    return _moment(cell, how).date()


def _instant(cell: str, how: str, zone: ZoneInfo) -> datetime:
    moment = _moment(cell, how)
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)


def _moment(cell: str, how: str) -> datetime:
    if UNIX.fullmatch(cell) and "%" not in how:
        return datetime.fromtimestamp(int(cell[:10]), UTC)
    try:
        moment = datetime.strptime(cell, how) if "%" in how else _by_order(cell, how)  # noqa: DTZ007  the zone is given by the caller
    except (ValueError, OverflowError, re.error) as error:
        raise error if isinstance(error, Wrong) else Wrong(_("“%(cell)s” is not a date.", cell=_short(cell)))
    if not 1900 <= moment.year <= 2200:
        raise Wrong(_("“%(cell)s” is in the year %(year)s; that cannot be right.", cell=_short(cell), year=moment.year))
    return moment


def _by_order(cell: str, how: str) -> datetime:
    day, _space, clock = cell.partition("T") if re.match(r"\d{4}-\d\d-\d\dT", cell) else cell.partition(" ")
    if named := NAMED.match(cell):
        clock = cell[named.end():].strip()
        parts = (_year(named[3]), MONTHS.get(named[2].lower(), 0), int(named[1]))
    elif numbers := NUMERIC.fullmatch(day):
        parts = _in_order(numbers[1], numbers[3], numbers[4], how, cell)
    elif re.fullmatch(r"\d{8}", day):
        parts = (int(day[:4]), int(day[4:6]), int(day[6:]))
    else:
        raise ValueError(cell)
    at = _clock(clock.strip())
    return datetime.combine(date(*parts), at)


def _in_order(first: str, second: str, third: str, how: str, cell: str) -> tuple[int, int, int]:
    if len(first) == 4 or how == "ymd":
        return _year(first), int(second), int(third)
    if how == "dmy" or int(first) > 12:
        return _year(third), int(second), int(first)
    if how == "mdy" or int(second) > 12:
        return _year(third), int(first), int(second)
    if first == second:
        return _year(third), int(first), int(second)
    raise Wrong(_("“%(cell)s” could be two days. Say in the mapping whether the day or the month comes first.", cell=_short(cell)))


def _clock(text: str) -> time:
    if not text:
        return time()
    half = re.fullmatch(r"(\d{1,2}):(\d\d)(?::(\d\d))? ?([AaPp])\.?[Mm]\.?", text)
    if half:
        return time(int(half[1]) % 12 + (12 if half[4] in "Pp" else 0), int(half[2]), int(half[3] or 0))
    return time.fromisoformat(text if text[1:2] != ":" else "0" + text)


def _year(text: str) -> int:
    """Two digits are within the last seventy and the next thirty years of 2000."""
    return int(text) + (0 if len(text) == 4 else 2000 if int(text) < 70 else 1900)


def bare(name: str) -> str:
    """A name as names are compared: in small letters, without what stands between them."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _short(cell: str) -> str:
    return cell if len(cell) <= 40 else cell[:39] + "…"
