"""The disposition codes of the demo shop and of the cast of all tests, by code in `world.dispositions`."""
from support.database import db
from support.tickets.models import Disposition

DISPOSITIONS = (
    # code, name
    ("advice_given", "Advice given"),
    ("late_parcel", "Parcel late, now settled"),
    ("parcel_found", "Parcel found"),
    ("lost_parcel", "Parcel lost, sent again"),
    ("order_changed", "Order or delivery changed"),
    ("cancelled", "Order or item cancelled"),
    ("part_sent", "Spare or missing part sent"),
    ("exchanged", "Exchanged or replaced"),
    ("return_label", "Return label sent"),
    ("refund_paid", "Refund paid"),
    ("repair", "Repaired in the workshop"),
    ("goodwill", "Settled by goodwill"),
    ("payment_explained", "Payment explained"),
    ("invoice_sent", "Invoice sent or corrected"),
    ("points", "Points corrected"),
    ("business_offer", "Offer for a business made"),
    ("account_help", "Help with the account"),
    ("no_answer", "Customer did not answer"),
)
NO_LONGER_USED = ("other", "Other")


def dispositions(world) -> None:
    """In the order agents see them; one old code that may not be chosen any more."""
    for place, (code, name) in enumerate(DISPOSITIONS):
        world.dispositions[code] = Disposition(code=code, name=name, position=place)
    code, name = NO_LONGER_USED
    world.dispositions[code] = Disposition(code=code, name=name, position=99, active=False)
    db.session.add_all(world.dispositions.values())
