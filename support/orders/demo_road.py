"""What the carriers of the demo world reported of a parcel, for each story: from the label to its end.

Pure; used by `demo_lives`.
"""
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from support.orders import states

HUBS = {
    "DE": ("Hamburg", "Hannover"), "DK": ("Hamburg", "Kolding"), "NL": ("Hamburg", "Utrecht"), "AT": ("Hannover", "Linz"), "FR": ("Hannover", "Metz"),
    "SE": ("Hamburg", "Malmö"), "PL": ("Berlin", "Łódź"), "CZ": ("Berlin", "Praha"), "CH": ("Hannover", "Basel"), "IT": ("Hannover", "Verona"),
    "NO": ("Hamburg", "Oslo"), "GB": ("Hamburg", "Dartford"),
}
HOME = "Kiel"

Report = tuple[datetime, str, str, str, str]  # at, state, substate, place, the carrier's own text


@dataclass
class Life:
    """One order's way. `moments` says when which story could be told of it: (story, from, until)."""

    story: str
    placed: datetime
    ship_on: date
    promised: date
    expected: date
    shipped: datetime | None = None
    delivered: datetime | None = None
    cancelled: datetime | None = None
    reports: list[Report] = field(default_factory=list)
    moments: list[tuple[str, datetime, datetime]] = field(default_factory=list)


def after_days(day: date, count: int) -> date:
    """The working day so many working days later (earlier when negative)."""
    step = timedelta(days=1 if count >= 0 else -1)
    while count:
        day += step
        if day.weekday() < 5:
            count -= 1 if step.days > 0 else -1
    return day


def travel(life: Life, country: str, today: date, at, rng) -> None:
    """Add the reports of the carrier to a life whose days are drawn; `at(day, hour)` gives an instant near that hour."""
    first, last = HUBS.get(country, ("Hannover", "Hub"))
    sent, due = life.ship_on, life.promised
    say = life.reports.append
    say((at(sent, 14), states.INFO_RECEIVED, "001", "", "Shipment data received"))
    if life.story == "label":
        life.shipped = None
        return
    say((at(sent, 18.5), states.IN_TRANSIT, states.ACCEPTED, HOME, "Accepted at origin facility"))
    say((at(sent + timedelta(days=1), 5), states.IN_TRANSIT, "003", first, "Arrived at sorting centre"))
    if life.story in ("late", "lost", "expired", "was_late"):
        say((at(sent + timedelta(days=1), 19.5), states.IN_TRANSIT, "007", first, "Left the sorting centre"))
    elif last != first and life.story != "transit":
        there = min(after_days(due, -1), after_days(today, -2))  # whatever happens next happens after it
        say((at(max(there, sent + timedelta(days=1)), 7), states.IN_TRANSIT, "003", last, "Arrived at sorting centre"))
    END[life.story](life, first, last, today, at, rng, say)


def _deliver(life: Life, day: date, substate: str, text: str, at, rng, say) -> None:
    life.delivered = at(day, rng.choice((9.5, 10.5, 11.2, 12.5, 13.8, 15, 16.4)))
    say((life.delivered - timedelta(hours=2.5), states.OUT_FOR_DELIVERY, "001", "", "Loaded for delivery"))
    say((life.delivered, states.DELIVERED, substate, "", text))


def _arrives(life, first, last, today, at, rng, say):
    signed = rng.random() < 0.4
    _deliver(life, life.promised, "003" if signed else "001", "Delivered, signed for" if signed else "Delivered", at, rng, say)


def _arrives_late(life, first, last, today, at, rng, say):
    say((at(life.expected - timedelta(days=1), 4), states.IN_TRANSIT, "008", first, "On its way again"))
    _deliver(life, life.expected, "001", "Delivered", at, rng, say)


def _to_neighbour(life, first, last, today, at, rng, say):
    _deliver(life, life.promised, "005", "Left with a neighbour at number 14", at, rng, say)


def _second_try(life, first, last, today, at, rng, say):
    say((at(life.promised, 11.5), states.ATTEMPT_FAIL, "002", "", "Addressee not at home, card left"))
    life.expected = after_days(life.promised, 1)
    _deliver(life, life.expected, "001", "Delivered at second try", at, rng, say)


def _picked_up(life, first, last, today, at, rng, say):
    say((at(life.promised, 9), states.FOR_PICKUP, "001", last, "Waits at the parcel shop"))
    life.delivered = at(life.promised + timedelta(days=rng.randint(1, 5)), 17)
    life.promised = life.expected = life.delivered.date()
    say((life.delivered, states.DELIVERED, "002", last, "Picked up"))


def _through_customs(life, first, last, today, at, rng, say):
    day = after_days(life.promised, -3)
    say((at(day, 8), states.IN_TRANSIT, "006", last, "Handed to customs"))
    say((at(day, 15), states.EXCEPTION, "004", last, "Held: invoice asked for"))
    say((at(after_days(day, 2), 9), states.IN_TRANSIT, "005", last, "Released by customs"))
    _deliver(life, life.promised, "003", "Delivered, signed for", at, rng, say)


def _held(substate: str, text: str):
    def end(life, first, last, today, at, rng, say):
        say((at(after_days(today, -1), 10), states.EXCEPTION, substate, last, text))
    return end


def _lost(life, first, last, today, at, rng, say):
    say((at(life.ship_on + timedelta(days=13), 15), states.EXCEPTION, states.LOST, first, "Search ended without result"))


def _came_back(life, first, last, today, at, rng, say):
    say((at(life.promised, 9), states.FOR_PICKUP, "001", last, "Waits at the parcel shop"))
    say((at(life.promised + timedelta(days=7), 19), states.EXCEPTION, "008", last, "Not collected"))
    say((at(life.promised + timedelta(days=8), 7), states.EXCEPTION, states.RETURNING, last, "Return to sender"))
    say((at(life.promised + timedelta(days=11), 9), states.EXCEPTION, states.RETURNED, HOME, "Handed back to sender"))


def _nothing_more(life, first, last, today, at, rng, say):
    pass


def _out(life, first, last, today, at, rng, say):
    say((at(today, 0.2), states.OUT_FOR_DELIVERY, "001", "", "Loaded for delivery"))


def _missed_today(life, first, last, today, at, rng, say):
    say((at(after_days(today, -1), 12), states.ATTEMPT_FAIL, "002", "", "Addressee not at home, card left"))
    life.promised = life.expected = after_days(today, 1)


def _waits_in_shop(life, first, last, today, at, rng, say):
    say((at(after_days(today, -2), 10), states.FOR_PICKUP, "001", last, "Waits at the parcel shop"))
    life.promised = life.expected = today


def _expired(life, first, last, today, at, rng, say):
    say((at(life.ship_on + timedelta(days=31), 3), states.EXPIRED, "001", "", "No event for 30 days"))


END = {
    "delivered": _arrives, "returned": _arrives, "backorder": _arrives, "was_late": _arrives_late, "neighbour": _to_neighbour, "had_attempt": _second_try,
    "was_picked_up": _picked_up, "was_customs": _through_customs, "customs": _held("004", "Held: invoice asked for"), "lost": _lost,
    "wrong_address": _held("007", "Name not found at the address"), "damaged": _held("012", "Damaged in transit, returned to sender"),
    "refused": _held("003", "Refused by addressee"), "came_back": _came_back, "transit": _nothing_more, "late": _nothing_more, "out": _out,
    "attempt": _missed_today, "pickup": _waits_in_shop, "expired": _expired,
}
