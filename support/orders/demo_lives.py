"""How the orders of the demo world went: for each story when it was placed, sent and promised, and who could ask about it when.

Pure: days and times only; `demo_orders` makes rows of it.
"""
from datetime import date, datetime, time, timedelta

from support.orders import states
from support.orders.demo_road import Life, after_days, travel

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
    travel(life, country, today, at, rng)
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
