"""The talks of the demo shop agree with their orders, with the people in them, and with their own events."""
import re
from collections import Counter, defaultdict

import pytest
from sqlalchemy import select

from support import training
from support.contact.mail import Mail
from support.database import db
from support.events import Delivery, Event
from support.orders.days import day_of
from support.orders.parcels import Parcel
from support.quality import Review, Survey
from support.relay import run_once
from support.routing import limits_held
from support.routing.line import forgotten
from support.routing.models import DONE, LIVE, Decision, Offer, WorkItem
from support.tickets import Message, Ticket, kinds
from support.tickets.models import STATES


@pytest.fixture(scope="module")
def talks(shop):
    """{ticket: its messages in the order of the desk}"""
    messages = defaultdict(list)
    for message in db.session.scalars(select(Message).order_by(Message.conversation_id, Message.desk_seq)):
        messages[message.conversation_id].append(message)
    return {ticket: messages[ticket.conversation.id] for ticket in db.session.scalars(select(Ticket))}


@pytest.fixture(scope="module")
def events(shop):
    """{ticket id: its events in order of time}"""
    found = defaultdict(list)
    for event in db.session.scalars(select(Event).where(Event.ticket_id.is_not(None)).order_by(Event.occurred_at, Event.id)):
        found[event.ticket_id].append(event)
    return found


def test_every_state_channel_topic_language_and_priority_can_be_seen(talks):
    assert len(talks) >= 290
    assert {ticket.state for ticket in talks} == set(STATES)
    assert {ticket.conversation.channel for ticket in talks} == {"chat", "form", "callback"}
    assert {ticket.topic for ticket in talks} == {"orders", "returns", "payments", "products"}
    assert {ticket.language for ticket in talks} == {"en", "de", "fr", "pl"}
    assert {ticket.priority for ticket in talks} >= {"normal", "high"}
    assert len({re.sub(r"\W|\d", "", ticket.subject) for ticket in talks}) > 90
    assert any(ticket.follow_up_of_id for ticket in talks)


def test_the_numbers_of_messages_have_no_gap_and_notes_have_none(talks):
    for ticket, messages in talks.items():
        assert [message.desk_seq for message in messages] == list(range(1, len(messages) + 1))
        shown = [message for message in messages if message.kind == "reply"]
        assert [message.seq for message in shown] == list(range(1, len(shown) + 1))
        assert all(message.seq is None and message.by_staff for message in messages if message.kind == "note")
        talk = ticket.conversation
        assert (talk.seq, talk.desk_seq) == (len(shown), len(messages))
        assert talk.customer_seq <= talk.seq
    assert any(message.kind == "note" for messages in talks.values() for message in messages)


def test_times_only_go_forward_and_never_past_now(shop, talks):
    for ticket, messages in talks.items():
        times = [message.created_at for message in messages]
        assert times == sorted(times)
        assert ticket.opened_at == times[0] and ticket.activity_at == times[-1] == ticket.conversation.activity_at
        assert times[-1] < shop.world.now
        answers = [message.created_at for message in messages if message.by_staff and message.kind == "reply"]
        assert ticket.first_reply_at == (answers[0] if answers else None)


def test_nobody_sees_an_empty_slot(talks):
    for ticket, messages in talks.items():
        for text in (ticket.subject, *(message.body for message in messages)):
            assert not re.search(r"[\[\]{}|]|None", text), text


def test_the_person_responsible_was_trained_for_it(shop, talks):
    skills = shop.world.skills
    languages = {skill.language_code: skill for skill in skills.values() if skill.language_code}
    for ticket in talks:
        if ticket.state == "new":
            assert ticket.assignee_id is None
            continue
        assert training.level(ticket.assignee_id, skills[ticket.topic].id, ticket.opened_at) >= 2
        assert training.level(ticket.assignee_id, languages[ticket.language].id, ticket.opened_at) >= 1
    assert len({ticket.assignee_id for ticket in talks if ticket.assignee_id}) >= 7


def test_an_order_belongs_to_the_customer_who_asks_about_it(talks):
    about = [ticket for ticket in talks if ticket.order is not None]
    assert len(about) > 120
    assert all(ticket.order.person_id == ticket.customer_id and ticket.order.placed_at < ticket.opened_at for ticket in about)


def test_who_complains_of_a_late_parcel_has_one(talks):
    late = [ticket for ticket in talks if ticket.disposition and ticket.disposition.code == "late_parcel"]
    assert len(late) >= 8
    for ticket in late:
        parcels = db.session.scalars(select(Parcel).where(Parcel.order_id == ticket.order_id)).all()
        asked = day_of(ticket.opened_at)
        assert any(parcel.promised_on < asked and (parcel.delivered_at is None or parcel.delivered_at > ticket.opened_at) for parcel in parcels)


def test_the_events_lead_to_the_state(talks, events):
    moves = {kinds.MOVED, kinds.RESOLVED, kinds.REOPENED, kinds.CLOSED}
    for ticket, messages in talks.items():
        state = "new"
        told = events[ticket.id]
        for event in told:
            if event.kind in moves:
                assert event.data["from"] == state
                state = event.data["to"]
        assert state == ticket.state
        posted = [event.data["desk_seq"] for event in told if event.kind in (kinds.POSTED, kinds.NOTED)]
        assert posted == [message.desk_seq for message in messages]
        assert told[0].kind == kinds.OPENED and all(event.history for event in told)
        if ticket.state in ("resolved", "closed"):
            assert ticket.resolved_at == [event.occurred_at for event in told if event.kind == kinds.RESOLVED][-1]
            assert ticket.disposition is not None
        assert bool(ticket.closed_at) == (ticket.state == "closed")
    assert sum(event.kind == kinds.REOPENED for told in events.values() for event in told) >= 8


def test_the_router_has_nothing_to_mend(shop, talks):
    items = list(db.session.scalars(select(WorkItem)))
    assert forgotten() == []
    assert [item.state for item in items].count("later") == 1, "one has chosen when to be called"
    assert Counter("waiting" if item.state == "later" else item.state for item in items if item.state != DONE) == Counter(
        "waiting" if ticket.state == "new" else "assigned" for ticket in talks if ticket.is_live
    )
    offers = list(db.session.scalars(select(Offer)))
    assert {offer.state for offer in offers} == {"accepted", "declined", "timed_out"}
    assert all(offer.offered_at < offer.answered_at <= shop.world.now for offer in offers)
    assert db.session.scalar(select(Offer.id).where(Offer.state == LIVE)) is None
    outs = {candidate["out"] for decision in db.session.scalars(select(Decision)) for candidate in decision.candidates}
    assert outs >= {None, "untrained", "level", "language", "no_room", "lapsed"}


def test_only_solved_tickets_are_judged_by_their_customer(talks):
    tickets = {ticket.id: ticket for ticket in talks}
    surveys = list(db.session.scalars(select(Survey)))
    assert {survey.score for survey in surveys} == {1, 2, 3, 4, 5}
    assert 3.6 < sum(survey.score for survey in surveys) / len(surveys) < 4.8
    for survey in surveys:
        ticket = tickets[survey.ticket_id]
        assert ticket.state in ("resolved", "closed") and survey.answered_at > ticket.resolved_at
        assert (survey.person_id, survey.agent_id) == (ticket.customer_id, ticket.assignee_id)
    reviews = list(db.session.scalars(select(Review)))
    assert {review.read_at is None for review in reviews} == {True, False}
    assert all(review.agent_id == tickets[review.ticket_id].assignee_id for review in reviews)


def test_the_past_mails_nobody_and_wakes_no_listener(shop):
    while run_once():
        pass
    assert db.session.scalar(select(Mail.id)) is None
    assert db.session.scalar(select(Delivery.event_id)) is None
    positions = list(db.session.scalars(select(Event.position).order_by(Event.position)))
    assert positions == list(range(1, len(positions) + 1))


def test_what_was_announced_to_those_who_waited_mostly_held(shop):
    held = limits_held()
    assert len(held) == 4 and all(known.is_enough and known.share >= 0.85 for known in held.values()), held
