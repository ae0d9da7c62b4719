"""The kinds of event an order writes. Their subject is always ("order", id), so one look-up gives the life of an order."""

from flask_babel import lazy_gettext as _l

from support.events import declare

PLACED = declare("order.placed", "an order was placed (data: lines)", _l("{actor} placed the order"))
STEP_DONE = declare("order.step_done", "one of the ten steps of an order is done (data: step)", _l("Step done: {step}"))
CANCELLED = declare("order.cancelled", "an order was cancelled before anything was sent", _l("{actor} cancelled the order"))
TRACKED = declare("order.tracked", "a guest looked with number and e-mail or postcode (data: sign_in_id, proof)", _l("A guest looked at the order"))
INVOICED = declare("order.invoiced", "an invoice was written (data: invoice_id)", _l("An invoice was written"))
SHIPPED = declare("parcel.shipped", "a parcel was handed to the carrier (data: parcel_id)", _l("A parcel was sent"))
MOVED = declare("parcel.moved", "the carrier reported a parcel (data: parcel_id, state, substate)", _l("The carrier reported the parcel: {state}"))
