"""Administrators see what could not be delivered, have it tried at once, or drop it with a reason; what came later goes on."""
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from agent_console.administration.deliveries import LISTENERS
from support import relay, undelivered
from support.database import db, transaction
from support.events import Delivery, Event, record
from support.quality import kinds

HAPPENED = kinds.RATED  # that nobody of the house listens to
LISTENER = "test: ears"


class Ears:
    """A listener that fails for the tickets in `ill`."""

    def __init__(self, app, clock):
        self.app, self.clock, self.ill, self.heard = app, clock, set(), []
        relay.listen(app, LISTENER, [HAPPENED], self.hear)

    def hear(self, event):
        if event.ticket_id in self.ill:
            raise RuntimeError("ill")
        self.heard.append(event.id)

    def happen(self, *ticket_ids) -> list[int]:
        """One event for each ticket, brought; returns their ids."""
        with self.app.app_context():
            with transaction() as session:
                made = [record(HAPPENED, ticket_id=ticket_id) for ticket_id in ticket_ids]
                session.flush()
                ids = [event.id for event in made]
        self.bring()
        return ids

    def bring(self) -> None:
        with self.app.app_context():
            while relay.run_once():
                pass

    def let_fail(self, tries: int) -> None:
        """The pauses pass, that often, while whoever is signed in stays so."""
        for _try in range(tries):
            with self.app.app_context(), transaction() as session:
                session.execute(update(Delivery).where(Delivery.listener == LISTENER).values(next_at=self.clock.now()))
            self.bring()

    def delivery(self, event_id: int, **changes) -> Delivery:
        """The row of one event as it is now, after some changes."""
        with self.app.app_context(), transaction() as session:
            row = session.scalar(select(Delivery).where(Delivery.event_id == event_id, Delivery.listener == LISTENER))
            for name, value in changes.items():
                setattr(row, name, value)
            session.flush()
            session.expunge(row)
        return row


@pytest.fixture
def ears(any_app, clock):
    return Ears(any_app, clock)


def test_what_stays_ill_is_stuck_and_named_on_the_overview_while_other_tickets_go_on(any_app, ears, client_of):
    arno = client_of(any_app, "arno")
    assert "Everything was delivered." in arno.get("/admin/deliveries").text and "stuck" not in arno.get("/admin").text
    ears.ill = {1}
    first, later, other = ears.happen(1, 1, 2)
    assert ears.heard == [other]
    failing = arno.get("/admin/deliveries")
    assert LISTENER in failing.text and "RuntimeError" in failing.text and "Tried again" in failing.text and "T-1" in failing.text
    assert LISTENER not in arno.get("/admin/deliveries?state=stuck").text
    ears.let_fail(undelivered.STUCK_AFTER - 1)
    assert "1 delivery is stuck" in arno.get("/admin").text
    assert LISTENER in arno.get("/admin/deliveries?state=stuck").text and LISTENER not in arno.get("/admin/deliveries?state=failing").text
    assert ears.delivery(later).attempts == 0


def test_trying_at_once_delivers_what_is_well_again_in_the_order_of_the_ticket(any_app, ears, client_of):
    arno = client_of(any_app, "arno")
    ears.ill = {1}
    first, later = ears.happen(1, 1)
    ears.let_fail(undelivered.STUCK_AFTER)
    ears.ill = set()
    ears.bring()
    assert ears.heard == [], "its pause is not over"
    assert arno.post(f"/admin/deliveries/{first}/{LISTENER}/retry").status_code == 303
    ears.bring()
    assert ears.heard == [first, later]
    assert arno.post(f"/admin/deliveries/{first}/{LISTENER}/retry").status_code == 409, "delivered meanwhile"


def test_dropping_needs_a_reason_lets_later_events_go_on_and_is_in_the_log(any_app, ears, client_of):
    arno = client_of(any_app, "arno")
    ears.ill = {1}
    first, later = ears.happen(1, 1)
    ears.ill = set()
    address = f"/admin/deliveries/{first}/{LISTENER}"
    assert "cannot be taken back" in arno.get(address).text
    refused = arno.post(address, data={"reason": " "})
    assert refused.status_code == 422 and "Say why" in refused.text
    assert arno.post(address, data={"reason": "The <b>mailbox</b> is gone"}).status_code == 303
    ears.bring()
    assert ears.heard == [later]
    dropped = arno.get("/admin/deliveries?state=dropped").text
    assert "The &lt;b&gt;mailbox&lt;/b&gt; is gone" in dropped and "/retry" not in dropped
    with any_app.app_context():
        (logged,) = db.session.scalars(select(Event).where(Event.kind == undelivered.DROPPED))
        assert logged.data == {"event_id": first, "listener": LISTENER} and logged.ticket_id == 1
    assert arno.post(address, data={"reason": "again"}).status_code == 409


def test_nothing_is_taken_away_from_whoever_tries_it_just_now(any_app, ears, client_of, clock):
    arno = client_of(any_app, "arno")
    ears.ill = {1}
    (first,) = ears.happen(1)
    ears.delivery(first, leased_until=clock.now() + timedelta(seconds=60))
    address = f"/admin/deliveries/{first}/{LISTENER}"
    assert LISTENER not in arno.get("/admin/deliveries").text
    assert arno.post(address, data={"reason": "gone"}).status_code == 409
    assert arno.post(f"{address}/retry").status_code == 409
    clock.move(61)
    assert arno.post(address, data={"reason": "gone"}).status_code == 303


def test_every_listener_has_words_for_administrators(app):
    names = {name for named in app.extensions["relay"].listeners.values() for name in named}
    assert names <= LISTENERS.keys(), "give new listeners their words in agent_console/administration/deliveries.py"
    assert LISTENERS.keys() <= names, "no such listener any more"
