"""Supervisors keep shifts; everybody sees their own."""
from datetime import timedelta

import pytest
from sqlalchemy import select

from support import shop
from support.clock import now
from support.database import db
from support.events import Event
from support.people.shifts import ShiftException, ShiftPlan

PLAN = {"day_0": "8:00-12:00, 13:00-17:00", "day_4": "22:00-06:00", "breaks": "10:00-10:15", "valid_from": "2026-11-02", "zone": "America/New_York"}


def stored(app, model):
    with app.app_context():
        found = db.session.scalars(select(model)).all()
        db.session.expunge_all()
        return found


def test_a_supervisor_makes_changes_and_removes_a_plan(app, client_of):
    hanna, ines = client_of(app, "hanna"), app.extensions["cast"]["ines"]
    assert hanna.post(f"/admin/shifts/{ines}/plans/new", data=PLAN).status_code == 303
    (plan,) = stored(app, ShiftPlan)
    assert plan.week == {"0": [["08:00", "12:00"], ["13:00", "17:00"]], "4": [["22:00", "06:00"]]} and plan.breaks == [["10:00", "10:15"]]
    with app.app_context():
        told = db.session.scalar(select(Event).where(Event.kind == "shifts.changed"))
        assert (told.subject_id, told.actor_id) == (ines, app.extensions["cast"]["hanna"])
    edit = f"/admin/shifts/{ines}/plans/{plan.id}"
    assert 'value="08:00-12:00, 13:00-17:00"' in hanna.get(edit).text
    assert hanna.post(edit, data={**PLAN, "day_0": "", "version": "1"}).status_code == 303
    assert hanna.post(edit, data={**PLAN, "version": "1"}).status_code == 409, "somebody was faster"
    assert stored(app, ShiftPlan)[0].week == {"4": [["22:00", "06:00"]]}
    other = app.extensions["cast"]["jonas"]
    assert hanna.post(f"/admin/shifts/{other}/plans/{plan.id}/removal").status_code == 404, "the plan is another person's"
    assert hanna.post(f"{edit}/removal").status_code == 303 and not stored(app, ShiftPlan)


@pytest.mark.parametrize(("field", "value"), [
    ("day_0", "nine to five"), ("day_0", "08:00-12:00, 11:00-13:00"), ("breaks", "noon"), ("valid_from", ""), ("valid_until", "2026-11-01"), ("zone", "Europe/Atlantis"),
])
def test_a_wrong_plan_is_told_at_its_field_and_loses_nothing(app, client_of, field, value):
    answer = client_of(app, "hanna").post(f"/admin/shifts/{app.extensions['cast']['ines']}/plans/new", data={**PLAN, field: value})
    assert answer.status_code == 422 and f'href="#f-{field}"' in answer.text and "22:00-06:00" in answer.text
    assert not stored(app, ShiftPlan)


def test_different_days_are_written_down_and_shown_in_the_week_and_to_the_person(app, client_of):
    hanna, ines = client_of(app, "hanna"), app.extensions["cast"]["ines"]
    with app.app_context():
        today = now().astimezone(shop.profile().zone_info).date()
    monday = today + timedelta(days=7 - today.weekday())
    week = {f"day_{day}": "08:00-16:30" for day in range(5)}
    assert hanna.post(f"/admin/shifts/{ines}/plans/new", data={**week, "breaks": "12:00-12:30", "valid_from": monday.isoformat()}).status_code == 303
    page = f"/admin/shifts/{ines}/exceptions"
    for sent, status in (
        ({"kind": "swap", "first_day": monday}, 422),  # from when until when?
        ({"kind": "absence", "first_day": monday, "last_day": monday - timedelta(days=1)}, 422),
        ({"kind": "swap", "first_day": monday, "slots": "10:00-18:30", "pauses": "14:00-14:30"}, 303),
        ({"kind": "training", "first_day": monday + timedelta(days=1), "slots": "08:00-10:00"}, 303),
        ({"kind": "absence", "first_day": monday + timedelta(days=2), "last_day": monday + timedelta(days=3)}, 303),
        ({"kind": "extra", "first_day": monday + timedelta(days=5), "slots": "09:00-12:00"}, 303),
    ):
        assert hanna.post(page, data=sent).status_code == status
    grid = hanna.get(f"/admin/shifts?week={monday.isoformat()}").text
    mine = client_of(app, "ines").get("/staff/account").text
    for text in (grid, mine):
        for words in ("10:00–18:30", "14:00–14:30", "swapped", "10:00–16:30", "training", "absent", "09:00–12:00", "extra"):
            assert words in text
    assert grid.count("absent") == 2 and "No shift plan" in grid
    (absence,) = [one for one in stored(app, ShiftException) if one.kind == "absence"]
    assert hanna.post(f"{page}/{absence.id}/removal").status_code == 303
    assert "absent" not in hanna.get(f"/admin/shifts?week={monday.isoformat()}").text
    assert "My shifts" not in client_of(app, "jonas").get("/staff/account").text
