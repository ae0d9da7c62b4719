"""The orders of the demo world and of all tests, by number in `world.orders`: late, lost, back with us, cancelled, not sent yet."""

from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from support.database import db
from support.orders import placing, shipping, states, steps
from support.orders.model import Order
from support.orders.placing import Destination

TENT, STOVE, FLASK, LANTERN = "TT-TE-SK2", "TT-CO-BRA", "TT-CO-FL7", "TT-LI-MOT"
BOOTS, BAG, FLEECE, MAT, TORCH = "TT-FO-SCR", "TT-SL-LOC", "TT-CL-HER", "TT-SL-MAT", "TT-LI-WIS"

BERLIN = Destination("Maja Lindqvist", "Rosenthaler Straße 40", "10178", "Berlin", "DE")
STRASBOURG = Destination("Odile Marchetti", "14 rue des Tanneurs", "67000", "Strasbourg", "FR")
SPANDAU = Destination("Gero Haas", "Am Lindenufer 7", "13597", "Berlin", "DE")

# days from today, time of day in the shop, state, substate, place, the carrier's own text
WAY = (
    (-5, "14:05", states.INFO_RECEIVED, "001", "", "Shipment data received"),
    (-5, "18:40", states.IN_TRANSIT, states.ACCEPTED, "Kiel", "Accepted at origin facility"),
)


@dataclass
class Box:
    """One parcel to be: what is in it by article number, whose it is, and what the carrier says of it."""

    carrier: str
    number: str
    contents: dict[str, int]
    promised: int
    reports: tuple = WAY
    expected: int | None = None


@dataclass
class Plan:
    """One order to be; days count from today, `done` is the last step that is done."""

    number: str
    person: str
    to: Destination
    lines: dict[str, int]
    placed: int
    ship: int
    done: str = steps.INVOICED
    boxes: list[Box] = field(default_factory=list)
    invoice: str | None = None
    cancelled: int | None = None


PLANS = (
    Plan("TT-204817", "maja", BERLIN, {TENT: 1, STOVE: 1, FLASK: 2, LANTERN: 1}, placed=-8, ship=-5, invoice="T-88213", boxes=[
        Box("Norpost", "NP 4471 0926 18", {TENT: 1}, promised=-1, expected=2, reports=(
            *WAY, (-4, "06:15", states.IN_TRANSIT, "003", "Hamburg", "Arrived at sorting centre"),
            (-3, "19:40", states.IN_TRANSIT, "007", "Hamburg", "Left the sorting centre"))),
        Box("Quickline", "88-3310-552", {STOVE: 1, FLASK: 2}, promised=-3, reports=(
            *WAY, (-3, "08:10", states.OUT_FOR_DELIVERY, "001", "Berlin", "With the courier"),
            (-3, "11:20", states.DELIVERED, "005", "Berlin", "Left with a neighbour at number 14"))),
    ]),
    Plan("TT-203960", "maja", BERLIN, {FLEECE: 1}, placed=-41, ship=-39, invoice="T-87102", boxes=[
        Box("Norpost", "NP 4468 7710 02", {FLEECE: 1}, promised=-36, reports=(
            (-39, "16:00", states.IN_TRANSIT, states.ACCEPTED, "Kiel", "Accepted at origin facility"),
            (-37, "10:45", states.DELIVERED, "003", "Berlin", "Signed for by M. Lindqvist")))]),
    Plan("TT-204102", "maja", BERLIN, {TORCH: 1}, placed=-30, ship=-27, done=steps.ACKNOWLEDGED, cancelled=-29),
    Plan("TT-204790", "odile", STRASBOURG, {BAG: 1}, placed=-20, ship=-18, invoice="T-88007", boxes=[
        Box("Quickline", "88-3308-119", {BAG: 1}, promised=-14, reports=(
            (-18, "17:20", states.IN_TRANSIT, states.ACCEPTED, "Kiel", "Accepted at origin facility"),
            (-17, "05:30", states.IN_TRANSIT, "003", "Kehl", "Arrived at hub"),
            (-2, "09:00", states.EXCEPTION, states.LOST, "Kehl", "Search ended without result")))]),
    Plan("TT-203511", "odile", STRASBOURG, {MAT: 1}, placed=-60, ship=-58, invoice="T-86533", boxes=[
        Box("Norpost", "NP 4461 0031 77", {MAT: 1}, promised=-54, reports=(
            (-58, "17:20", states.IN_TRANSIT, states.ACCEPTED, "Kiel", "Accepted at origin facility"),
            (-55, "12:00", states.FOR_PICKUP, "001", "Strasbourg", "Waits at the pick-up point"),
            (-47, "20:00", states.EXCEPTION, "008", "Strasbourg", "Not collected"),
            (-46, "08:00", states.EXCEPTION, states.RETURNING, "Strasbourg", "Return to sender"),
            (-42, "09:30", states.EXCEPTION, states.RETURNED, "Kiel", "Handed back to sender")))]),
    Plan("TT-204733", "gero", SPANDAU, {BOOTS: 1}, placed=-2, ship=1, done=steps.PICKING),
)


def orders(world) -> None:
    for plan in PLANS:
        world.orders[plan.number] = _grow(world, plan)


def _grow(world, plan: Plan) -> Order:
    """Let an order happen as it would have, with its events in the past."""
    wanted = [(world.products[sku].id, pieces) for sku, pieces in plan.lines.items()]
    order = placing.place_order(
        world.people[plan.person], plan.number, wanted, plan.to, at=_at(world, plan.placed, "20:14"), history=True,
        target_ship_on=_at(world, plan.ship, "12:00").date(),
    )
    before_shipping = list(steps.STEPS)[:list(steps.STEPS).index(steps.SHIPPED)]
    for place, step in enumerate(before_shipping):
        placing.mark_step(order.id, step, _at(world, plan.placed, "20:14") if place < 3 else _at(world, plan.placed + 1, f"09:{place:02}"), history=True)
        if step == plan.done:
            break
    for box in plan.boxes:
        _send(world, plan, order, box)
    if plan.invoice:
        placing.write_invoice(order.id, plan.invoice, _at(world, plan.ship, "17:00"), history=True)
    if plan.cancelled is not None:
        placing.cancel_order(order.id, world.people[plan.person], _at(world, plan.cancelled, "09:10"), history=True)
    return order


def _send(world, plan: Plan, order: Order, box: Box) -> None:
    lines = {line.product_id: line.id for line in order.lines}
    contents = [(lines[world.products[sku].id], pieces) for sku, pieces in box.contents.items()]
    promised = _at(world, box.promised, "12:00").date()
    parcel = shipping.ship_parcel(order.id, box.carrier, box.number, contents, promised, at=_at(world, plan.ship, "16:30"), history=True)
    expected = _at(world, box.expected, "12:00").date() if box.expected is not None else None
    for day, clock, state, substate, place, text in box.reports:
        shipping.record_tracking(
            parcel.id, state, substate, place=place, text=text, at=_at(world, day, clock), expected_on=expected, history=True,
        )
    db.session.flush()


def _at(world, days: int, clock: str) -> datetime:
    """A time of day in the shop, so many days from today."""
    zone = world.settings.zone
    day = world.now.astimezone(zone).date() + timedelta(days=days)
    return datetime.combine(day, time.fromisoformat(clock), zone)
