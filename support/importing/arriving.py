"""Where a file lies while it is looked at. Whoever dies at that leaves it behind; a day later it is thrown away."""

from __future__ import annotations

import secrets
import shutil
import time
from pathlib import Path

from support.importing import folders

KEPT_SECONDS = 86_400


def place() -> Path:
    """A new empty folder for one file that comes in."""
    folder = folders.home() / f"arriving-{secrets.token_hex(8)}"
    folder.mkdir(parents=True)
    return folder


def prune() -> None:
    """Throw away what has been arriving for a day."""
    old = time.time() - KEPT_SECONDS  # files know the machine's time, not the product's
    for folder in folders.home().glob("arriving-*"):
        if folder.lstat().st_mtime < old:
            shutil.rmtree(folder, ignore_errors=True)
