"""The clock that tests move: by a file, for processes of their own."""
from types import SimpleNamespace

import pytest

from support import clock


class Slow:
    """A file that changes right after it was read, and whoever read it is held up."""

    def __init__(self, time):
        self.time, self.says = time, ["100", "200"]

    def read_text(self) -> str:
        self.time.at += 2 * clock.LOOK
        return self.says.pop(0)


@pytest.fixture
def time(monkeypatch):
    """Real time that stands still until a test moves it: `.at`."""
    found = SimpleNamespace(at=1_000.0, monotonic=lambda: found.at)
    monkeypatch.setattr(clock, "time", found)
    for name, value in (("_file", Slow(found)), ("_looked_at", float("-inf")), ("_told", clock.timedelta(0))):
        monkeypatch.setattr(clock, name, value)
    return found


def test_whoever_is_held_up_after_reading_does_not_believe_for_longer_what_has_changed_since(time):
    assert clock._from_file().total_seconds() == 100
    assert clock._from_file().total_seconds() == 200
