"""Certificates that end are told of: a month before, a week before, once when it is over; and not when another one goes on."""
from datetime import timedelta

from sqlalchemy import select

from support import clock as product_clock
from support import training
from support.database import db
from support.events import Event
from support.people.person import Person
from support.training import certificates
from support.training.models import Skill

DAY = 86_400


def told(app) -> list[tuple[str, int]]:
    """What was told of certificates since the test began, oldest first: kind and person."""
    db.session.rollback()
    rows = db.session.scalars(select(Event).where(Event.kind.in_(("certificate.lapsing", "certificate.lapsed"))).order_by(Event.id))
    return [(row.kind, row.data["person_id"]) for row in rows]


def granted(app, key: str, days: int, slug: str = "payments", level: int = 3) -> int:
    """A certificate whose last day is so many days from today; the id of its holder."""
    arno, holder = (db.session.get(Person, app.extensions["cast"][name]) for name in ("arno", key))
    skill_id = db.session.scalar(select(Skill.id).where(Skill.slug == slug))
    certificates.grant(arno, person_id=holder.id, skill_id=skill_id, level=level, until=product_clock.now().date() + timedelta(days=days))
    return holder.id


def passed(app, settle, clock, days: float, holder: int) -> list[str]:
    """What was told of one holder by the time so many days have passed."""
    clock.move(days * DAY)
    settle(app)
    settle(app)  # a second look tells nothing again
    return [kind for kind, person_id in told(app) if person_id == holder]


def test_its_holder_is_told_a_month_and_a_week_before_and_once_when_it_is_over(any_app, settle, clock):
    app = any_app
    with app.app_context():
        holder = granted(app, "ines", 40)
        soon, over = "certificate.lapsing", "certificate.lapsed"
        for days, expected in ((1, []), (12, [soon]), (10, [soon]), (12, [soon, soon]), (5, [soon, soon]), (3, [soon, soon, over]), (30, [soon, soon, over])):
            assert passed(app, settle, clock, days, holder) == expected


def test_one_that_another_replaces_ends_without_a_word(any_app, settle, clock):
    app = any_app
    with app.app_context():
        holder = granted(app, "ines", 20)
        granted(app, "ines", 400)
        assert passed(app, settle, clock, 30, holder) == []
        assert training.level(holder, db.session.scalar(select(Skill.id).where(Skill.slug == "payments")), product_clock.now()) == 3


def test_of_two_that_end_on_the_same_day_the_better_one_is_told_of_and_of_two_alike_one(any_app, settle, clock):
    app = any_app
    with app.app_context():
        holder = granted(app, "ines", 20, level=3)
        granted(app, "ines", 20, level=4)
        granted(app, "ines", 20, level=4)
        assert passed(app, settle, clock, 30, holder) == ["certificate.lapsed"]
        db.session.rollback()
        events = db.session.scalars(select(Event).where(Event.kind == "certificate.lapsed")).all()
        assert [row.data["level"] for row in events if row.data["person_id"] == holder] == [4]


def test_a_lower_one_that_goes_on_does_not_hide_that_the_level_falls(any_app, settle, clock):
    app = any_app
    with app.app_context():
        holder = granted(app, "ines", 20, level=5)
        granted(app, "ines", 400, level=2)
        assert passed(app, settle, clock, 30, holder) == ["certificate.lapsed"]


def test_whoever_gets_one_for_some_days_is_not_warned_of_what_he_was_just_told(any_app, settle, clock):
    app = any_app
    with app.app_context():
        holder = granted(app, "ines", 5)
        assert passed(app, settle, clock, 1, holder) == []
        assert passed(app, settle, clock, 6, holder) == ["certificate.lapsed"]


def test_one_that_is_taken_back_is_never_told_of(any_app, settle, clock):
    app = any_app
    with app.app_context():
        holder = granted(app, "ines", 20)
        (mine,) = training.held_by(holder, db.session.scalar(select(Skill.id).where(Skill.slug == "payments")))
        certificates.revoke(db.session.get(Person, app.extensions["cast"]["arno"]), mine.id)
        assert passed(app, settle, clock, 30, holder) == []
