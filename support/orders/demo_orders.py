"""The many orders of the full demo world, in every state, made in bulk; `demo_lives` draws how each one went."""
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import insert, select

from support.database import db
from support.events import happened
from support.orders import kinds, states, steps
from support.orders.demo_lives import NOT_SENT, SHARES, live
from support.orders.demo_road import Life
from support.orders.model import Invoice, Order, OrderLine, OrderStep
from support.orders.parcels import Parcel, ParcelLine, TrackingEvent, settled
from support.people.addresses import Address
from support.people.cast import PLACES, STREETS

ABROAD = (("Oslo", "0558", "NO"), ("Bergen", "5003", "NO"), ("Edinburgh", "EH6 5NP", "GB"))
FREE_FROM, DELIVERY = Decimal(80), Decimal("4.90")
PIECES = (1, 1, 1, 1, 2, 2, 3)


@dataclass(frozen=True)
class Moment:
    """A stretch of time in which a customer could have written about this story of this order."""

    order: Order
    story: str
    since: datetime
    until: datetime


def orders(world) -> None:
    """About four hundred orders of the generated customers, numbered by day; what could be asked about them in `world.moments`."""
    if not world.full:
        return
    homes = _homes(world)
    lives = sorted((_life(world, homes, story) for story, share in SHARES.items() for _one in range(share)), key=lambda pair: pair[1].placed)
    numbers = iter(_numbers(world, len(lives)))
    made = [(_order(world, person, homes[person.id], life, next(numbers)), life) for person, life in lives]
    db.session.add_all(order for order, _life in made)
    db.session.flush()
    db.session.execute(insert(OrderStep.__table__), [row for order, life in made for row in _steps(order, life)])
    _remember(world, made)
    for order, life in made:
        world.orders[order.number] = order
        world.moments += [Moment(order, *moment) for moment in life.moments if moment[1] < moment[2]]
    hour = timedelta(hours=1)
    world.moments.append(Moment(world.orders["TT-204790"], "lost", world.now - 71 * hour, world.now - 2 * hour))  # Odile's sleeping bag


def _homes(world) -> dict[int, tuple[str, str, str, str]]:
    """Street, postcode, city, country of each customer; guests have no address book, so one is drawn."""
    homes = {row.person_id: (row.street, row.postcode, row.city, row.country) for row in db.session.scalars(select(Address))}
    for person in world.people.values():
        if person.is_customer and person.id not in homes:
            city, postcode, country = world.rng.choice(PLACES + ABROAD * 2)
            homes[person.id] = (f"{world.rng.choice(STREETS)} {world.rng.randint(1, 140)}", postcode, city, country)
    return homes


def _life(world, homes, story: str):
    """A customer and how an order of this story went; customs only happen outside the Union, and nobody orders before coming."""
    generated = [person for key, person in world.people.items() if key.startswith("c") and key[1:].isdigit()]
    if story in ("customs", "was_customs"):
        generated = [person for person in generated if homes[person.id][3] in ("CH", "NO", "GB")]
    while True:
        person = world.rng.choice(generated)
        life = live(story, homes[person.id][3], world.now, world.settings.zone, world.rng)
        if life.placed > person.created_at:
            return person, life


def _numbers(world, count: int) -> list[str]:
    """Rising numbers that leave those of the cast alone."""
    numbers, number = [], 201_900
    while len(numbers) < count:
        number += world.rng.randint(3, 9)
        if f"TT-{number}" not in world.orders:
            numbers.append(f"TT-{number}")
    return numbers


def _order(world, person, home, life: Life, number: str) -> Order:
    lines = _lines(world, life)
    goods = sum(line.unit_price * line.quantity for line in lines)
    street, postcode, city, country = home
    order = Order(
        number=number, person_id=person.id, placed_at=life.placed, currency=world.settings.shop_currency, target_ship_on=life.ship_on, lines=lines,
        total=goods + (DELIVERY if goods < FREE_FROM else 0), cancelled_at=life.cancelled,
        ship_name=person.name, ship_street=street, ship_postcode=postcode, ship_city=city, ship_country=country,
    )
    if life.story not in NOT_SENT:
        order.parcels = [_parcel(world, order, life)]
    if life.shipped:
        sent = sum(line.unit_price * line.shipped for line in lines)
        number = f"T-{79_000 + int(number[3:]) - 200_000}"
        order.invoices = [Invoice(number=number, issued_at=life.shipped + timedelta(minutes=30), total=sent + order.total - goods)]
    return order


def _lines(world, life: Life) -> list[OrderLine]:
    """One to three different products; for a backorder one more that is not in stock."""
    there = [product for product in world.products.values() if product.stock]
    chosen = world.rng.sample(there, world.rng.choice((1, 1, 2, 2, 3)))
    lines = []
    for product in chosen:
        pieces = world.rng.choice(PIECES) if product.price < 100 else 1
        sent = pieces if life.shipped or life.reports else 0
        lines.append(_line(product, pieces, sent))
    if life.story == "backorder":
        missing = world.rng.choice([product for product in world.products.values() if not product.stock])
        lines.append(_line(missing, 1, 0))
    if life.story == "returned":
        lines[0].returned = lines[0].quantity
    return lines


def _line(product, pieces: int, sent: int) -> OrderLine:
    return OrderLine(
        product=product, title=product.name, quantity=pieces, unit_price=product.price, shipped=sent, backordered=0 if product.stock else pieces, returned=0
    )


def _steps(order: Order, life: Life):
    """The ten rows: the first three done at once, the hall's on the day of sending."""
    done = {step: life.placed + timedelta(minutes=place) for place, step in enumerate((steps.VALIDATED, steps.STOCK_CHECKED, steps.ACKNOWLEDGED))}
    if life.reports:
        ready = life.reports[0][0] - timedelta(hours=3)
        hall = (steps.PICKING, steps.PACKED, steps.PAPERS_READY, steps.CARRIER_BOOKED)
        done |= {step: ready + timedelta(minutes=40 * place) for place, step in enumerate(hall)}
    if life.shipped:
        done |= {steps.SHIPPED: life.shipped, steps.INVOICED: life.shipped + timedelta(minutes=30)}
    for row in steps.planned(life.placed, life.ship_on):
        yield {"order_id": order.id, "step": row.step, "due_on": row.due_on, "done_at": done.get(row.step)}


def _parcel(world, order: Order, life: Life) -> Parcel:
    large = any(line.title == "Otter 5 tent" for line in order.lines)
    carrier = "Quickline" if large or world.rng.random() < 0.25 else "Norpost"
    draw = world.rng.randint
    number = f"NP 4{draw(440, 479)} {draw(0, 9999):04} {draw(0, 99):02}" if carrier == "Norpost" else f"88-3{draw(100, 399)}-{draw(0, 999):03}"
    parcel = Parcel(
        carrier=carrier, tracking_number=number, shipped_at=life.shipped, promised_on=life.promised, expected_on=life.expected, delivered_at=life.delivered,
        contents=[ParcelLine(line=line, quantity=line.shipped) for line in order.lines if line.shipped],
        tracking=[
            TrackingEvent(at=at, state=state, substate=substate, place=place or (order.ship_city if state != states.INFO_RECEIVED else ""), text=text)
            for at, state, substate, place, text in life.reports
        ],
    )
    last = settled(parcel.tracking)
    parcel.state, parcel.substate = last.state, last.substate
    return parcel


def _remember(world, made: list[tuple[Order, Life]]) -> None:
    """The few events that figures need, all in the past."""
    for order, life in made:
        world.history.append(_event(kinds.PLACED, order, life.placed, order.person_id, lines=len(order.lines)))
        if life.cancelled:
            world.history.append(_event(kinds.CANCELLED, order, life.cancelled, order.person_id))
        if life.shipped:
            world.history.append(_event(kinds.SHIPPED, order, life.shipped, parcel_id=order.parcels[0].id))
            world.history.append(_event(kinds.INVOICED, order, order.invoices[0].issued_at, invoice_id=order.invoices[0].id))
        if life.delivered:
            parcel = order.parcels[0]
            world.history.append(_event(kinds.MOVED, order, life.delivered, parcel_id=parcel.id, state=parcel.state, substate=parcel.substate))


def _event(kind, order: Order, at: datetime, actor_id: int | None = None, **data) -> dict:
    return happened(kind, at, subject=("order", order.id), actor_id=actor_id, **data)
