"""Orders: what was bought, the ten steps on our side, the parcels on the way, and the sentence that says where it is.

The portal and the desk look an order up through the person (`find`, `list_for`); the demo writes through the use cases, imports of the past by
`importing/`.
"""

from support import relay
from support.demo import part
from support.importing import register_importer
from support.orders import cast, kinds
from support.orders.answer import Answer, answer, headline, summary
from support.orders.commands import figures_group
from support.orders.days import day_of, today
from support.orders.demo_orders import orders as demo_orders
from support.orders.finding import FILTERS, find, find_bare, find_by_id, list_for, recent_for, squeezed, visible_to
from support.orders.importing import OrderImporter
from support.orders.model import Invoice, Order, OrderLine, OrderStep
from support.orders.parcels import Parcel, ParcelLine, Stop, TrackingEvent
from support.orders.placing import Destination, cancel_order, mark_step, place_order, write_invoice
from support.orders.shipping import record_tracking, ship_parcel
from support.orders.steps import STEPS, StepView, planned, steps_of
from support.orders.tracking import Address, address_for, report_for, track
from support.orders.words import contents

__all__ = [
    "FILTERS", "STEPS", "Address", "Answer", "Destination", "Invoice", "Order", "OrderLine", "OrderStep", "Parcel",
    "ParcelLine", "StepView", "Stop", "TrackingEvent", "address_for", "answer", "cancel_order", "contents", "day_of", "find", "find_bare", "find_by_id", "headline", "init_app",
    "list_for", "mark_step", "place_order", "planned", "recent_for", "record_tracking", "report_for", "ship_parcel", "squeezed", "steps_of", "summary", "today",
    "track", "visible_to", "write_invoice",
]


def init_app(app, settings) -> None:
    register_importer(app, OrderImporter())
    app.cli.add_command(figures_group)
    part(app, 50, cast.orders)
    part(app, 52, demo_orders)
    moves = (kinds.STEP_DONE, kinds.CANCELLED, kinds.INVOICED, kinds.SHIPPED, kinds.MOVED)
    relay.hint_on(app, moves, lambda event: [f"order:{event.subject_id}"])
