"""What a restore replaces is kept under a name of its own: a second restore, after the wrong copy, must not destroy what the first one put aside."""
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path


def path_for(path: Path) -> Path:
    """Where a file or folder is put aside: `….before-restore`, or with a number when that is taken."""
    return next(found for name in _names(f"{path.name}.before-restore", "-") if not (found := path.with_name(name)).exists())


def schema_for(is_taken: Callable[[str], bool]) -> str:
    """The schema in which the tables are put aside: `before_restore`, or with a number."""
    return next(name for name in _names("before_restore", "_") if not is_taken(name))


def _names(first: str, between: str) -> Iterator[str]:
    yield first
    for number in count(2):
        yield f"{first}{between}{number}"
