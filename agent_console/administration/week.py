"""The seven fields in which the hours of a week are written, on every page that asks for them."""
from collections.abc import Mapping

from flask_babel import lazy_gettext as _l

from support import calendars
from support.errors import Invalid

WEEKDAYS = (_l("Monday"), _l("Tuesday"), _l("Wednesday"), _l("Thursday"), _l("Friday"), _l("Saturday"), _l("Sunday"))


def read_week(sent: Mapping, errors: dict) -> dict[str, list]:
    """The fields `day_0` to `day_6` as a calendar keeps them, closed days left out. Every wrong day adds its sentence to `errors`."""
    week = {}
    for day in range(7):
        field = f"day_{day}"
        try:
            week[str(day)] = calendars.read_slots(field, sent.get(field, ""))
        except Invalid as error:
            errors.update(error.errors)
    return {day: slots for day, slots in week.items() if slots}
