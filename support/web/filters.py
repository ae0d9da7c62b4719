"""How times, money and numbers read in templates: `{{ t|ago }}`, `{{ t|when }}`, `{{ amount|money("EUR") }}`, `{{ seconds|duration }}`.

All instants are aware; they are shown in the reader's zone and language, with the exact time on hover.
"""
import re
from datetime import date, datetime, timedelta

from babel.dates import format_time, format_timedelta
from babel.numbers import format_currency, format_decimal, format_percent
from flask import Flask
from flask_babel import gettext as _
from jinja2.utils import urlize
from markupsafe import Markup, escape

from support import clock, shop
from support.dates import clock_time, hour, local, reader, short, spelled, with_year

HYPHENED = re.compile(r"\b[^\W\d_]-\w+")


def init_app(app: Flask, settings) -> None:
    app.jinja_env.filters.update(
        ago=ago, when=when, day=day, short_day=short_day, hour=hour, whole=whole, money=money, number=number, percent=percent, duration=duration, paragraphs=paragraphs,
        file_size=file_size, iso=iso, iso_day=iso_day, exact=exact, long_day=long_day, clock=clock_time,
        seconds_since=seconds_since, seconds_left=seconds_left, seconds_between=seconds_between,
    )


def ago(at: datetime | None) -> Markup:
    """“5 minutes ago”, ticking in the browser; older than a week, the date."""
    if at is None:
        return Markup("")
    return _time(at, ago_words(at), " data-ago")


def ago_words(at: datetime) -> str:
    passed = (clock.now() - at).total_seconds()
    if abs(passed) < 45:
        return _("just now")
    if abs(passed) >= 7 * 86400:
        return day(at)
    seconds, unit = next((s, u) for s, u in ((86400, "day"), (3600, "hour"), (60, "minute")) if abs(passed) >= s or u == "minute")
    whole = max(1, int(abs(passed) // seconds)) * (1 if passed < 0 else -1)
    return format_timedelta(timedelta(seconds=whole * seconds), granularity=unit, threshold=1, add_direction=True, locale=reader())


def when(at: datetime | None) -> Markup:
    """“today, 14:29”, “yesterday, 16:05”, “Thu 26 Nov, 14:29”."""
    return _time(at, when_words(at)) if at is not None else Markup("")


def when_words(at: datetime) -> str:
    on, today = local(at).date(), local(clock.now()).date()
    named = {0: _("today, %(time)s", time=clock_time(at)), -1: _("yesterday, %(time)s", time=clock_time(at)), 1: _("tomorrow, %(time)s", time=clock_time(at))}
    if (on - today).days in named:
        return named[(on - today).days]
    return f"{short(on, today)}, {clock_time(at)}"


def day(value: date | datetime | None) -> str:
    """“Thursday 26 November”, with the year when it is another one."""
    if value is None:
        return ""
    return spelled(local(value).date() if isinstance(value, datetime) else value, local(clock.now()).date())


def short_day(value: date) -> str:
    """“Thu 26 Nov”, with the year when it is another one: for the cells of tables."""
    return short(value, local(clock.now()).date())


def money(amount, currency: str | None = None) -> str:
    """An amount in its currency; without one, in the shop's."""
    return "" if amount is None else format_currency(amount, currency or shop.profile().currency, locale=reader())


def number(value) -> str:
    return "" if value is None else format_decimal(value, locale=reader())


def percent(share: float) -> str:
    """“91%”, in German “91 %”: a share of one, in whole percent."""
    return format_percent(share, locale=reader())


def duration(seconds: float | None) -> str:
    """“8 s”, “6 min”, “1 h 10 min”, “2 d 3 h”: the two largest units that say something."""
    if seconds is None:
        return ""
    seconds = max(0, int(seconds))
    if seconds < 60:
        return _("%(n)s s", n=seconds)
    days, hours, minutes = seconds // 86400, seconds % 86400 // 3600, seconds % 3600 // 60
    parts = [_("%(n)s d", n=days)] if days else []
    parts += [_("%(n)s h", n=hours)] if hours else []
    parts += [_("%(n)s min", n=minutes)] if minutes and not days else []
    return " ".join(parts)


def file_size(size: int) -> str:
    """“612 kB”, “3.4 MB”: as much as one wants to know before a download."""
    if size < 1_000_000:
        return _("%(n)s kB", n=number(-(-size // 1000)))
    return _("%(n)s MB", n=number(round(size / 1_000_000, 1)))


def paragraphs(text: str) -> Markup:
    """Plain text as paragraphs; addresses become links that pass nothing on."""
    parts = [part for part in re.split(r"\n\s*\n", (text or "").replace("\r\n", "\n").strip()) if part.strip()]
    return Markup("\n").join(Markup("<p>%s</p>") % _linked(part.strip()) for part in parts)


def whole(text: str) -> Markup:
    """A title in which no line ends behind one letter and its hyphen, as in “e-mail”; style sheets cannot say that."""
    safe = escape(text)
    joined = HYPHENED.sub(r'<span class="sb-nowrap">\g<0></span>', str(safe))
    return safe if joined == safe else Markup("<span>{}</span>").format(Markup(joined))


def iso(at: datetime) -> str:
    return at.isoformat(timespec="seconds")


def iso_day(at: datetime) -> str:
    """The reader's calendar day, for day lines between messages."""
    return local(at).date().isoformat()


def exact(at: datetime) -> str:
    """“24 November 2026, 14:29:41”, for the hint on hover."""
    return f"{long_day(at)}, {format_time(local(at), 'HH:mm:ss', locale=reader())}"


def long_day(at: datetime) -> str:
    """“24 November 2026”, for paper, which is read in other years."""
    return with_year(local(at).date())


def seconds_since(at: datetime) -> float:
    return (clock.now() - at).total_seconds()


def seconds_left(at: datetime) -> float:
    return (at - clock.now()).total_seconds()


def seconds_between(start: datetime, end: datetime) -> float:
    return (end - start).total_seconds()


def _time(at: datetime, words: str, mark: str = "") -> Markup:
    return Markup('<time datetime="{}" title="{}"{}>{}</time>').format(iso(at), exact(at), Markup(mark), words)


def _linked(text: str) -> Markup:
    linked = urlize(text, rel="nofollow noopener noreferrer")
    return Markup(linked.replace("\n", "<br>"))
