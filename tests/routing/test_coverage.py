"""Shifts in the database: no offers outside them where the shop wants that, holes that are told once, mailed once a day and closed. On both databases."""
import email
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from email import policy

from sqlalchemy import func, select

from support import calendars, routing, shop
from support.clock import now
from support.database import db, transaction
from support.events import Event
from support.people import shifts
from support.people.person import Person
from support.routing import coverage, holes
from support.routing.models import Queue, WorkItem
from support.training import certificates
from support.training.models import Certificate, Skill

HOUR = 3600
ALL_DAY = {str(day): [["00:00", "24:00"]] for day in range(7)}
WEEK = {"zone": "", "breaks": [], "valid_until": None}


def today():
    return now().astimezone(shop.profile().zone_info).date()


def plan(desks, key: str, week=ALL_DAY, **more) -> None:
    shifts.save_plan(desks.person("hanna"), desks.cast[key], {**WEEK, "week": week, "valid_from": today() - timedelta(days=2), **more})


def different(desks, key: str, kind: str, days: int, slots=()) -> shifts.ShiftException:
    day = today() + timedelta(days=days)
    return shifts.add_exception(desks.person("hanna"), desks.cast[key], {"kind": kind, "zone": "", "first_day": day, "last_day": None, "slots": list(slots), "breaks": []})


def only(*slugs: str) -> None:
    """Leave the named queues alone in use."""
    with transaction() as session:
        for queue in session.scalars(select(Queue)):
            queue.active = queue.slug in slugs


def told(kind: str) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).where(Event.kind == kind))


@contextmanager
def setting(app, **more):
    before = app.config["SETTINGS"]
    app.config["SETTINGS"] = replace(before, **more)
    yield
    app.config["SETTINGS"] = before


def at_hour(clock, hour: int) -> None:
    """Go on to that hour of tomorrow, in the shop's zone."""
    here = now().astimezone(shop.profile().zone_info)
    there = calendars.instant(shop.profile().zone, here.date() + timedelta(days=1), datetime.min.replace(hour=hour).time())
    clock.move((there - now()).total_seconds())


def test_outside_the_shift_nothing_new_is_offered_where_the_shop_wants_that(desks, clock):
    with desks.app.app_context():
        at_hour(clock, 12)
        plan(desks, "tomasz", {str(day): [["08:00", "11:00"]] for day in range(7)})
    desks.sit("tomasz")
    with setting(desks.app, shift_ends="stop"):
        ticket = desks.ask()
        desks.sweep()
        assert desks.offer(ticket) is None
        with desks.app.app_context():
            (looked,) = [row for row in routing.explain(desks.ticket(ticket))[-1].looked if row.name.startswith("Tomasz")]
            assert looked.out == "off_shift" and looked.sentence == "Outside the shift"
            different(desks, "tomasz", "extra", 0, [["11:30", "13:00"]])
        desks.flow()
        assert desks.rings_at(ticket) == "tomasz", "an extra shift brings the work at once"


def test_by_default_and_without_a_plan_shifts_hinder_nobody(desks, clock):
    with desks.app.app_context():
        at_hour(clock, 12)
        plan(desks, "tomasz", {str(day): [["08:00", "11:00"]] for day in range(7)})
    desks.sit("tomasz")
    ticket = desks.ask()
    desks.sweep()
    assert desks.rings_at(ticket) == "tomasz"
    desks.decline(ticket)
    with setting(desks.app, shift_ends="stop"):
        desks.sit("lena")  # nobody ever wrote down when she works
        assert desks.rings_at(ticket) == "lena"


def test_what_rings_when_the_shift_ends_may_still_be_accepted(desks, clock):
    with desks.app.app_context():
        at_hour(clock, 10)
        plan(desks, "tomasz", {str(day): [["08:00", "10:01"]] for day in range(7)})
        clock.move(50)
    with setting(desks.app, shift_ends="stop"):
        desks.sit("tomasz")
        ticket = desks.ask()
        desks.sweep()
        clock.move(15)
        desks.sweep()
        assert desks.rings_at(ticket) == "tomasz"
        desks.accept(ticket)
        assert desks.item(ticket).state == "assigned"


def test_the_desk_reminds_of_the_end_and_of_breaks(any_app, clock, person, desks, client_of):
    with any_app.app_context():
        at_hour(clock, 10)
        plan(desks, "ines", {str(day): [["08:00", "17:00"]] for day in range(7)}, breaks=[["12:30", "13:00"]])
    said = {}
    for hours, words in ((0, ""), (2.45, "Your break begins at 12:30"), (0.2, "Your break: until 13:00"), (4.2, "Your shift ends at 17:00"), (0.5, "Your shift ended at 17:00"), (4, "")):
        clock.move(hours * HOUR)
        page = client_of(any_app, "ines").get("/desk/list").text
        said[words] = ('id="desk-shift"' in page) == bool(words) and words in page
    assert all(said.values()), said


def test_a_certificate_that_lapses_leaves_a_hole_that_is_told_once_and_closed_when_filled(desks, clock, settle, client_of):
    app = desks.app
    with app.app_context():
        only("orders")
        plan(desks, "ines")
        end = certificates.end_of(today() + timedelta(days=2))
        orders = db.session.scalar(select(Skill.id).where(Skill.slug == "orders"))
        with transaction() as session:
            session.scalars(select(Certificate).where(Certificate.person_id == desks.cast["ines"], Certificate.skill_id == orders)).one().valid_until = end
    for _time in range(2):
        with app.app_context():
            holes.look()
            (hole,) = holes.open_holes()
            line = f"{hole.queue_id}-en"
            assert (hole.starts_at, hole.hours) == (end, 4 * 24) and told("coverage.hole") == told("coverage.told") == 1
        clock.move(120)
    settle(app)
    clock.move(60)
    settle(app)
    board = client_of(app, "hanna").get("/board").text
    assert "Nobody trained is on shift" in board and "Orders in English" in board
    (mail,) = [one for one in _box(app) if "Gap" in one["Subject"] or "gap" in one["Subject"]]
    assert mail["To"] == "hanna@tarn-thistle.example" and "Orders in English: 96 h" in mail.get_body(("plain",)).get_content()
    day = (today_of(app) + timedelta(days=3)).isoformat()
    page = client_of(app, "hanna").get(f"/admin/coverage?day={day}&line={line}&at={end.isoformat().replace('+', '%2B')}").text
    assert "Nobody on shift holds Orders level 2" in page and "Ines’s certificate Orders ends" in page
    with app.app_context():
        plan(desks, "tomasz")
        holes.look()
        assert not holes.open_holes() and told("coverage.filled") == 1
        different(desks, "ines", "absence", 1)
        different(desks, "tomasz", "training", 1)
        holes.look()
        assert told("coverage.hole") == 2 and told("coverage.told") == 1, "one mail a day"
        clock.move(24 * HOUR)
        holes.look()
        assert told("coverage.told") == 2
        clock.move(24 * HOUR)
        holes.look()
        assert told("coverage.filled") == 1, "what has gone by was not filled"
    assert "Nobody trained is on shift" not in client_of(app, "hanna").get("/board").text


def today_of(app):
    with app.app_context():
        return today()


def _box(app):
    return [email.message_from_bytes(path.read_bytes(), policy=policy.default) for path in (app.config["SETTINGS"].data_dir / "mail").glob("*.eml")]


def test_without_shift_plans_nobody_is_warned(desks, client_of):
    with desks.app.app_context():
        assert not holes.is_due()
        assert not coverage.read().has_plans
    assert "Nobody has a shift plan yet" in client_of(desks.app, "hanna").get("/admin/coverage").text


def test_coverage_takes_the_same_statements_however_many_people_and_queues(desks, count_statements):
    def statements() -> list[str]:
        with desks.app.app_context():
            shifts.plans(), coverage.read(), holes.look()
            with count_statements(desks.app) as count:
                found = coverage.read()
                (queue, language), cells = next(iter(found.rows.items()))
                coverage.detail(desks.person("hanna"), found, queue, language, cells[0].start)
                holes.look()
            return count.texts

    with desks.app.app_context():
        plan(desks, "ines")
    few = statements()
    with desks.app.app_context():
        arno, skill = desks.person("arno"), db.session.scalar(select(Skill.id).where(Skill.slug == "orders"))
        for number in range(15):
            with transaction() as session:
                person = Person(role="agent", name=f"More {number}", email=f"more{number}@tarn-thistle.example")
                session.add(person)
            certificates.grant(arno, person_id=person.id, skill_id=skill, level=3)
            plan(desks, "ines", valid_from=today(), valid_until=today())
            shifts.save_plan(arno, person.id, {**WEEK, "week": ALL_DAY, "valid_from": today()})
            routing.queues.add_queue(arno, {"name": f"Line {number}", "needs": [(skill, 2, True)]})
    many = statements()
    assert len(many) == len(few), "\n".join(many)


def test_a_queue_is_asked_in_the_languages_of_its_work(desks):
    with desks.app.app_context():
        plan(desks, "ines")
        assert {language for _queue, language in coverage.read().rows} == {"en"}
    desks.ask(language="de_AT")
    desks.ask("odile", language="fr")  # the shop does not serve it
    desks.flow()
    with desks.app.app_context(), setting(desks.app, shop_languages=("en", "de")):
        seen = coverage.read().rows
        orders = db.session.scalar(select(Queue.id).where(Queue.slug == "orders"))
        assert {language for queue, language in seen if queue == orders} == {"en", "de"}
        assert db.session.scalar(select(func.count()).select_from(WorkItem)) == 2
