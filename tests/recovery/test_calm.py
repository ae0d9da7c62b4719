"""A whole minute at twenty events a second while somebody types in every form of the console."""
import pytest

from tests.recovery.busy import run
from tests.recovery.conftest import living
from tests.recovery.flow import WITHOUT_LIMITS
from tests.servers import SIZES

pytestmark = pytest.mark.browser


@pytest.fixture(params=list(SIZES))
def busy(request, tmp_path):
    """Both sizes, where one person may write as much as it takes."""
    yield from living(request.param, tmp_path, lambda server: server.env.update(WITHOUT_LIMITS))


def test_a_minute_at_twenty_events_a_second_is_calm_and_true(busy, new_page):
    run(busy, new_page, seconds=60, strokes=25, pauses=4)
