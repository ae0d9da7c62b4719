"""Thousands of races for the same offer or the same work, by processes on PostgreSQL and by threads on SQLite: one winner each."""
import pytest

from tests.routing.racing import Processes, Ring, Threads, accept_or_expire_again, fight

ROUNDS = 2000


@pytest.fixture
def contenders(any_app, store):
    contenders = Processes(any_app) if store == "postgresql" else Threads(any_app)
    yield contenders
    contenders.close()


def test_two_thousand_times_accept_against_expire(desks, contenders):
    ring = Ring(desks)
    item_id, offer_id = ring.offered(expired=True)
    accepted = sum(accept_or_expire_again(ring, contenders, item_id, offer_id) for _round in range(ROUNDS))
    assert 0 < accepted < ROUNDS, "a race that one side always wins is no race"
    written = ring.told(item_id, "offer.accepted", "offer.timed_out")
    assert (written.count("offer.accepted"), written.count("offer.timed_out")) == (accepted, ROUNDS - accepted), "the history shows each once"


def test_biz08_flt05_five_hundred_races_of_all_kinds(desks, contenders):
    wins = fight(Ring(desks), contenders, 500)
    assert sum(wins.values()) == 500
