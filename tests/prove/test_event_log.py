"""The long run of the event log: many kills at every point, on both databases; and broken builds, which the checker must find."""
import pytest

from tests.events.runs import kinds, run

pytestmark = pytest.mark.both_stores


@pytest.mark.parametrize("seed", [1, 2])
def test_the_log_loses_doubles_and_disorders_nothing(store, tmp_path, seed):
    assert run(store, tmp_path, count=15, die=0.004, lives=40, seed=seed) == []


def test_a_build_that_acknowledges_before_the_commit_is_found(store, tmp_path):
    assert "lost" in kinds(run(store, tmp_path, broken="early-ack", count=4, die=0.04))


def test_a_build_that_keeps_an_id_for_a_cursor_is_found_where_ids_are_not_the_order(store, tmp_path):
    found = kinds(run(store, tmp_path, broken="id-cursor", count=25))
    assert found & {"missed", "disorder"} if store == "postgresql" else not found, found


def test_a_late_lock_is_a_mistake_on_sqlite_only(store, tmp_path):
    found = kinds(run(store, tmp_path, broken="late-lock", count=4))
    assert ("refused" in found) == (store == "sqlite")
