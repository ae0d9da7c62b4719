"""How long offers ring in a story: long enough for a slow machine, and who lets one pass does so by the server's clock."""
from sqlalchemy import select, update

from support.clock import now
from support.database import db, transaction
from support.routing.models import Presence, Queue
from tests.recovery.caller import until

RING = 60  # seconds
STEP = 16  # seconds by which the clock moves at once; whoever is silent for 45 is taken for gone
SIGN = "document.dispatchEvent(new Event('visibilitychange'))"  # as when one comes back to the tab: the page gives a sign of life


def ring_for_long(server) -> None:
    with server.app.app_context(), transaction() as session:
        session.execute(update(Queue).values(ring_seconds=RING))


def let_it_pass(server, desks: dict) -> None:
    """Time passes until what rings now has rung out, and nobody answers. `desks` are the open pages of agents, by their keys."""
    people = [server.app.extensions["cast"][key] for key in desks]
    for moved in range(STEP, RING + STEP, STEP):
        server.move_clock(moved)
        with server.app.app_context():
            at = now()
        for page in desks.values():
            page.evaluate(SIGN)
        until(lambda at=at: _seen_last(server, people) >= at, "all desks give a sign of life")


def _seen_last(server, people):
    with server.app.app_context():
        return min(db.session.scalars(select(Presence.seen_at).where(Presence.person_id.in_(people))))
