"""Callbacks: the place is kept, moves go along one table, two who press at once have one winner, and what is lost heals."""
import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from support import contact, routing, tickets
from support.calendars import Calendar
from support.clock import now
from support.contact import callbacks, numbers
from support.contact.callbacks import LIVE, MOVES, NOW, STATES, Callback
from support.database import db, transaction
from support.errors import IllegalMove, Invalid, NotAllowed, NotFound, TooMany
from support.events import Event
from tests import worlds
from tests.routing.desks import Desks, open_round_the_clock

MOBILE = "0171 3920012"
FURTHER = ("0171 3920013", "0171 3920014", "0171 3920015")


@pytest.fixture
def here(app, standing_clock):
    """On SQLite alone: for what no database has a part in."""
    return open_round_the_clock(app)


@pytest.fixture
def again():
    """`again(desks)`: the same shop in a process that has just started."""
    def start(desks) -> Desks:
        app = worlds.application(desks.app.config["SETTINGS"])
        app.extensions["cast"] = desks.cast
        return Desks(app)
    return start


def ask(desks, ticket_id, wanted=NOW, number=MOBILE, key="maja"):
    with desks.app.app_context():
        callbacks.ask_for(desks.person(key), ticket_id, number, wanted)
    desks.flow()


def of(desks, ticket_id) -> Callback:
    with desks.app.app_context():
        found = db.session.scalar(select(Callback).where(Callback.ticket_id == ticket_id).order_by(Callback.id.desc()).limit(1))
        db.session.expunge(found)
        return found


def report(desks, key, ticket_id, result):
    with desks.app.app_context():
        callbacks.report(desks.person(key), ticket_id, result)
    desks.flow()


def windows(desks, ticket_id):
    with desks.app.app_context():
        return callbacks.choices(desks.ticket(ticket_id))


def stay(desks, clock, seconds, *keys):
    """Time passes while these stay at their desks."""
    while seconds > 0:
        step = min(20, seconds)
        clock.move(step)
        with desks.app.app_context():
            for key in keys:
                routing.heartbeat(desks.person(key))
        desks.flow()
        seconds -= step


def test_switching_from_the_chat_keeps_the_place_before_those_who_came_later(desks, clock):
    first = desks.ask()
    desks.flow()
    entered = desks.item(first).entered_at
    clock.move(60)
    second = desks.ask("odile")
    clock.move(60)
    ask(desks, first)
    item = desks.item(first)
    assert (item.channel, item.state, item.entered_at) == ("call", "waiting", entered)
    with desks.app.app_context():
        assert routing.place(desks.person("maja"), desks.ticket(first)).position == 1
        assert routing.place(desks.person("odile"), desks.ticket(second)).position == 2
    desks.sit("ines")
    assert (desks.rings_at(first), desks.rings_at(second)) == ("ines", None)
    with desks.app.app_context():
        offer = routing.my_desk(desks.person("ines")).offer
        assert (offer.channel, offer.expires_at - offer.offered_at) == ("call", timedelta(seconds=15))


def test_a_call_takes_everything_though_not_the_room_of_tickets_and_ends_with_a_wrap_up(desks, clock):
    desks.sit("ines")
    mails = [desks.ask(key, channel="form") for key in ("maja", "odile")]
    desks.flow()
    for _mail in mails:
        desks.accept(next(mail for mail in mails if desks.offer(mail)))
    called = desks.ask(channel="form")
    desks.flow()
    ask(desks, called)  # nothing else happens that could wake the dispatcher
    assert desks.accept(called) == "ines", "tickets in hand do not stand in the way of a call"
    assert of(desks, called).state == "calling"
    with desks.app.app_context():
        view = routing.my_desk(desks.person("ines"))
        assert (view.units, view.units_max, view.tickets) == (6, 6, 2)
        tickets.wait_for_customer(desks.person("ines"), called)
    chat = desks.ask("odile")
    desks.flow()
    assert desks.rings_at(chat) is None, "whoever telephones is busy, whatever the ticket says"
    report(desks, "ines", called, "reached")
    assert (of(desks, called).state, of(desks, called).attempts, desks.shown("ines")) == ("reached", 1, "wrap_up")
    assert (desks.item(called).channel, desks.item(called).state) == ("ticket", "assigned"), "it stays with her until it is resolved"
    assert desks.rings_at(chat) is None
    stay(desks, clock, 41, "ines")
    assert desks.rings_at(chat) == "ines"


def test_nobody_answers_so_it_is_tried_again_in_the_same_place_and_then_answered_in_writing(desks, clock):
    ticket = desks.ask()
    desks.flow()
    entered = desks.item(ticket).entered_at
    ask(desks, ticket)
    desks.sit("ines")
    desks.accept(ticket)
    report(desks, "ines", ticket, "no_answer")
    tried = of(desks, ticket)
    assert (tried.state, tried.attempts, tried.wanted_from) == ("no_answer", 1, now() + timedelta(minutes=10))
    assert (desks.item(ticket).state, desks.ticket(ticket).assignee_id) == ("later", None)
    stay(desks, clock, 590, "ines")
    assert desks.rings_at(ticket) is None
    stay(desks, clock, 11, "ines")
    assert desks.rings_at(ticket) == "ines"
    desks.accept(ticket)
    assert desks.item(ticket).entered_at == entered
    report(desks, "ines", ticket, "busy")
    assert of(desks, ticket).state == "given_up"
    item = desks.item(ticket)
    assert (item.channel, item.state, desks.ticket(ticket).is_live, desks.key(item.agent_id)) == ("ticket", "assigned", True, "ines")
    with desks.app.app_context():
        kinds = list(db.session.scalars(select(Event.kind).where(Event.ticket_id == ticket, Event.kind.startswith("callback.")).order_by(Event.id)))
        assert [kind for kind in kinds if kind != "callback.moved"] == ["callback.asked", "callback.no_answer", "callback.given_up"]
        assert db.session.scalar(select(contact.mail.Mail.address).where(contact.mail.Mail.purpose == "callback")) == desks.person("maja").email
        assert not [event for event in db.session.scalars(select(Event)) if "3920012" in str(event.data)], "events hold no numbers of people"


def test_a_chosen_time_is_the_place_and_wakes_by_the_clock_whatever_happened_meanwhile(desks, clock, again):
    ticket = desks.ask()
    desks.flow()
    window = windows(desks, ticket)[0].window
    ask(desks, ticket, window.key)
    desks.sit("ines")
    assert (desks.rings_at(ticket), of(desks, ticket).state, desks.item(ticket).entered_at) == (None, "waiting", window.start)
    desks = again(desks)  # another process, which remembers nothing
    clock.move((window.start - now()).total_seconds() + 7200)  # and a clock that jumps over the window
    desks.flow()
    late = desks.ask("odile", channel="form")
    ask(desks, late, key="odile", number=FURTHER[0])
    desks.sit("ines")
    assert (desks.rings_at(ticket), desks.rings_at(late)) == ("ines", None)
    assert (of(desks, ticket).state, desks.item(ticket).entered_at) == ("due", window.start)


def test_a_window_takes_so_many_and_no_more(desks):
    ids = [desks.ask(key) for key in ("maja", "maja", "maja", "odile", "odile")]
    desks.flow()
    key = windows(desks, ids[0])[0].window.key
    who = ["maja"] * 3 + ["odile"] * 2
    for place, (ticket, customer) in enumerate(zip(ids[:4], who, strict=False)):
        ask(desks, ticket, key, (MOBILE, *FURTHER)[place], customer)
    assert windows(desks, ids[4])[0].is_full
    with pytest.raises(Invalid) as error:
        ask(desks, ids[4], key, "0171 3920016", "odile")
    assert "wanted" in error.value.errors
    with desks.app.app_context():
        callbacks.cancel(desks.person("maja"), ids[0])
    assert not windows(desks, ids[4])[0].is_full


def test_windows_lie_inside_the_hours_of_the_queue(here):
    with here.app.app_context(), transaction() as session:
        from_nine = {str(day): [["09:00", "12:00"], ["13:30", "17:00"]] for day in range(5)}
        for calendar in session.query(Calendar):
            calendar.week = from_nine
    ticket = here.ask(channel="form")
    here.flow()
    with here.app.app_context():
        hours = routing.queues.hours_of(routing.queues.find_public("orders"))
        found = [choice.window for choice in callbacks.choices(here.ticket(ticket))]
        assert found and len({hours.local(window.start).date() for window in found}) == 3
        assert all(hours.is_open(window.start) and hours.open_until(window.start) >= window.end for window in found)
        assert {hours.local(window.start).hour for window in found} <= {9, 10, 11, 14, 15, 16}


def test_the_customer_chooses_again_or_wants_no_call_and_loses_nothing(desks, clock):
    ticket = desks.ask()
    desks.flow()
    entered = desks.item(ticket).entered_at
    ask(desks, ticket)
    window = windows(desks, ticket)[2].window
    with desks.app.app_context():
        callbacks.change(desks.person("maja"), ticket, window.key)
    assert (of(desks, ticket).state, desks.item(ticket).entered_at) == ("waiting", window.start)
    with desks.app.app_context():
        callbacks.change(desks.person("maja"), ticket, NOW)
    assert (of(desks, ticket).state, desks.item(ticket).state, desks.item(ticket).entered_at) == ("due", "waiting", now())
    with desks.app.app_context():
        callbacks.cancel(desks.person("maja"), ticket)
    desks.flow()
    assert (of(desks, ticket).state, desks.item(ticket).channel, desks.item(ticket).state) == ("cancelled", "ticket", "waiting")
    assert entered <= desks.item(ticket).entered_at
    with desks.app.app_context(), pytest.raises(IllegalMove):
        callbacks.cancel(desks.person("maja"), ticket)


def test_an_agent_who_is_gone_in_the_middle_leaves_it_in_its_old_place(desks, clock):
    ticket = desks.ask()
    desks.flow()
    entered = desks.item(ticket).entered_at
    ask(desks, ticket)
    desks.sit("ines")
    desks.accept(ticket)
    clock.move(60)  # no sign of life
    desks.sweep()
    clock.move(11)
    desks.sweep()
    desks.flow()
    assert (of(desks, ticket).state, of(desks, ticket).attempts) == ("due", 0)
    assert (desks.item(ticket).state, desks.item(ticket).entered_at) == ("waiting", entered)
    desks.sit("tomasz")
    assert desks.rings_at(ticket) == "tomasz"
    with desks.app.app_context(), pytest.raises(NotAllowed):
        callbacks.report(desks.person("ines"), ticket, "reached")


def test_a_wrong_number_is_not_dialled_twice_and_a_question_that_is_resolved_ends_its_call(desks, clock):
    wrong, ticket = desks.ask("odile"), desks.ask()
    ask(desks, wrong, key="odile", number=FURTHER[0])
    ask(desks, ticket)
    desks.sit("ines")
    desks.accept(wrong)
    report(desks, "ines", wrong, "wrong_number")
    assert (of(desks, wrong).state, of(desks, wrong).attempts) == ("given_up", 1)
    desks.accept(ticket)  # and nothing else here
    with desks.app.app_context():
        tickets.resolve(desks.person("ines"), ticket, desks.disposition())
    clock.move(1)
    desks.flow()
    assert of(desks, ticket).state == "reached"


def test_whoever_asks_for_a_call_and_never_says_when_is_answered_in_writing(here, clock):
    with here.app.app_context():
        ticket = contact.ask(here.person("maja"), subject="Tent", body="Where is it?", topic="orders", channel="callback", client_id="call-me-please-1").id
    here.sit("ines")
    assert (here.item(ticket).state, here.rings_at(ticket)) == ("later", None)
    clock.move(601)
    here.sit("ines")
    assert (here.item(ticket).channel, here.rings_at(ticket)) == ("ticket", "ines")


def test_two_who_report_and_two_who_accept_at_once_have_one_winner(desks):
    ticket = desks.ask()
    ask(desks, ticket)
    desks.sit("ines", "tomasz")
    offer_id, who = desks.offer(ticket)
    assert sorted(_at_once(desks, [lambda: routing.accept(desks.person(who), offer_id)] * 2)) == ["IllegalMove", "won"]
    desks.flow()
    results = _at_once(desks, [lambda: callbacks.report(desks.person(who), ticket, "no_answer"), lambda: callbacks.report(desks.person("hanna"), ticket, "reached")])
    assert sorted(results) == ["IllegalMove", "won"]
    assert of(desks, ticket).attempts == 1


def test_of_two_who_choose_the_last_place_of_a_window_one_gets_it(desks):
    desks.app.config["SETTINGS"] = replace(desks.app.config["SETTINGS"], callbacks_per_window=1)
    first, second = desks.ask(), desks.ask("odile")
    desks.flow()
    key = windows(desks, first)[0].window.key
    results = _at_once(desks, [
        lambda: callbacks.ask_for(desks.person("maja"), first, MOBILE, key), lambda: callbacks.ask_for(desks.person("odile"), second, FURTHER[0], key),
    ])
    assert sorted(results) == ["Invalid", "won"]


def _at_once(desks, deeds) -> list[str]:
    """What became of each deed when all begin together: won, or the name of the refusal."""
    barrier, results = threading.Barrier(len(deeds)), []

    def run(deed):
        with desks.app.app_context():
            barrier.wait(10)
            try:
                deed()
                results.append("won")
            except (IllegalMove, Invalid, NotAllowed) as refusal:
                results.append(type(refusal).__name__)

    threads = [threading.Thread(target=run, args=(deed,)) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return results


def test_nobody_asks_or_changes_for_somebody_else(here):
    ticket = here.ask()
    here.flow()
    for deed in (lambda: ask(here, ticket, key="odile"), lambda: ask(here, ticket, key="ines"), lambda: callbacks.cancel(here.person("odile"), ticket)):
        with here.app.app_context(), pytest.raises(NotFound):
            deed()
    ask(here, ticket)
    with here.app.app_context():
        assert callbacks.standing(here.person("aoife"), tickets.find(here.person("aoife"), ticket)).number == "… 012"
        assert callbacks.standing(here.person("maja"), tickets.find(here.person("maja"), ticket)).number == "+49 171 3920012"


DEAR = (
    "0900 1234567", "+4990012345678", "0137 7123456", "+44 70 1234 5678", "+1 900 555 0123", "112", "+49", "hello", "", "+881 6 1234 5678", "030 901820 ext. 12", "+53 7 1234567",
)


def test_what_could_cost_more_than_a_call_is_refused(app):
    with app.test_request_context():
        for typed in DEAR:
            with pytest.raises(Invalid) as error:
                numbers.read(typed)
            assert set(error.value.errors) == {"number"}, typed


def test_a_number_is_kept_in_one_spelling(app):
    with app.test_request_context():
        assert {numbers.read(typed) for typed in ("0171 3920012", "+49 171 392 00 12", "0049 (0)171-3920012", "+49171/3920012")} == {"+491713920012"}


def test_one_number_is_rung_for_so_many_and_no_more_whoever_asks(here):
    for turn in range(5):
        ticket = here.ask(("maja", "odile")[turn % 2])
        ask(here, ticket, key=("maja", "odile")[turn % 2])
    ticket = here.ask("odile")
    with pytest.raises(TooMany):
        ask(here, ticket, key="odile", number="+49 171 392 00 12")


def test_every_state_is_reached_by_a_move_and_what_is_over_stays_over():
    assert set(MOVES) == set(STATES) and all(not MOVES[state] for state in STATES if state not in LIVE)
    assert set().union(*MOVES.values()) == set(STATES)


def test_a_call_is_offered_where_the_wait_is_long_or_unknown(here):
    quick, other = here.ask(), here.ask(topic="products")
    here.flow()

    def offered(ticket_id=quick, **wait):
        with here.app.app_context():
            person = here.person("maja")
            return callbacks.is_offered(routing.Place("waiting", "chat", "Orders", 1, **wait), tickets.find(person, ticket_id))

    assert not offered(usually_under_seconds=300, middle_seconds=120)
    assert offered(usually_under_seconds=301) and offered(usually_under_seconds=240, middle_seconds=121) and offered()
    assert not offered(other), "its queue calls nobody back"
