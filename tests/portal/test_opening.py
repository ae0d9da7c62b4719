"""Opening hours, ways to reach us and products, for everybody."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import delete

from support.calendars import Calendar
from support.clock import now
from support.database import transaction


def at(clock, *parts):
    clock.move((datetime(*parts, tzinfo=UTC) - now()).total_seconds())


@pytest.mark.parametrize(("moment", "sentence"), [
    ((2026, 11, 25, 10, 0), "We are here now, until 20:00."),
    ((2026, 11, 28, 9, 0), "We are here now, until 14:00."),
    ((2026, 11, 28, 15, 0), "We are closed now and open again"),
    ((2026, 12, 25, 10, 0), "We are closed now and open again"),
])
def test_the_page_says_first_whether_we_are_here(app, client_of, clock, moment, sentence):
    at(clock, *moment)
    assert sentence in client_of(app).get("/hours").text


def test_holidays_are_told_ahead_and_in_the_week(app, client_of, clock):
    at(clock, 2026, 12, 22, 10, 0)
    page = client_of(app).get("/hours").text
    assert "Christmas Day" in page
    assert "Good Friday" in page
    assert "Times are those of Berlin." in page


def test_several_slots_and_a_night_are_written_out(app, client_of):
    with app.app_context(), transaction() as session:
        shop = session.get(Calendar, 1)
        shop.week = {str(day): [["09:00", "12:30"], ["22:00", "06:00"]] for day in range(7)}
        shop.country = ""
    page = client_of(app).get("/hours").text
    assert "09:00–12:30</span>" in page
    assert "22:00–06:00</span>" in page
    assert "next day" in page


def test_a_shop_without_hours_says_so(app, client_of):
    with app.app_context(), transaction() as session:
        for table in ("queue",):
            session.execute(Calendar.metadata.tables[table].update().values(calendar_id=None))
        session.execute(delete(Calendar))
    assert "We have not published our hours yet." in client_of(app).get("/hours").text
    assert "We have not published our hours yet." in client_of(app).get("/contact").text


@pytest.mark.parametrize(("settings", "shown"), [({"shop_mail": "help@tarn-thistle.example"}, True), ({}, False)], indirect=["settings"])
def test_the_contact_page_leads_to_a_person_and_names_the_address_there_is(app, client_of, shown):
    page = client_of(app).get("/contact").text
    assert 'href="/ask"' in page
    assert ("help@tarn-thistle.example" in page) == shown and "example.org" not in page


@pytest.mark.parametrize("key", [None, "maja", "ines", "arno"])
def test_everybody_may_read_hours_contact_and_products(app, client_of, key):
    client = client_of(app, key)
    for address in ("/hours", "/contact", "/products", "/products/skerry-2-tent"):
        assert client.get(address).status_code == 200


def test_products_are_found_by_word_and_category(app, client_of):
    client = client_of(app)
    assert "Moth lantern" in client.get("/products?q=lantern").text
    tents = client.get("/products?category=Tents").text
    assert "Skerry 2 tent" in tents
    assert "Brae camp stove" not in tents
    assert "We have nothing that fits." in client.get("/products?q=submarine").text


def test_a_product_says_when_it_is_back(app, client_of):
    assert "Not in stock now. We expect more about" in client_of(app).get("/products/moth-lantern").text
    assert client_of(app).get("/products/no-such-thing").status_code == 404
