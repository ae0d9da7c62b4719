"""Templates are compiled once for all processes of an installation, not by each of them anew.

Compiling takes three seconds in all and half a second for the first page of a kind; a new process would spend them just when people come back after a crash.
What is compiled lies in the data folder, for this user alone, under a mark of the template's text and of what else it depends on. Where it cannot be kept
or read, a process compiles for itself.
"""
import hashlib
from importlib.metadata import version
from pathlib import Path

import structlog
from flask import Flask
from jinja2 import FileSystemBytecodeCache

from support.web import filters

FOLDER = "compiled"

log = structlog.get_logger(__name__)


class Compiled(FileSystemBytecodeCache):
    def load_bytecode(self, bucket) -> None:
        try:
            super().load_bytecode(bucket)
        except Exception:  # whatever is wrong with a file that anybody may delete
            bucket.reset()

    def dump_bytecode(self, bucket) -> None:
        try:
            super().dump_bytecode(bucket)
        except OSError as error:  # no room, or no folder any more
            log.info("a compiled template is not kept", error=error.strerror)


def init_app(app: Flask, settings) -> None:
    folder = settings.data_dir / FOLDER
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError:
        return
    app.jinja_env.bytecode_cache = Compiled(str(folder), f"%s-{version('jinja2')}-{_filters()}")


def _filters() -> str:
    """Jinja works out what filters make of constants when it compiles."""
    return hashlib.sha256(Path(filters.__file__).read_bytes()).hexdigest()[:12]
