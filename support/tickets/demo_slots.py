"""What a talk of the demo world may name: the customer, the agent, and facts of the order it is about."""
from datetime import datetime

from babel.dates import format_date
from babel.numbers import format_currency

from support.orders.model import Order, OrderLine
from support.orders.parcels import Parcel
from support.tickets.demo_talks import Talk

DAY = {"en": "EEEE d MMMM", "de": "EEEE, d. MMMM", "fr": "EEEE d MMMM", "pl": "d MMMM"}


def slots(talk: Talk, customer_name: str, agent_name: str, at: datetime, zone, order: Order | None) -> dict[str, str]:
    """The words for each slot. Raises KeyError later if a talk names what its kind of order does not have."""
    words = {"first": customer_name.split()[0], "agent": agent_name.split()[0], "daytime": _daytime(at.astimezone(zone).hour)}
    return words if order is None else {**words, **_of_order(talk, order, at, zone)}


def line_for(talk: Talk, order: Order) -> OrderLine | None:
    """The line of the order that the talk is about: one of the talk's items, else what is missing or was returned, else the first."""
    if talk.items:
        return next((line for line in order.lines if line.title in talk.items or line.product.category in talk.items), None)
    if talk.order == "returned":
        return next((line for line in order.lines if line.returned), None)
    return next((line for line in order.lines if line.shipped), order.lines[0])


def _of_order(talk: Talk, order: Order, at: datetime, zone) -> dict[str, str]:
    line = line_for(talk, order) or order.lines[0]
    words = {
        "number": order.number, "item": line.title.split(",")[0], "price": _money(line.unit_price, talk), "total": _money(order.total, talk),
        "street": order.ship_street, "city": order.ship_city, "placed": _day(order.placed_at.astimezone(zone).date(), talk),
        "target": _day(order.target_ship_on, talk),
    }
    missing = next(iter(order.backordered_lines), None)
    if missing is not None:
        restock = missing.follows_on
        words |= {"missing": missing.title.split(",")[0], "restock": _day(restock, talk) if restock else "the middle of next month"}
    if order.parcels:
        words |= _of_parcel(talk, _parcel_for(order, line, zone), at, zone)
    return words


def _parcel_for(order: Order, line: OrderLine, zone) -> Parcel:
    """The parcel in trouble, else the one with the item in it."""
    troubled = [parcel for parcel in order.parcels if not parcel.is_delivered or _came_late(parcel, zone)]
    with_item = [parcel for parcel in order.parcels if any(content.order_line_id == line.id for content in parcel.contents)]
    return (troubled or with_item or order.parcels)[0]


def _came_late(parcel: Parcel, zone) -> bool:
    return parcel.promised_on is not None and parcel.delivered_at.astimezone(zone).date() > parcel.promised_on


def _of_parcel(talk: Talk, parcel: Parcel, at: datetime, zone) -> dict[str, str]:
    places = [report.place for report in sorted(parcel.tracking, key=lambda report: report.at) if report.at <= at and report.place]
    expected = parcel.delivered_at.astimezone(zone).date() if parcel.delivered_at else parcel.expected_on or parcel.promised_on
    return {
        "carrier": parcel.carrier, "place": places[-1] if places else parcel.order.ship_city,
        "promised": _day(parcel.promised_on, talk), "expected": _day(expected, talk),
    }


def _day(day, talk: Talk) -> str:
    return format_date(day, DAY[talk.language], locale=talk.language)


def _money(amount, talk: Talk) -> str:
    return format_currency(amount, "EUR", locale=talk.language)


def _daytime(hour: int) -> str:
    return "morning" if hour < 12 else "afternoon" if hour < 18 else "evening"
