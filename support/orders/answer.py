"""The one sentence that answers "where is my order?": the portal, the desk and mails say the same.

Of all that could be said the most urgent is: lost, late, held up, coming back, to be picked up, on its way, not sent yet, arrived.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from flask_babel import ngettext

from support.orders import states
from support.orders.days import day_of, today
from support.orders.model import Order
from support.orders.parcels import Parcel
from support.orders.words import contents, days_word, joined, month_of, number_word, spoken_day, thing


@dataclass(frozen=True)
class Answer:
    """`title` is a sentence without its full stop, `detail` what follows from it. The tone is bad, warn, info, good or ""."""

    kind: str
    tone: str
    icon: str
    title: str
    detail: str = ""
    parcel: Parcel | None = None

    @property
    def sentence(self) -> str:
        return f"{self.title}. {self.detail}".strip()

    @property
    def needs_care(self) -> bool:
        return self.tone in ("warn", "bad")


URGENCY = ("lost", "late", "held_up", "coming_back", "pickup", "out", "delayed", "on_its_way", "not_sent", "follows", "came_back", "arrived")

STUCK = (states.EXCEPTION, states.EXPIRED, states.ATTEMPT_FAIL)


def headline(order: Order, on: date | None = None) -> str:
    """One or two sentences. Needs the order's lines and parcels; `on` is today in the shop's zone."""
    return answer(order, on).sentence


def answer(order: Order, on: date | None = None) -> Answer:
    on = on or today()
    if order.is_cancelled:
        return Answer("cancelled", "", "circle-x", _("This order was cancelled on %(day)s", day=spoken_day(day_of(order.cancelled_at))))
    if order.source and not order.has_arrived():
        return _of_the_past(order)
    found = [_of_parcel(parcel, on) for parcel in order.parcels]
    if order.waiting_lines or not order.parcels:
        found.append(_of_rest(order, on))
    best = min(found, key=lambda one: URGENCY.index(one.kind))
    return _arrived(order, on) if best.kind == "arrived" else best


def summary(order: Order, on: date | None = None) -> str:
    """When it was ordered and how many parcels are where, in one sentence."""
    on = on or today()
    ordered = day_of(order.placed_at)
    if order.source and not order.has_arrived():
        return ""
    parts = _counted(order, on) if not order.is_cancelled else []
    if not parts:
        return _("Ordered on %(day)s.", day=spoken_day(ordered))
    return _("Ordered on %(day)s: %(parts)s.", day=spoken_day(ordered), parts=joined(parts))


def _of_the_past(order: Order) -> Answer:
    """An order brought over, of whose delivery nothing more is known: nothing is under way, and nobody is promised anything."""
    day = spoken_day(day_of(order.placed_at))
    if order.credit:
        return Answer("past", "", "arrow-back-up", _("This is a credit note of %(day)s", day=day), _("It comes from our earlier records."))
    return Answer("past", "", "clock", _("You ordered this on %(day)s", day=day), _("It comes from our earlier records, which say nothing more about its delivery."))


def _of_parcel(parcel: Parcel, on: date) -> Answer:
    if parcel.is_delivered:
        return Answer("arrived", "good", "circle-check", _("%(thing)s has arrived", thing=thing(parcel)), parcel=parcel)
    if parcel.is_lost:
        detail = _("%(carrier)s cannot find it any more. Ask us: we send it again or pay you back.", carrier=parcel.carrier)
        return Answer("lost", "bad", "alert-triangle", _("%(thing)s was lost on its way", thing=thing(parcel)), detail, parcel)
    if parcel.is_back:
        return _back(parcel)
    if parcel.is_late(on):
        title = _("%(thing)s is %(days)s late", thing=thing(parcel), days=days_word(parcel.days_late(on)))
        return Answer("late", "warn", "clock-exclamation", title, _says_now(parcel, on), parcel)
    if parcel.state in STUCK:
        return Answer("held_up", "warn", "alert-triangle", _("%(thing)s is held up", thing=thing(parcel)), _trouble(parcel), parcel)
    return _coming(parcel)


def _back(parcel: Parcel) -> Answer:
    if parcel.substate == states.RETURNED:
        return Answer("came_back", "", "arrow-back-up", _("%(thing)s came back to us", thing=thing(parcel)), parcel=parcel)
    detail = _("Ask us if you still want to have it.")
    return Answer("coming_back", "warn", "arrow-back-up", _("%(thing)s is on its way back to us", thing=thing(parcel)), detail, parcel)


def _says_now(parcel: Parcel, on: date) -> str:
    """What the carrier says of a late parcel; a day that has passed is no answer."""
    if parcel.state == states.FOR_PICKUP:
        return _("It is ready to be picked up now.")
    if parcel.state in STUCK:
        return _trouble(parcel)
    if parcel.expected_on and parcel.expected_on >= on and parcel.expected_on != parcel.promised_on:
        return _("%(carrier)s now says %(day)s.", carrier=parcel.carrier, day=spoken_day(parcel.expected_on))
    return _("%(carrier)s has not named a new day yet.", carrier=parcel.carrier)


def _trouble(parcel: Parcel) -> str:
    if parcel.state == states.EXPIRED:
        return _("%(carrier)s has had no news of it for 30 days. Ask us, and we look for it.", carrier=parcel.carrier)
    return _("%(carrier)s says: %(word)s.", carrier=parcel.carrier, word=parcel.word())


def _coming(parcel: Parcel) -> Answer:
    expected, promised = parcel.expected_on or parcel.promised_on, parcel.promised_on
    if parcel.state == states.FOR_PICKUP:
        return Answer("pickup", "info", "building-store", _("%(thing)s is ready to be picked up", thing=thing(parcel)), parcel=parcel)
    if parcel.state == states.OUT_FOR_DELIVERY:
        return Answer("out", "info", "truck-delivery", _("%(thing)s is out for delivery", thing=thing(parcel)), parcel=parcel)
    if expected and promised and expected > promised:
        title = _("%(thing)s will come %(days)s later than promised", thing=thing(parcel), days=days_word((expected - promised).days))
        return Answer("delayed", "warn", "clock-exclamation", title, _expected(parcel, expected), parcel)
    detail = _expected(parcel, expected) if expected else ""
    return Answer("on_its_way", "info", "truck-delivery", _("%(thing)s is on its way", thing=thing(parcel)), detail, parcel)


def _expected(parcel: Parcel, day: date) -> str:
    return _("%(carrier)s expects to deliver it on %(day)s.", carrier=parcel.carrier, day=spoken_day(day))


def _of_rest(order: Order, on: date) -> Answer:
    """What has not left us yet: the whole order, or what follows."""
    if order.is_shipped:
        waiting = order.waiting_lines
        title = ngettext("%(title)s follows", "%(count)s items follow", len(waiting), title=waiting[0].title, count=number_word(len(waiting)).capitalize())
        here = _("Everything else has arrived.") if all(parcel.is_delivered for parcel in order.parcels) else ""
        return Answer("follows", "info", "calendar-time", title, f"{here} {_follows_about(order)}".strip())
    days = order.days_unsent(on)
    if days:
        title = _("Your order should have left us %(days)s ago", days=days_word(days))
        return Answer("late", "warn", "clock-exclamation", title, _follows_about(order) or _("We send it as soon as we can."))
    detail = _("It leaves us by %(day)s.", day=spoken_day(order.target_ship_on)) if order.target_ship_on else _follows_about(order)
    return Answer("not_sent", "info", "package", _("Your order has not left us yet"), detail)


def _follows_about(order: Order) -> str:
    days = [line.follows_on for line in order.backordered_lines if line.follows_on]
    return _("What was not in stock is expected about %(day)s.", day=spoken_day(max(days))) if days else ""


def _arrived(order: Order, on: date) -> Answer:
    last = max(order.parcels, key=lambda parcel: parcel.delivered_at or parcel.shipped_at)
    if last.delivered_at is None:
        return Answer("arrived", "good", "circle-check", _("Everything has arrived"))
    day, late = spoken_day(day_of(last.delivered_at)), last.days_late(on)
    said = [] if len(order.parcels) == 1 else [_("The last parcel came on %(day)s.", day=day)]
    said += [_("That was %(days)s later than promised.", days=days_word(late))] if late else []
    title = _("Everything has arrived") if len(order.parcels) > 1 else _("Your order arrived on %(day)s", day=day)
    return Answer("arrived", "good", "circle-check", title, " ".join(said))


def _counted(order: Order, on: date) -> list[str]:
    groups = {"arrived": 0, "late": 0, "lost": 0, "back": 0, "coming": 0}
    for parcel in order.parcels:
        kind = "arrived" if parcel.is_delivered else "lost" if parcel.is_lost else "back" if parcel.is_back else "late" if parcel.is_late(on) else "coming"
        groups[kind] += 1
    said = [_said(kind, count) for kind, count in groups.items() if count]
    return [*said, *_following(order)] if order.parcels else []


def _said(kind: str, n: int) -> str:
    count = number_word(n)
    return {
        "arrived": ngettext("%(count)s parcel has arrived", "%(count)s parcels have arrived", n, count=count),
        "late": ngettext("%(count)s parcel is late", "%(count)s parcels are late", n, count=count),
        "lost": ngettext("%(count)s parcel was lost", "%(count)s parcels were lost", n, count=count),
        "back": ngettext("%(count)s parcel comes back to us", "%(count)s parcels come back to us", n, count=count),
        "coming": ngettext("%(count)s parcel is on its way", "%(count)s parcels are on their way", n, count=count),
    }[kind]


def _following(order: Order) -> list[str]:
    waiting = order.waiting_lines
    if not waiting:
        return []
    count, days = number_word(len(waiting)), [line.follows_on for line in waiting if line.follows_on]
    if days:
        month = month_of(max(days))
        return [ngettext("%(count)s item follows in %(month)s", "%(count)s items follow in %(month)s", len(waiting), count=count, month=month)]
    return [ngettext("%(count)s item follows", "%(count)s items follow", len(waiting), count=count)]


__all__ = ["Answer", "answer", "contents", "headline", "summary"]
