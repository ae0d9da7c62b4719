"""What time alone does: a certificate ends while it rings, at accept, at pull, at midnight elsewhere; a restart and a clock that jumps change no place and no timer."""
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update

from support import relay, routing, shop, training
from support.clock import now
from support.database import db, transaction
from support.errors import NotAllowed
from support.routing.models import Offer, Turn, WorkItem
from support.training.models import Certificate, Skill
from tests.routing.desks import Desks
from wsgi import create_app

HOUR = 3600


def ends(desks, key: str, slug: str, seconds: float) -> None:
    """The certificate ends so many seconds from now; no event tells of it."""
    with desks.app.app_context(), transaction() as session:
        skill = session.scalar(select(Skill.id).where(Skill.slug == slug))
        held = update(Certificate).where(Certificate.person_id == desks.cast[key], Certificate.skill_id == skill)
        session.execute(held.values(valid_until=now() + timedelta(seconds=seconds)))


def live(desks) -> dict[int, tuple[int, int, datetime]]:
    """{item: (offer, agent, until when it rings)}."""
    with desks.app.app_context():
        db.session.rollback()
        return {offer.work_item_id: (offer.id, offer.agent_id, offer.expires_at) for offer in db.session.scalars(select(Offer).where(Offer.state == "live"))}


def places(desks) -> list[tuple[int, datetime, str]]:
    with desks.app.app_context():
        db.session.rollback()
        return [(item.id, item.entered_at, item.state) for item in db.session.scalars(select(WorkItem).order_by(WorkItem.entered_at, WorkItem.id))]


def test_a_certificate_that_lapses_while_it_rings_gives_the_question_to_the_next_in_its_place(desks, clock):
    desks.sit("ines", "tomasz")
    ends(desks, "ines", "orders", 10)
    ticket = desks.ask()
    desks.flow()
    place = desks.item(ticket).entered_at
    offer_id, key = desks.offer(ticket)
    assert key == "ines"
    clock.move(10)  # to the instant: the end itself is outside
    with desks.app.app_context(), pytest.raises(NotAllowed, match="lapsed"):
        routing.accept(desks.person("ines"), offer_id)
    desks.flow()
    assert desks.history(ticket) == [("ines", "withdrawn"), ("tomasz", "live")] and desks.item(ticket).entered_at == place


def test_an_instant_before_it_lapses_accept_and_pull_go_through_and_an_instant_later_neither(desks, clock):
    desks.sit("ines", chosen="break")
    ends(desks, "ines", "orders", 10)
    tickets = [desks.ask(), desks.ask("odile")]
    desks.flow()
    clock.move(9.999)
    with desks.app.app_context():
        routing.pull(desks.person("ines"), desks.item(tickets[0]).id)
        clock.move(0.001)
        with pytest.raises(NotAllowed, match="lapsed"):
            routing.pull(desks.person("ines"), desks.item(tickets[1]).id)
    assert desks.ticket(tickets[0]).assignee_id == desks.cast["ines"] and desks.item(tickets[1]).state == "waiting"


@pytest.mark.parametrize("zone", ["Pacific/Auckland", "America/St_Johns"])
def test_a_last_day_ends_at_midnight_where_the_shop_is(desks, clock, monkeypatch, zone):
    """Whatever day it is where the server stands, or the customer."""
    profile = shop.profile
    with desks.app.app_context():
        known = profile()
        monkeypatch.setattr(type(known), "zone_info", property(lambda self: ZoneInfo(zone)))
        today = now().astimezone(ZoneInfo(zone)).date()
        ends(desks, "ines", "orders", -HOUR)
        skill = db.session.scalar(select(Skill.id).where(Skill.slug == "orders"))
        granted = training.grant(desks.person("arno"), person_id=desks.cast["ines"], skill_id=skill, level=4, until=today)
        midnight = granted.valid_until
        assert (midnight.astimezone(ZoneInfo(zone)).hour, midnight.astimezone(ZoneInfo(zone)).date()) == (0, today + timedelta(days=1))
        clock.move((midnight - now()).total_seconds() - 1)
    desks.sit("ines")
    before = desks.ask()
    desks.flow()
    assert desks.rings_at(before) == "ines"
    desks.decline(before)
    clock.move(1)
    desks.sit("ines")
    after = desks.ask("odile")
    desks.flow()
    clock.move(120)
    desks.sit("ines")
    assert desks.history(after) == [] and [key for key, _ in desks.history(before)] == ["ines"]


def restarted(desks: Desks) -> Desks:
    """The same database and a program that remembers nothing."""
    app = create_app(desks.app.config["SETTINGS"])
    app.extensions["cast"] = desks.cast
    with app.app_context():
        relay.catch_up()
    return Desks(app)


def busy_centre(desks, clock) -> list[int]:
    """Two who ring, one of them declined before; more who wait behind."""
    desks.sit("ines", "tomasz")
    tickets = []
    for customer in ("maja", "odile", "gero", "maja", "odile"):
        tickets.append(desks.ask(customer))
        clock.move(1)
        desks.flow()
    return tickets


def test_a_restart_keeps_every_place_and_every_timer(desks, clock):
    tickets = busy_centre(desks, clock)
    decliner = desks.decline(tickets[0])
    ringing, line = live(desks), places(desks)
    assert len(ringing) == 2
    again = restarted(desks)
    again.flow()
    assert (live(again), places(again)) == (ringing, line)
    first = min(until for _offer, _agent, until in ringing.values())
    with again.app.app_context():
        clock.move((first - now()).total_seconds() - 0.5)
    again.flow()
    assert live(again) == ringing, "not a moment earlier"
    clock.move(0.5)
    again.flow()
    ended = {number for number, found in ringing.items() if found[2] == first}
    now_ringing = live(again)
    assert not {found[0] for number, found in ringing.items() if number in ended} & {found[0] for found in now_ringing.values()}, "rang out in time"
    assert [entry[:2] for entry in places(again)] == [entry[:2] for entry in line]
    assert decliner not in [key for key, state in again.history(tickets[0])[1:] if state == "live"], "his pause outlived the restart"
    with again.app.app_context():
        db.engine.dispose()


@pytest.mark.parametrize("hours", [3, -3])
def test_a_clock_that_jumps_keeps_every_place_and_nothing_waits_for_it_to_come_back(desks, clock, hours):
    """Forward, what rang has rung out; back, what was dated ahead is taken back. Either way all keep their order and are offered again at once."""
    busy_centre(desks, clock)
    order = [entry[:2] for entry in places(desks)]
    with desks.app.app_context(), transaction() as session:  # whoever decided just now died with the lease in his hand
        session.execute(update(Turn).values(leased_until=now() + timedelta(seconds=4)))
    clock.move(hours * HOUR)
    desks.sit("ines", "tomasz")
    desks.sweep()
    if hours > 0:  # they are taken for not answering, which lasts a minute
        clock.move(61)
        desks.sit("ines", "tomasz")
        desks.sweep()
    assert [entry[:2] for entry in places(desks)] == order
    with desks.app.app_context():
        at = now()
        assert len(live(desks)) == 2 and all(at < until <= at + timedelta(seconds=60) for _offer, _agent, until in live(desks).values())
        offered = [number for number, _entered, state in places(desks) if state == "offered"]
        assert offered == [number for number, _entered in order][:2], "who waited longest is first"
