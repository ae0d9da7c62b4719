"""The customer's orders: the list, and one order with the sentence that answers "where is it?" first."""

from flask import Blueprint, render_template, request

from support import orders
from support.web.identity import allow, me

bp = Blueprint("portal_orders", __name__, template_folder="templates", url_prefix="/orders")


@bp.get("")
@allow("customer", "guest")
def index():
    listing = orders.list_for(me(), request.args)
    answers = {order.id: orders.answer(order) for order in listing}
    return render_template("portal/orders/index.html", listing=listing, answers=answers)


@bp.get("/<number>")
@allow("customer", "guest")
def show(number):
    return _order_as("show", number)


@bp.get("/<number>/state")
@allow("customer", "guest")
def state(number):
    """The contents of the page alone, fetched when a parcel has moved or a step is done."""
    return _order_as("_order", number)


def _order_as(template: str, number: str) -> str:
    order = orders.find(me(), number)
    return render_template(
        f"portal/orders/{template}.html", order=order, told=orders.answer(order), summary=orders.summary(order), steps=orders.steps_of(order),
        address=orders.address_for(me(), order), today=orders.today(), contents=orders.contents, report_for=orders.report_for, day_of=orders.day_of,
    )
