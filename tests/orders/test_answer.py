"""The one sentence, for each order of the cast."""

from datetime import date

import pytest
from flask_babel import force_locale
from sqlalchemy import select

from support import orders
from support.database import db
from support.orders import OrderLine, Parcel, ParcelLine

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


def late_parcel(*things):
    lines = [ParcelLine(quantity=pieces, line=OrderLine(title=title)) for pieces, title in things]
    return Parcel(carrier="Norpost", state="in_transit", substate="001", promised_on=date(2026, 11, 23), expected_on=date(2026, 11, 26), contents=lines)


@pytest.mark.parametrize(("things", "beginning"), [
    ([(1, "Skerry 2 tent")], "Your Skerry 2 tent is three days late"),
    ([(1, "Scree boots")], "Your parcel with Scree boots is three days late"),
    ([(2, "Skerry 2 tent")], "Your parcel with 2 × Skerry 2 tent is three days late"),
    ([(1, "Skerry 2 tent"), (1, "Moth lantern")], "Your parcel with Skerry 2 tent and Moth lantern is three days late"),
    ([(1, "Skerry 2 tent"), (1, "Moth lantern"), (3, "Burr socks")], "Your parcel with Skerry 2 tent and more is three days late"),
])
def test_one_thing_or_many_the_sentence_stays_right(app, things, beginning):
    with app.test_request_context():
        parcel = late_parcel(*things)
        order = orders.Order(lines=[OrderLine(title="x", quantity=1, shipped=1, backordered=0)], parcels=[parcel], target_ship_on=None)
        assert orders.headline(order, date(2026, 11, 24)) == f"{beginning}. Norpost now says Thursday 26 November."


def test_the_sentence_speaks_the_language_of_the_reader(app):
    with app.test_request_context(), force_locale("de"):
        assert "Donnerstag, 26.\u00a0November" in orders.headline(orders.Order(
            lines=[OrderLine(title="x", quantity=1, shipped=1, backordered=0)], parcels=[late_parcel((1, "Skerry 2 tent"))]), date(2026, 11, 24))
