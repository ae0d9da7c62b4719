"""Three dispatching processes on one backlog, killed at random: what the database says afterwards, on both stores; and a build that does not ask again is caught."""
import pytest
from sqlalchemy import select

from support.calendars import Calendar
from support.database import db, transaction
from support.routing import capacity
from support.routing.models import Offer
from tests.routing.chaos import LEASE, SLOW, SWEEP, Centre, problems
from tests.routing.desks import ALWAYS

BUSY, BROKEN = 18, 20  # seconds
LEAST = 20  # offers, by a machine however slow
WITHOUT_LIMITS = {"tickets_per_hour": 100_000, "live_chats": 1000, "max_sockets": 10, "offline_seconds": 3600, "ring_seconds_ticket": 4, "wrap_up_seconds": 1, "retry_same_agent_seconds": 5}


@pytest.fixture
def centre(any_app):
    made = []
    with any_app.app_context(), transaction() as session:
        for calendar in session.query(Calendar):
            calendar.week, calendar.country, calendar.closed_days = ALWAYS, "", {}

    def begin(**options) -> Centre:
        made.append(Centre(any_app, **options))
        return made[-1]

    yield begin
    for one in made:
        one.close()


@pytest.mark.parametrize("settings", [WITHOUT_LIMITS], indirect=True)
def test_processes_die_and_nothing_is_offered_twice_or_to_the_wrong_one_or_forgotten(any_app, centre):
    one = centre()
    one.play(BUSY, least=LEAST)
    one.play(SWEEP + LEASE + SLOW, kills=False)
    one.calm(SWEEP + LEASE + SLOW)
    with any_app.app_context():
        assert problems(one.taken_back, capacity.limits()) == []
        made = list(db.session.scalars(select(Offer.state)))
    print(f"{one.kills} killed, {len(made)} offers, longest in vain {one.waits.longest:.1f} s")
    assert one.kills >= 5 and len(made) >= LEAST and {"accepted", "declined"} <= set(made), "the backlog was a busy one"
    assert one.waits.longest < SWEEP + LEASE + SLOW, "nobody waits longer than a sweep, and the lease of one who died, while somebody trained sits idle"


@pytest.mark.parametrize("settings", [WITHOUT_LIMITS], indirect=True)
def test_a_build_that_believes_its_guess_is_caught(any_app, centre):
    one = centre(broken=True)
    for _try in range(3):  # how soon it errs is chance; that it errs is not
        one.play(BROKEN, kills=False)
        with any_app.app_context():
            found = {problem.split(":")[0] for problem in problems(one.taken_back, capacity.limits())}
        if found:
            break
    assert "unqualified" in found
