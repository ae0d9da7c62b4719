"""The only `now()` of the product, so that tests can move time."""
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

_file: Path | None = None
_moved = timedelta(0)
_told, _looked_at = timedelta(0), float("-inf")  # by the file

AHEAD = timedelta(seconds=60)  # what lies further ahead than it ever can was written by a clock that was wrong
LOOK = 0.05  # seconds for which what stood in the file is believed: a page asks for the time a hundred times


def init_app(app, settings) -> None:
    """Follow the file of the setting CLOCK_FILE, if there is one (settings refuse it in production)."""
    global _file, _looked_at
    _file, _looked_at = Path(settings.clock_file) if settings.clock_file else None, float("-inf")


def now() -> datetime:
    """This instant, aware, in UTC."""
    return datetime.now(UTC) + (_from_file() if _file else _moved)


def move(seconds: float) -> None:
    """Move the clock of this process by so many seconds from real time; 0 puts it right. Tests only."""
    global _moved
    _moved = timedelta(seconds=seconds)


def _from_file() -> timedelta:
    global _told, _looked_at
    began = time.monotonic()
    if began - _looked_at > LOOK:
        try:
            _told = timedelta(seconds=float(_file.read_text() or 0))
        except (OSError, ValueError):
            _told = timedelta(0)
        _looked_at = began  # not when it ended: who was held up after reading would believe for longer what has changed since
    return _told
