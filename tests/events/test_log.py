"""The event log keeps its promises with 30 writers, two relays, rollbacks and kill -9; and the checker finds builds that do not.

Longer runs, and the broken builds that take longer to betray themselves, are in tests/prove/test_event_log.py.
"""
import pytest

from tests.events.runs import kinds, run


@pytest.mark.both_stores
def test_thirty_writers_two_relays_and_a_follower_agree(store, tmp_path):
    assert run(store, tmp_path, count=5) == []


@pytest.mark.both_stores
def test_nothing_acknowledged_is_lost_when_every_process_is_killed_at_every_point(store, tmp_path):
    assert run(store, tmp_path, count=3, die=0.02, lives=8) == []


def test_a_build_that_reads_before_it_takes_the_lock_is_found(store, tmp_path):
    assert "refused" in kinds(run(store, tmp_path, broken="late-lock", count=3))
