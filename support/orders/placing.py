"""What happens to an order on our side: placed, step by step, cancelled, invoiced. Each function is one transaction."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from flask_babel import gettext as _
from sqlalchemy import select

from support.catalogue import Product
from support.clock import now
from support.database import lock, transaction
from support.errors import IllegalMove, Invalid
from support.events import record
from support.orders import kinds, steps
from support.orders.model import Invoice, Order, OrderLine, OrderStep


@dataclass(frozen=True)
class Destination:
    """Where an order goes to; country as two letters."""

    name: str
    street: str
    postcode: str
    city: str
    country: str = "DE"


def place_order(
    person, number: str, wanted: Iterable[tuple[int, int]], to: Destination, *, delivery_cost: Decimal = Decimal(0),
    target_ship_on: date | None = None, at: datetime | None = None, history: bool = False,
) -> Order:
    """Place an order of `wanted` = (product id, pieces). Takes stock; what is not there goes on backorder.

    The prices are ours, never the caller's. Raises Invalid when nothing is ordered or a product is not on sale.
    """
    at = at or now()
    pieces = _summed(wanted)
    with transaction() as session:
        query = select(Product).where(Product.id.in_(pieces), Product.active).order_by(Product.id).with_for_update()
        products = list(session.scalars(query.execution_options(populate_existing=True)))
        if not pieces or len(products) != len(pieces) or len({product.currency for product in products}) != 1:
            raise Invalid({"lines": _("Choose products that are on sale.")})
        lines = [_line(product, pieces[product.id]) for product in products]
        order = Order(
            number=number.upper(), person_id=person.id, placed_at=at, currency=products[0].currency, target_ship_on=target_ship_on,
            total=sum((line.amount for line in lines), delivery_cost), lines=lines, steps=steps.planned(at, target_ship_on),
            ship_name=to.name, ship_street=to.street, ship_postcode=to.postcode, ship_city=to.city, ship_country=to.country,
        )
        session.add(order)
        session.flush()
        record(kinds.PLACED, subject=("order", order.id), actor=person, occurred_at=at, history=history, lines=len(lines))
    return order


def mark_step(order_id: int, step: str, at: datetime | None = None, history: bool = False) -> None:
    """One step is done. A second time changes nothing. Raises IllegalMove out of turn or when the order is cancelled."""
    with transaction() as session:
        order = lock(session, Order, order_id)
        row = step_done(order, step, at or now())
        if row:
            record(kinds.STEP_DONE, subject=("order", order.id), occurred_at=row.done_at, history=history, step=step)


def step_done(order: Order, step: str, at: datetime) -> OrderStep | None:
    """Mark the step on a locked order; the row, or None when it was done before."""
    rows = {row.step: row for row in order.steps}
    if step not in steps.STEPS:
        raise Invalid({"step": _("This is none of the steps of an order.")})
    if rows[step].done_at:
        return None
    order_of_steps = list(steps.STEPS)
    earlier = order_of_steps[:order_of_steps.index(step)]
    if order.is_cancelled or any(rows[name].done_at is None for name in earlier):
        raise IllegalMove()
    rows[step].done_at = at
    return rows[step]


def cancel_order(order_id: int, actor=None, at: datetime | None = None, history: bool = False) -> None:
    """Cancel while nothing has left us, and put the pieces back on the shelf. A second time changes nothing."""
    with transaction() as session:
        order = lock(session, Order, order_id)
        if order.is_cancelled:
            return
        if order.is_shipped:
            raise IllegalMove(_("Something of this order has been sent already."))
        for line in sorted(order.lines, key=lambda line: line.product_id or 0):
            if line.product_id:
                lock(session, Product, line.product_id).stock += line.quantity - line.backordered
                line.backordered = 0
        order.cancelled_at = at or now()
        record(kinds.CANCELLED, subject=("order", order.id), actor=actor, occurred_at=order.cancelled_at, history=history)


def write_invoice(order_id: int, number: str, at: datetime | None = None, history: bool = False) -> Invoice:
    """Charge what has been sent and was not charged yet, and mark the step. Raises IllegalMove when there is nothing to charge."""
    at = at or now()
    with transaction() as session:
        order = lock(session, Order, order_id)
        goods = sum((line.amount for line in order.lines), Decimal(0))
        sent = sum((line.unit_price * line.shipped for line in order.lines), Decimal(0))
        due = sent + (order.total - goods) - sum((invoice.total for invoice in order.invoices), Decimal(0))
        if not sent or due <= 0:
            raise IllegalMove()
        invoice = Invoice(order_id=order.id, number=number, issued_at=at, total=due)
        session.add(invoice)
        session.flush()
        record(kinds.INVOICED, subject=("order", order.id), occurred_at=at, history=history, invoice_id=invoice.id)
        if step_done(order, steps.INVOICED, at):
            record(kinds.STEP_DONE, subject=("order", order.id), occurred_at=at, history=history, step=steps.INVOICED)
    return invoice


def _summed(wanted: Iterable[tuple[int, int]]) -> dict[int, int]:
    pieces: dict[int, int] = {}
    for product_id, quantity in wanted:
        if not isinstance(quantity, int) or not 1 <= quantity <= 999:
            raise Invalid({"lines": _("Order between 1 and 999 pieces of a product.")})
        pieces[product_id] = pieces.get(product_id, 0) + quantity
    return pieces


def _line(product: Product, quantity: int) -> OrderLine:
    there = min(quantity, product.stock)
    product.stock -= there
    return OrderLine(product_id=product.id, title=product.name, quantity=quantity, unit_price=product.price, backordered=quantity - there)
