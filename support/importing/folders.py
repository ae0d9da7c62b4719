"""Where imports keep their files: a folder for each run, one for each file that comes in, and folders that a command made one file of."""

from __future__ import annotations

from pathlib import Path

from flask import current_app


def home() -> Path:
    """The folder of all imports."""
    return current_app.config["SETTINGS"].data_dir / "imports"


def of_run(run_id: int) -> Path:
    """The folder of a run: an uploaded file, the rejects, and what it wrote down besides."""
    return home() / str(run_id)
