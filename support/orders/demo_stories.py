"""What an order's story is in one word, so that the talks of the demo world speak of orders that fit."""
from datetime import date

from support.orders import states
from support.orders.model import Order
from support.orders.parcels import Parcel

HELD = {"004": "customs", "007": "wrong_address", "012": "damaged"}
IN_STATE = {states.ATTEMPT_FAIL: "attempt", states.FOR_PICKUP: "pickup"}
STORIES = (
    "late", "lost", "transit", "delivered", "neighbour", "attempt", "pickup", "unsent", "backorder", "returned", "cancelled", "wrong_address",
    "customs", "damaged",
)


def story_of(order: Order, on: date) -> str:
    """One of `STORIES`, or "other" for what no talk speaks of. Needs lines and parcels."""
    if order.is_cancelled:
        return "cancelled"
    if not order.parcels:
        return "unsent"
    told = [_of_parcel(parcel, on) for parcel in order.parcels]
    if order.backordered_lines and set(told) <= {"delivered", "neighbour"}:
        return "backorder"
    if any(line.returned for line in order.lines) and set(told) <= {"delivered", "neighbour"}:
        return "returned"
    return min(told, key=lambda story: (*URGENCY, story).index(story))


URGENCY = ("lost", "damaged", "wrong_address", "customs", "other", "late", "attempt", "pickup", "transit", "neighbour", "delivered")


def _of_parcel(parcel: Parcel, on: date) -> str:
    if parcel.is_delivered:
        return "neighbour" if parcel.substate == "005" else "delivered"
    if parcel.is_lost:
        return "lost"
    if parcel.state == states.EXCEPTION:
        return HELD.get(parcel.substate, "other")
    if parcel.state in IN_STATE:
        return IN_STATE[parcel.state]
    return "late" if parcel.is_late(on) else "transit"
