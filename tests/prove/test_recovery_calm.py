"""A whole minute at twenty events a second while somebody types in every form of the console. The short run is tests/recovery/test_calm.py."""
import pytest

from tests.recovery.busy import run
from tests.recovery.test_calm import busy  # noqa: F401  fixture

pytestmark = pytest.mark.browser


def test_a_minute_at_twenty_events_a_second_is_calm_and_true(busy, new_page):  # noqa: F811
    run(busy, new_page, seconds=60, strokes=25, pauses=4)
