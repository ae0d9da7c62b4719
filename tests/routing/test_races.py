"""Whatever two do in the same instant, one wins, the other is told, and the history shows one assignment."""
import pytest

from tests.routing.racing import Ring, Threads, fight

ROUNDS = 100


@pytest.fixture
def threads(any_app):
    threads = Threads(any_app)
    yield threads
    threads.close()


def test_biz08_flt05_one_hundred_races_have_one_hundred_single_winners(desks, threads):
    wins = fight(Ring(desks), threads, ROUNDS)
    assert sum(wins.values()) == ROUNDS
