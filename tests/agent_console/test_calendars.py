"""Administrators keep opening hours."""

import pytest
from sqlalchemy import select

from support.calendars import Calendar
from support.database import db
from support.events import Event

WEEK = {"day_0": "8:00-12:00, 13:00-18:00", "day_4": "22:00-06:00", "day_5": "00:00-24:00"}
GOOD = {"name": "Night line", "zone": "Europe/Berlin", "country": "DE", "subdivision": "BY", "closed_days": "2026-12-24 Christmas Eve", **WEEK}


def stored(app, name="Night line") -> Calendar | None:
    with app.app_context():
        return db.session.scalar(select(Calendar).where(Calendar.name == name))


def test_a_calendar_with_several_slots_a_night_and_closed_days_is_made(app, client_of):
    answer = client_of(app, "arno").post("/admin/calendars", data=GOOD)
    assert answer.status_code == 303
    calendar = stored(app)
    assert calendar.week == {"0": [["08:00", "12:00"], ["13:00", "18:00"]], "4": [["22:00", "06:00"]], "5": [["00:00", "24:00"]]}
    assert (calendar.country, calendar.subdivision, calendar.closed_days) == ("DE", "BY", {"2026-12-24": "Christmas Eve"})
    with app.app_context():
        told = db.session.scalar(select(Event).where(Event.kind == "calendar.changed"))
        assert (told.subject_id, told.actor_id) == (calendar.id, app.extensions["cast"]["arno"])


@pytest.mark.parametrize(("field", "value"), [
    ("name", ""), ("name", "Tarn & Thistle"), ("zone", "Europe/Atlantis"), ("country", "XX"), ("subdivision", "Bavaria"),
    ("day_0", "from nine to five"), ("day_0", "25:00-26:00"), ("day_0", "08:00-12:00, 11:00-13:00"), ("day_0", "24:00-06:00"),
    ("closed_days", "Christmas"), ("closed_days", "2026-02-30 Never"),
])
def test_wrong_input_is_told_at_its_field_and_loses_nothing(app, client_of, field, value):
    answer = client_of(app, "arno").post("/admin/calendars", data={**GOOD, field: value})
    assert answer.status_code == 422
    assert f'href="#f-{field}"' in answer.text
    assert "22:00-06:00" in answer.text
    assert stored(app) is None


def test_what_was_saved_is_shown_as_it_is_written(app, client_of):
    arno = client_of(app, "arno")
    arno.post("/admin/calendars", data=GOOD)
    page = arno.get(f"/admin/calendars/{stored(app).id}").text
    for written in ("08:00-12:00, 13:00-18:00", "22:00-06:00", "00:00-24:00", "2026-12-24 Christmas Eve"):
        assert written in page


def test_of_two_who_change_a_calendar_the_second_is_told(app, client_of):
    arno = client_of(app, "arno")
    arno.post("/admin/calendars", data=GOOD)
    calendar = stored(app)
    assert arno.post(f"/admin/calendars/{calendar.id}", data={**GOOD, "day_1": "09:00-10:00", "version": calendar.version}).status_code == 303
    late = arno.post(f"/admin/calendars/{calendar.id}", data={**GOOD, "day_2": "11:00-12:00", "version": calendar.version})
    assert late.status_code == 409
    assert "11:00-12:00" in late.text
    assert set(stored(app).week) == {"0", "1", "4", "5"}


def test_the_list_says_what_is_open_now_and_is_searched(app, client_of):
    arno = client_of(app, "arno")
    page = arno.get("/admin/calendars").text
    assert "Tarn &amp; Thistle" in page
    assert "Repair workshop" in page
    assert "Monday–Friday 08:00-20:00" in page
    assert "No calendar has this name." in arno.get("/admin/calendars?q=moon").text
    assert arno.get("/admin/calendars?sort=zone&order=desc").status_code == 200


def test_new_hours_are_on_the_portal_at_once(app, client_of):
    arno = client_of(app, "arno")
    with app.app_context():
        shop = db.session.get(Calendar, 1)
        values = {"name": shop.name, "zone": shop.zone, "country": "", "version": shop.version, **{f"day_{day}": "03:07-03:11" for day in range(7)}}
    assert "03:07–03:11" not in client_of(app).get("/hours").text
    arno.post("/admin/calendars/1", data=values)
    assert "03:07–03:11" in client_of(app).get("/hours").text


@pytest.mark.parametrize("key", ["ines", "hanna", "maja", None])
def test_only_administrators_see_and_change_them(app, client_of, key):
    client = client_of(app, key)
    for answer in (client.get("/admin/calendars"), client.get("/admin/calendars/1"), client.post("/admin/calendars", data=GOOD)):
        assert answer.status_code in (303, 401, 403, 404)
    assert stored(app) is None


def test_a_calendar_that_does_not_exist_is_not_found(app, client_of):
    assert client_of(app, "arno").get("/admin/calendars/9999").status_code == 404
