"""What happens to parcels: handed over by us, reported by the carrier. Each function is one transaction."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from flask_babel import gettext as _

from support.clock import now
from support.database import lock, transaction
from support.errors import IllegalMove, Invalid, NotFound
from support.events import record
from support.orders import kinds, states, steps
from support.orders.model import Order, OrderLine
from support.orders.parcels import Parcel, ParcelLine, TrackingEvent, settled
from support.orders.placing import step_done


def ship_parcel(
    order_id: int, carrier: str, tracking_number: str, contents: Iterable[tuple[int, int]], promised_on: date | None = None,
    *, at: datetime | None = None, history: bool = False,
) -> Parcel:
    """Hand a parcel with `contents` = (order line id, pieces) to a carrier; the first one does the step "shipped".

    Raises Invalid when more is sent than was ordered, IllegalMove when the order is cancelled or not ready.
    """
    at = at or now()
    with transaction() as session:
        order = lock(session, Order, order_id)
        if order.is_cancelled:
            raise IllegalMove()
        owed = order.backordered_lines
        parcel = Parcel(
            order=order, carrier=carrier, tracking_number=tracking_number, shipped_at=at, promised_on=promised_on, expected_on=promised_on,
            state=states.INFO_RECEIVED, contents=_packed({line.id: line for line in order.lines}, contents),
        )
        session.add(parcel)
        session.flush()
        record(kinds.SHIPPED, subject=("order", order.id), occurred_at=at, history=history, parcel_id=parcel.id)
        for step in _steps_reached(order, owed):
            if step_done(order, step, at):
                record(kinds.STEP_DONE, subject=("order", order.id), occurred_at=at, history=history, step=step)
    return parcel


def record_tracking(
    parcel_id: int, state: str, substate: str = "001", *, place: str = "", text: str = "", at: datetime | None = None,
    expected_on: date | None = None, history: bool = False,
) -> bool:
    """One report of the carrier. Reports may come late, twice and in any order; False when this one was known.

    The parcel stands where the last report by event time says; delivered, returned and lost are not undone by a later scan.
    """
    at = at or now()
    if not states.is_known(state, substate):
        raise Invalid({"state": _("This is no state of a parcel.")})
    with transaction() as session:
        parcel = _locked_through_order(session, parcel_id)
        if any((known.at, known.state, known.substate) == (at, state, substate) for known in parcel.tracking):
            return False
        report = TrackingEvent(at=at, state=state, substate=substate, place=place[:120], text=text[:300])
        parcel.tracking.append(report)
        session.flush()
        _follow(parcel, report, expected_on)
        record(
            kinds.MOVED, subject=("order", parcel.order_id), occurred_at=at, history=history,
            parcel_id=parcel.id, state=state, substate=substate,
        )
    return True


def _locked_through_order(session, parcel_id: int) -> Parcel:
    """The order is locked before its parcel, everywhere, so two writers cannot wait for each other."""
    parcel = session.get(Parcel, parcel_id)
    if parcel is None:
        raise NotFound()
    lock(session, Order, parcel.order_id)
    return lock(session, Parcel, parcel_id)


def _follow(parcel: Parcel, report: TrackingEvent, expected_on: date | None) -> None:
    stands = settled(parcel.tracking)
    parcel.state, parcel.substate = stands.state, stands.substate
    parcel.delivered_at = stands.at if stands.state == states.DELIVERED else None
    if expected_on and report.at == max(known.at for known in parcel.tracking):
        parcel.expected_on = expected_on


def _packed(lines: dict[int, OrderLine], contents: Iterable[tuple[int, int]]) -> list[ParcelLine]:
    packed = []
    for line_id, quantity in contents:
        line = lines.get(line_id)
        if line is None or quantity < 1 or line.shipped + quantity > line.quantity:
            raise Invalid({"contents": _("More pieces are packed than are left to send.")})
        line.backordered = min(line.backordered, line.quantity - line.shipped - quantity)
        line.shipped += quantity
        packed.append(ParcelLine(order_line_id=line.id, quantity=quantity))
    if not packed:
        raise Invalid({"contents": _("A parcel needs something in it.")})
    return packed


def _steps_reached(order: Order, owed: list[OrderLine]) -> list[str]:
    """What this parcel brings about: "shipped", and the tenth step when it carried the last of what was on backorder."""
    rest_is_sent = owed and not order.backordered_lines and any(row.step == steps.INVOICED and row.done_at for row in order.steps)
    return [steps.SHIPPED, steps.BACKORDER] if rest_is_sent else [steps.SHIPPED]
