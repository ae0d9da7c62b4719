"""How the orders of the demo world went: for each story when it was placed, sent, promised, and what the carrier reported.

Pure: days and times only; `demo_orders` makes rows of it.
"""
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from support.orders import states

# story: how many of the demo's orders end like this
SHARES = {
    "delivered": 150, "was_late": 44, "neighbour": 26, "had_attempt": 12, "was_picked_up": 12, "returned": 28, "unsent": 24, "unsent_late": 3, "transit": 26,
    "out": 6, "label": 4, "late": 14, "lost": 8, "attempt": 4, "pickup": 5, "backorder": 18, "wrong_address": 5, "customs": 4, "was_customs": 6,
    "damaged": 4, "came_back": 4, "refused": 2, "expired": 2, "cancelled": 18,
}
NOT_SENT = ("unsent", "unsent_late", "cancelled")
DONE = ("delivered", "was_late", "neighbour", "had_attempt", "was_picked_up", "returned", "was_customs", "came_back", "lost", "cancelled", "backorder")

# How many days ago the first working day on the road may be, for stories that still go on.
ROAD = {
    "transit": (0, 1), "out": (2, 3), "label": (0, 0), "late": (5, 8), "attempt": (3, 4), "pickup": (4, 6), "wrong_address": (4, 6), "customs": (6, 8),
    "damaged": (3, 5), "refused": (4, 5), "expired": (34, 40),
}
WORKING_DAYS = {"DE": 2, "DK": 3, "NL": 3, "BE": 3, "AT": 3, "FR": 4, "SE": 4, "PL": 4, "CZ": 4, "CH": 6, "NO": 6, "GB": 6}
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


def live(story: str, country: str, now: datetime, zone, rng) -> Life:
    """Draw one life of this story for an order to this country."""
    def at(day: date, hour: float) -> datetime:
        return datetime.combine(day, time(), zone) + timedelta(hours=hour + rng.uniform(0, 0.6))

    today = now.astimezone(zone).date()
    need = WORKING_DAYS.get(country, 5)
    life = _dates(story, need, today, rng, at, now)
    if story in NOT_SENT:
        return _not_sent(life, now, rng)
    life.shipped = datetime.combine(life.ship_on, time(16, 30), zone)
    _on_the_road(life, HUBS.get(country, ("Hannover", "Hub")), today, at, rng)
    life.reports = [report for report in life.reports if report[0] < now]
    _moments(life, now)
    return life


def _dates(story: str, need: int, today: date, rng, at, now: datetime) -> Life:
    """Placed, sent, promised and expected: from the day of sending, which lies as far back as the story needs."""
    if story in NOT_SENT and story != "cancelled":
        ship_on = after_days(today, rng.randint(1, 2) if story == "unsent" else -rng.randint(1, 3))
    elif story in ROAD:
        low, high = ROAD[story]
        ship_on = after_days(today, -(rng.randint(low, high) + (need if story in ("late", "customs", "pickup", "attempt", "out") else 1)))
    else:
        least = {"lost": 13, "returned": 24, "backorder": 5, "came_back": 16}.get(story, 8) + need
        most = {"lost": 32, "backorder": 22}.get(story, 62)
        ship_on = after_days(today, -rng.randint(least, max(most, least + 3)))
    if story == "out":
        ship_on = after_days(today, -need)
    promised = after_days(ship_on, need)
    late = rng.choice((1, 2, 2, 3)) if story == "was_late" else 0
    expected = after_days(today if story == "late" else promised, late or (rng.randint(1, 2) if story == "late" else 0))
    placed_on = after_days(ship_on, -rng.randint(1, 2))
    if placed_on >= today:
        placed_on = today - timedelta(days=1)
    placed = at(placed_on, rng.choice((7, 9, 11, 12, 14, 16, 18, 19, 20, 21, 21.5)))
    return Life(story, placed, ship_on, promised, expected)


def _not_sent(life: Life, now: datetime, rng) -> Life:
    if life.story == "cancelled":
        life.cancelled = life.placed + timedelta(hours=rng.uniform(0.6, 9))
        life.moments = [("cancelled", life.placed + timedelta(minutes=10), life.cancelled - timedelta(minutes=2))]
    else:
        life.moments = [("unsent", life.placed + timedelta(minutes=20), now)]
    return life


def _on_the_road(life: Life, hubs: tuple[str, str], today: date, at, rng) -> None:
    first, last = hubs
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


def _moments(life: Life, now: datetime) -> None:
    """When a customer could have written, and about which story."""
    hour, zone = timedelta(hours=1), life.placed.tzinfo
    day_after = datetime.combine(life.promised + timedelta(days=1), time(8), zone)
    tell = life.moments.append
    if life.story in DONE:
        tell(("unsent", life.placed + hour / 2, datetime.combine(life.ship_on, time(6), zone)))
    last = life.reports[-1][0]
    end = life.delivered or now
    if life.story in ("delivered", "returned", "neighbour", "transit") and life.shipped:
        tell(("transit", life.shipped + 3 * hour, end - 4 * hour))
    if life.story in ("late", "was_late"):
        tell(("late", day_after, end - (20 * hour if life.delivered else timedelta())))
    if life.story == "lost":
        tell(("lost", last - 60 * hour, last - 30 * hour))
    if life.story in ("had_attempt", "was_customs"):
        held = next(report[0] for report in life.reports if report[1] in (states.ATTEMPT_FAIL, states.EXCEPTION))
        tell((life.story.split("_")[1], held + hour, held + 7 * hour))
    if life.story == "was_picked_up":
        tell(("pickup", life.delivered - 20 * hour, life.delivered - 12 * hour))
    if life.story in ("attempt", "pickup", "wrong_address", "damaged", "customs"):
        tell((life.story, last + hour, now))
    if life.delivered:
        _after_delivery(life, now, tell)


def _after_delivery(life: Life, now: datetime, tell) -> None:
    came, day = life.delivered, timedelta(days=1)
    if life.story == "neighbour":
        tell(("neighbour", came + day / 12, came + 2 * day))
    elif life.story == "returned":
        tell(("returned", came + 17 * day, min(now, came + 30 * day)))
    elif life.story == "backorder":
        tell(("backorder", came + day, now))
    else:
        tell(("delivered", came + day / 8, min(now, came + 50 * day)))
