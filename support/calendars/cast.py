"""The opening hours of the demo shop, by key in `world.calendars`."""

from datetime import timedelta

from support.calendars.model import Calendar
from support.database import db

WEEKDAY = [["08:00", "20:00"]]


def calendars(world) -> None:
    """Mon-Fri 8-20, Sat 9-14, German holidays and one closed day ahead; two slots a day for the workshop, and round the clock."""
    stocktaking = (world.now + timedelta(days=40)).date().isoformat()
    world.calendars["shop"] = Calendar(
        name="Tarn & Thistle", zone=world.settings.shop_zone, country=world.settings.shop_country, closed_days={stocktaking: "Stocktaking"},
        week={**{str(day): WEEKDAY for day in range(5)}, "5": [["09:00", "14:00"]]},
    )
    world.calendars["workshop"] = Calendar(
        name="Repair workshop", zone=world.settings.shop_zone, country=world.settings.shop_country,
        week={str(day): [["09:00", "12:30"], ["13:30", "17:00"]] for day in range(5)},
    )
    world.calendars["always"] = Calendar(name="Day and night", zone=world.settings.shop_zone, country="", week={str(day): [["00:00", "24:00"]] for day in range(7)})
    for calendar in world.calendars.values():
        db.session.add(calendar)
        db.session.flush()
