"""The one sentence, for each order of the cast."""

import pytest
from sqlalchemy import select

from support import orders
from support.database import db

SENTENCES = {
    "TT-204817": "Your Skerry 2 tent is three days late. Norpost now says ",
    "TT-203960": "Your order arrived on ",
    "TT-204102": "This order was cancelled on ",
    "TT-204790": "Your Loch sleeping bag was lost on its way. Quickline cannot find it any more.",
    "TT-203511": "Your Moss sleeping mat came back to us.",
    "TT-204733": "Your order has not left us yet. It leaves us by ",
}


@pytest.mark.parametrize("number", SENTENCES)
def test_each_order_of_the_cast_is_answered(app, number):
    with app.test_request_context():
        order = db.session.scalar(select(orders.Order).where(orders.Order.number == number))
        assert orders.headline(order).startswith(SENTENCES[number])


def test_the_summary_counts_parcels_and_what_follows(app):
    with app.test_request_context():
        order = db.session.scalar(select(orders.Order).where(orders.Order.number == "TT-204817"))
        said = orders.summary(order)
    assert "one parcel has arrived, one parcel is late, and one item follows in " in said


def test_only_promises_that_were_not_kept_make_an_order_late(app):
    with app.test_request_context():
        late = {order.number for order in db.session.scalars(select(orders.Order)) if order.is_late()}
    assert late == {"TT-204817"}


def test_a_late_parcel_says_what_the_carrier_says_only_while_it_can_be_true(app, clock):
    clock.move(5 * 86400)
    with app.test_request_context():
        order = db.session.scalar(select(orders.Order).where(orders.Order.number == "TT-204817"))
        assert orders.headline(order) == "Your Skerry 2 tent is six days late. Norpost has not named a new day yet."
