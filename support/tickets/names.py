"""What staff call the states and priorities of a ticket."""
from flask_babel import lazy_gettext as _l

STATE_WORDS = {
    "new": _l("New"), "open": _l("Open"), "pending": _l("Waits for customer"), "on_hold": _l("On hold"), "resolved": _l("Resolved"), "closed": _l("Closed"),
}
PRIORITY_WORDS = {"low": _l("Low"), "normal": _l("Normal"), "high": _l("High"), "urgent": _l("Urgent")}
