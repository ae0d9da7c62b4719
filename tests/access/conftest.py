"""More of one customer, to see that it shows nowhere else."""
from datetime import timedelta

import pytest
from sqlalchemy import select

from support import tickets
from support.clock import now
from support.database import db, transaction
from support.orders import placing
from support.orders.model import Order
from support.people import add_address
from support.people.person import Person


@pytest.fixture
def more_of_maja(settle):
    def add(visit) -> None:
        visit.begin()
        with visit.app.app_context():
            cast, things = visit.shop.cast, visit.shop.things
            _orders(cast["maja"])
            maja, ines = db.session.get(Person, cast["maja"]), db.session.get(Person, cast["ines"])
            add_address(maja, label="Second", name="Maja", street="Zqstreet 41", postcode="10178", city="Berlin", country="DE")
            tickets.post(maja, things["talk"], "Zqmessage again, where is my parcel", "client-again-0001")
            tickets.post(ines, things["talk"], "Zqnote again", "client-again-0002", kind="note")
            tickets.open_ticket(maja, subject="Zqsubject again", body="Zqmessage again", topic="payments", channel="form", client_id="client-again-0003")
        settle(visit.app)

    return add


def _orders(person_id: int) -> None:
    with transaction() as session:
        known = session.scalar(select(Order).where(Order.person_id == person_id).limit(1))
        wanted = [(line.product_id, 1) for line in known.lines]
        place = placing.Destination("Zqname Lindqvist", "Zqstreet 40", "10178", "Berlin", "DE")
        person = session.get(Person, person_id)
        for number in ("TT-299001", "TT-299002", "TT-299003"):
            placing.place_order(person, number, wanted, place, at=now() - timedelta(hours=1), history=True)
