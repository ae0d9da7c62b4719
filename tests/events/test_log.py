"""The event log keeps its promises with 30 writers, two relays, rollbacks and kill -9; and the checker finds builds that do not."""
import pytest

from tests.events.runs import run

pytestmark = pytest.mark.both_stores


def kinds(found: list[str]) -> set[str]:
    return {sentence.partition(":")[0] for sentence in found}


def test_thirty_writers_two_relays_and_a_follower_agree(store, tmp_path):
    assert run(store, tmp_path, count=6) == []


def test_nothing_acknowledged_is_lost_when_every_process_is_killed_at_every_point(store, tmp_path):
    assert run(store, tmp_path, count=4, die=0.02) == []


def test_a_build_that_acknowledges_before_the_commit_is_found(store, tmp_path):
    assert "lost" in kinds(run(store, tmp_path, broken="early-ack", count=4, die=0.04))


def test_a_build_that_keeps_an_id_for_a_cursor_is_found_where_ids_are_not_the_order(store, tmp_path):
    found = kinds(run(store, tmp_path, broken="id-cursor", count=25))
    assert found & {"missed", "disorder"} if store == "postgresql" else not found


def test_a_build_that_reads_before_it_takes_the_lock_is_found_on_sqlite(store, tmp_path):
    found = kinds(run(store, tmp_path, broken="late-lock", count=4))
    assert "refused" in found if store == "sqlite" else not found
