"""Where imports keep their files: a folder for each run, one for each file that comes in, and folders that a command made one file of."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

import structlog
from flask import current_app

log = structlog.get_logger(__name__)


def home() -> Path:
    """The folder of all imports."""
    return current_app.config["SETTINGS"].data_dir / "imports"


def of_run(run_id: int) -> Path:
    """The folder of a run: an uploaded file, the rejects, and what it wrote down besides."""
    return home() / str(run_id)


def remove(folder: Path) -> None:
    """Throw a folder away with all that is in it, however deep; what cannot be removed stays and is logged. Never raises.

    `shutil.rmtree` calls itself for each level, so that a deep folder is too much for it.
    """
    try:
        _empty(folder)
    except OSError:
        log.exception("folder not removed", folder=folder.name)


def _empty(folder: Path) -> None:
    inside = [str(folder)] if folder.is_dir() and not folder.is_symlink() else []
    for each in inside:  # it grows meanwhile
        with suppress(FileNotFoundError), os.scandir(each) as entries:  # another process may be at the same
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    inside.append(entry.path)
                else:
                    Path(entry.path).unlink(missing_ok=True)
    for each in reversed(inside):
        with suppress(FileNotFoundError):
            os.rmdir(each)
