"""The ten steps of order management: their order, their words, and by when each is meant to be done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask_babel import lazy_gettext as _l

from support.orders.days import day_of
from support.orders.model import Order, OrderStep

VALIDATED, STOCK_CHECKED, ACKNOWLEDGED = "validated", "stock_checked", "acknowledged"
PICKING, PACKED, PAPERS_READY, CARRIER_BOOKED = "picking", "packed", "papers_ready", "carrier_booked"
SHIPPED, INVOICED, BACKORDER = "shipped", "invoiced", "backorder"

STEPS = {
    VALIDATED: _l("Received and checked"),
    STOCK_CHECKED: _l("Stock checked"),
    ACKNOWLEDGED: _l("Confirmed to you"),
    PICKING: _l("Picking"),
    PACKED: _l("Packed"),
    PAPERS_READY: _l("Papers ready"),
    CARRIER_BOOKED: _l("Carrier booked"),
    SHIPPED: _l("Shipped"),
    INVOICED: _l("Invoiced"),
    BACKORDER: _l("Rest on backorder"),
}

# Working days before the target ship day by which a step is meant to be done.
AHEAD = {PICKING: 1, PACKED: 1, PAPERS_READY: 0, CARRIER_BOOKED: 0, SHIPPED: 0, INVOICED: 0}


@dataclass(frozen=True)
class StepView:
    """One step as a page shows it; mark is done, now, coming or off (does not happen)."""

    number: int
    step: str
    word: str
    mark: str
    done_at: datetime | None
    due_on: date | None


def planned(placed_at: datetime, target_ship_on: date | None) -> list[OrderStep]:
    """The ten rows of a new order, none done yet; the first three are meant for the day it was placed."""
    return [OrderStep(step=step, due_on=_due(step, day_of(placed_at), target_ship_on)) for step in STEPS]


def steps_of(order: Order) -> list[StepView]:
    """The ten steps in order. The first one not done is "now"; nothing to send later means no tenth step. An order brought over has none."""
    if order.source:
        return []
    rows = {row.step: row for row in order.steps}
    views, now_given = [], order.is_cancelled
    for number, (step, word) in enumerate(STEPS.items(), start=1):
        row = rows.get(step)
        mark = _mark(order, step, row, now_given)
        now_given = now_given or mark == "now"
        views.append(StepView(number, step, str(word), mark, row.done_at if row else None, row.due_on if row else None))
    return views


def _mark(order: Order, step: str, row: OrderStep | None, now_given: bool) -> str:
    if row and row.done_at:
        return "done"
    if order.is_cancelled or (step == BACKORDER and not order.backordered_lines):
        return "off"
    return "coming" if now_given else "now"


def _due(step: str, placed_on: date, target_ship_on: date | None) -> date | None:
    if step in (VALIDATED, STOCK_CHECKED, ACKNOWLEDGED):
        return placed_on
    if step == BACKORDER or target_ship_on is None:
        return None
    day = target_ship_on
    for _step in range(AHEAD[step]):
        day -= timedelta(days=3 if day.weekday() == 0 else 1)
    return max(day, placed_on)
