"""The only `now()` of the product, so that tests can move time."""
from datetime import UTC, datetime, timedelta
from pathlib import Path

_file: Path | None = None
_moved = timedelta(0)


def init_app(app, settings) -> None:
    """Follow the file of the setting CLOCK_FILE, if there is one (settings refuse it in production)."""
    global _file
    _file = Path(settings.clock_file) if settings.clock_file else None


def now() -> datetime:
    """This instant, aware, in UTC."""
    return datetime.now(UTC) + (_from_file() if _file else _moved)


def move(seconds: float) -> None:
    """Move the clock of this process by so many seconds from real time; 0 puts it right. Tests only."""
    global _moved
    _moved = timedelta(seconds=seconds)


def _from_file() -> timedelta:
    try:
        return timedelta(seconds=float(_file.read_text() or 0))
    except (OSError, ValueError):
        return timedelta(0)
