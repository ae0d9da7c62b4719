"""What the tests of orders share: an order of Maja's that they may send and move."""

import pytest

from support import orders
from support.clock import now
from support.database import db
from support.people.person import Person
from tests.orders.wares import TO, product

BEFORE_SHIPPING = list(orders.STEPS)[:7]


@pytest.fixture
def inside(any_app):
    """An application context on each of the two databases."""
    with any_app.app_context():
        yield any_app


@pytest.fixture
def maja(inside):
    return db.session.get(Person, inside.extensions["cast"]["maja"])


@pytest.fixture
def an_order(maja):
    """`an_order({"TT-TE-SK2": 2})`: placed now, not one step done."""

    def place(wanted: dict, number="TT-900001", **more):
        pieces = [(product(sku).id, count) for sku, count in wanted.items()]
        return orders.place_order(maja, number, pieces, TO, target_ship_on=orders.day_of(now()), **more)

    return place


@pytest.fixture
def a_packed_order(an_order):
    """Like `an_order`, ready to be handed to a carrier."""

    def pack(wanted: dict, **more):
        order = an_order(wanted, **more)
        for step in BEFORE_SHIPPING:
            orders.mark_step(order.id, step)
        return order

    return pack
