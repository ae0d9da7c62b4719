"""The long run of the event log: many kills at every point, on both databases. The short one is tests/events/test_log.py."""
import pytest

from tests.events.runs import run


@pytest.mark.both_stores
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_log_loses_doubles_and_disorders_nothing(store, tmp_path, seed):
    assert run(store, tmp_path, count=25, die=0.004, lives=60, seed=seed) == []
