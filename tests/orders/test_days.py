"""A promise is a day of the shop, and an administrator says in which zone the shop is."""
from datetime import UTC, date, datetime

from support import shop
from support.orders import days

LATE = datetime(2026, 3, 2, 20, 30, tzinfo=UTC)


def test_days_are_those_of_the_shops_zone_as_it_is_now(any_app, person):
    arno = person(any_app, "arno")
    with any_app.app_context():
        assert days.day_of(LATE) == date(2026, 3, 2), "21:30 in Berlin"
        shop.save_profile(arno, {"zone": "Pacific/Auckland"})
        assert days.day_of(LATE) == date(2026, 3, 3), "the next morning in Auckland"
