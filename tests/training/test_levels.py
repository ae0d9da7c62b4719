"""The highest certificate valid at that instant, and nothing else, is a level."""
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from support import training
from support.database import db
from support.errors import Invalid, NotAllowed, NotFound
from support.events import Event
from support.people.person import Person
from support.training import certificates
from support.training.models import Skill


def the(app, key):
    return db.session.get(Person, app.extensions["cast"][key])


def skill(slug):
    return db.session.scalar(select(Skill).where(Skill.slug == slug))


def test_the_highest_valid_certificate_counts(any_app, clock):
    with any_app.app_context():
        ines, arno, orders = the(any_app, "ines"), the(any_app, "arno"), skill("orders")
        certificates.grant(arno, person_id=ines.id, skill_id=orders.id, level=2)
        assert training.level(ines.id, orders.id, clock.now()) == 5


def test_a_lapsed_certificate_never_counts(any_app, clock):
    with any_app.app_context():
        jonas, orders = the(any_app, "jonas"), skill("orders")
        assert training.level(jonas.id, orders.id, clock.now()) == 0
        assert training.level(jonas.id, orders.id, clock.now() - timedelta(days=60)) == 3
        assert (jonas.id, orders.id) in training.lapsed([jonas.id], clock.now())


def test_a_date_means_the_end_of_that_day_in_the_shops_zone(any_app, clock):
    with any_app.app_context():
        aoife, arno, returns = the(any_app, "aoife"), the(any_app, "arno"), skill("returns")
        last = clock.now().date() + timedelta(days=40)
        given = certificates.grant(arno, person_id=aoife.id, skill_id=returns.id, level=3, until=last)
        end = certificates.end_of(last)
        assert training.level(aoife.id, returns.id, end - timedelta(seconds=1)) == 3
        assert training.level(aoife.id, returns.id, end) == 0
        assert certificates.last_day(given) == last


def test_the_end_of_a_day_follows_summer_time(any_app):
    with any_app.app_context():
        assert certificates.end_of(date(2027, 3, 28)) == datetime(2027, 3, 28, 22, tzinfo=UTC)
        assert certificates.end_of(date(2027, 1, 15)) == datetime(2027, 1, 15, 23, tzinfo=UTC)


def test_revoking_ends_it_at_once_and_is_written_once(any_app, clock):
    with any_app.app_context():
        ines, arno, orders = the(any_app, "ines"), the(any_app, "arno"), skill("orders")
        held = training.held_by(ines.id, orders.id)[0]
        before = clock.now()
        certificates.revoke(arno, held.id)
        certificates.revoke(arno, held.id)
        assert training.level(ines.id, orders.id, clock.now()) == 0
        assert training.level(ines.id, orders.id, before) == 5, "what was true then stays true"
        kinds = db.session.scalars(select(Event.kind).where(Event.subject_type == "certificate", Event.subject_id == held.id))
        assert list(kinds) == ["certificate.revoked"]


def test_the_event_of_a_grant_holds_references_only(any_app):
    with any_app.app_context():
        certificates.grant(the(any_app, "arno"), person_id=the(any_app, "mirela").id, skill_id=skill("orders").id, level=3)
        data = db.session.scalar(select(Event.data).where(Event.kind == "certificate.granted"))
        assert data == {"person_id": the(any_app, "mirela").id, "skill_id": skill("orders").id, "level": 3, "until": None}


def test_levels_of_many_come_in_one_statement(any_app, clock, count_statements):
    with any_app.app_context():
        ids = [any_app.extensions["cast"][key] for key in ("ines", "tomasz", "jonas", "lena", "priya", "samuel")]
        with count_statements(any_app) as count:
            found = training.levels(ids, clock.now())
        assert count.total == 1
        assert found[ids[0], skill("orders").id] == 5
        assert (ids[2], skill("orders").id) not in found


def test_lapsing_names_those_who_end_soon(any_app):
    with any_app.app_context():
        soon = {(certificate.person_id, certificate.skill.slug) for certificate in training.lapsing(timedelta(days=30))}
        assert (any_app.extensions["cast"]["lena"], "orders") in soon
        assert (any_app.extensions["cast"]["jonas"], "orders") not in soon


@pytest.mark.parametrize("wrong, field", [
    ({"level": 6}, "level"), ({"level": 0}, "level"), ({"skill_id": 9999}, "skill_id"), ({"until": date(2020, 1, 1)}, "until"),
])
def test_a_wrong_grant_says_which_field(app, wrong, field):
    with app.app_context():
        values = {"person_id": the(app, "ines").id, "skill_id": skill("returns").id, "level": 3, **wrong}
        with pytest.raises(Invalid) as refused:
            certificates.grant(the(app, "arno"), **values)
        assert list(refused.value.errors) == [field]


def test_only_staff_can_hold_one(app):
    with app.app_context(), pytest.raises(Invalid):
        certificates.grant(the(app, "arno"), person_id=the(app, "maja").id, skill_id=skill("orders").id, level=3)


def test_only_administrators_grant(app):
    with app.app_context():
        values = {"person_id": the(app, "ines").id, "skill_id": skill("orders").id, "level": 5}
        for key in ("ines", "hanna"):
            with pytest.raises(NotAllowed):
                certificates.grant(the(app, key), **values)
        with pytest.raises(NotFound):
            certificates.grant(the(app, "maja"), **values)


def test_the_table_tells_lapsed_from_none_and_from_soon(app):
    with app.app_context():
        people = [the(app, key) for key in ("ines", "jonas", "lena", "aoife")]
        table = training.matrix(people, [skill("orders")])
        states = [table[person.id, skill("orders").id].state for person in people]
        assert states == ["valid", "lapsed", "soon", "none"]


def test_the_table_is_narrowed_and_sorted_by_what_counts_now(any_app):
    with any_app.app_context():
        known = training.active()
        orders, german = skill("orders"), skill("german")

        def names(teams=None, **args):
            return [person.name for person in certificates.list_holders(the(any_app, "hanna"), args, known, teams or {})]

        assert names(sort=f"skill-{orders.id}", order="desc")[:2] == ["Ines Duarte", "Tomasz Wolny"]
        assert names(skill=str(orders.id)) == ["Ines Duarte", "Lena Brandt", "Samuel Okoro", "Tomasz Wolny"]
        assert names(skill=str(orders.id), language=str(german.id)) == ["Ines Duarte", "Lena Brandt"]
        assert names({"7": [orders.id]}, team="7") == ["Ines Duarte", "Jonas Feld", "Lena Brandt", "Samuel Okoro", "Tomasz Wolny"]
        assert names({"7": []}, team="7") == names()
