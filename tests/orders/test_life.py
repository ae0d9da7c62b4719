"""The life of an order: placed, step by step, sent in parts, reported, cancelled. On both databases."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from support import orders
from support.clock import now
from support.database import db
from support.errors import IllegalMove, Invalid
from support.events import Event
from support.orders import states
from tests.orders.wares import LANTERN, TENT, TO, product


def kinds_of(order) -> list[str]:
    query = select(Event.kind).where(Event.subject_type == "order", Event.subject_id == order.id).order_by(Event.id)
    return list(db.session.scalars(query))


def test_an_order_takes_stock_and_our_prices(an_order):
    before, price = product(TENT).stock, product(TENT).price
    order = an_order({TENT: 2}, delivery_cost=Decimal("4.90"))
    assert product(TENT).stock == before - 2
    assert order.total == 2 * price + Decimal("4.90")
    assert kinds_of(order) == ["order.placed"]


def test_what_is_not_in_stock_goes_on_backorder(an_order):
    order = an_order({LANTERN: 3})
    assert [line.backordered for line in order.lines] == [3]
    assert product(LANTERN).stock == 0


@pytest.mark.parametrize("pieces", [0, -1, 1000, 0.5])
def test_BIZ_02_an_absurd_number_of_pieces_is_refused(maja, pieces):
    with pytest.raises(Invalid):
        orders.place_order(maja, "TT-1", [(product(TENT).id, pieces)], TO)


def test_steps_are_done_in_turn_and_only_once(an_order):
    order = an_order({TENT: 1})
    orders.mark_step(order.id, "validated")
    orders.mark_step(order.id, "validated")
    assert kinds_of(order).count("order.step_done") == 1
    with pytest.raises(IllegalMove):
        orders.mark_step(order.id, "packed")
    assert [view.mark for view in orders.steps_of(order)][:3] == ["done", "now", "coming"]


def test_BIZ_05_nothing_is_sent_after_cancelling(an_order):
    order = an_order({TENT: 1})
    before = product(TENT).stock
    orders.cancel_order(order.id)
    orders.cancel_order(order.id)
    assert product(TENT).stock == before + 1
    with pytest.raises(IllegalMove):
        orders.mark_step(order.id, "validated")
    with pytest.raises(IllegalMove):
        orders.ship_parcel(order.id, "Norpost", "1", [(order.lines[0].id, 1)])
    assert "cancelled" in orders.headline(order)


def test_an_order_is_sent_in_parts_and_never_more_than_was_ordered(a_packed_order):
    order = a_packed_order({TENT: 3})
    line = order.lines[0]
    orders.ship_parcel(order.id, "Norpost", "1", [(line.id, 2)])
    assert (line.shipped, [left.id for left in order.waiting_lines]) == (2, [line.id])
    with pytest.raises(Invalid):
        orders.ship_parcel(order.id, "Norpost", "2", [(line.id, 2)])
    orders.ship_parcel(order.id, "Norpost", "2", [(line.id, 1)])
    assert not order.waiting_lines
    with pytest.raises(IllegalMove):
        orders.cancel_order(order.id)


def test_nothing_is_sent_before_it_is_packed(an_order):
    order = an_order({TENT: 1})
    with pytest.raises(IllegalMove):
        orders.ship_parcel(order.id, "Norpost", "1", [(order.lines[0].id, 1)])
    assert order.lines[0].shipped == 0
    assert not order.parcels


def test_sending_the_last_of_a_backorder_does_the_tenth_step(a_packed_order):
    order = a_packed_order({TENT: 1, LANTERN: 1})
    tent, lantern = sorted(order.lines, key=lambda line: line.backordered)
    orders.ship_parcel(order.id, "Norpost", "1", [(tent.id, 1)])
    orders.write_invoice(order.id, "T-900001")
    assert orders.steps_of(order)[9].mark == "now"
    orders.ship_parcel(order.id, "Norpost", "2", [(lantern.id, 1)])
    assert orders.steps_of(order)[9].mark == "done"


def test_only_what_was_sent_is_charged(a_packed_order):
    order = a_packed_order({TENT: 1, LANTERN: 1})
    tent = next(line for line in order.lines if not line.backordered)
    with pytest.raises(IllegalMove):
        orders.write_invoice(order.id, "T-900002")
    orders.ship_parcel(order.id, "Norpost", "1", [(tent.id, 1)])
    assert orders.write_invoice(order.id, "T-900002").total == tent.unit_price
    with pytest.raises(IllegalMove):
        orders.write_invoice(order.id, "T-900003")


def test_reports_come_late_twice_and_in_any_order(a_packed_order):
    order = a_packed_order({TENT: 1})
    parcel = orders.ship_parcel(order.id, "Norpost", "1", [(order.lines[0].id, 1)], promised_on=orders.today())
    delivered = now()
    assert orders.record_tracking(parcel.id, states.DELIVERED, "003", at=delivered)
    assert not orders.record_tracking(parcel.id, states.DELIVERED, "003", at=delivered)
    assert orders.record_tracking(parcel.id, states.OUT_FOR_DELIVERY, at=delivered - timedelta(hours=3))
    assert orders.record_tracking(parcel.id, states.IN_TRANSIT, "007", at=delivered + timedelta(minutes=5))
    assert (parcel.state, parcel.delivered_at) == (states.DELIVERED, delivered)
    assert kinds_of(order).count("parcel.moved") == 3
    assert orders.headline(order).startswith("Your order arrived on")


def test_an_unknown_state_of_a_parcel_is_refused(a_packed_order):
    order = a_packed_order({TENT: 1})
    parcel = orders.ship_parcel(order.id, "Norpost", "1", [(order.lines[0].id, 1)])
    with pytest.raises(Invalid):
        orders.record_tracking(parcel.id, "teleported", "001")


def test_an_order_that_was_not_sent_in_time_says_so(an_order, clock):
    order = an_order({TENT: 1})
    clock.move(2 * 86400)
    assert order.is_late()
    assert orders.headline(order).startswith("Your order should have left us two days ago.")
