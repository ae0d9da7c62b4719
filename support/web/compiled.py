"""Templates are compiled once for all processes of a user on this machine, not by each of them anew.

Compiling takes three seconds in all and half a second for the first page of a kind; a new process would spend them just when people come back after a crash.
What is compiled lies in the folder for temporary files, where nobody else may write, under a mark of the template's text. Without such a folder, or without
room in it, each process compiles for itself.
"""
import contextlib
from importlib.metadata import version

import structlog
from flask import Flask
from jinja2 import FileSystemBytecodeCache

log = structlog.get_logger(__name__)


class Compiled(FileSystemBytecodeCache):
    def dump_bytecode(self, bucket) -> None:
        with contextlib.suppress(OSError):  # no room, or the folder was tidied away: the next process tries again
            super().dump_bytecode(bucket)


def init_app(app: Flask, settings) -> None:
    try:
        app.jinja_env.bytecode_cache = Compiled(pattern=f"switchboard-%s-{version('jinja2')}")
    except (RuntimeError, OSError):
        log.info("no safe folder for compiled templates")
