"""Disks that are full, without needing one: the kernel lets the processes of a server write nothing more, and PostgreSQL says of itself that it cannot."""
import resource
from contextlib import suppress

import psutil

from support.database import db
from tests import services

ROOM_LEFT = 4096  # bytes a file may still have
FUNCTION = "CREATE OR REPLACE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {} END $$"
REFUSES, WRITES = "RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = 'disk_full';", "RETURN NULL;"
TABLES = ("message", "ticket", "event", "sign_in", "delivery", "presence", "mail", "import_run")


class Disk:
    """The disk of a running server. `fills()` stops every write to a file, `has_room()` ends it.

    The limit of the size of files is the kernel's: SQLite, the log and every upload get an error from `write` itself, as on a full disk.
    The grown size stores in a PostgreSQL that other tests use too; there each write is refused with the very error it raises when its own disk is full.
    The triggers are made beforehand, each in a transaction of its own, and later only their function changes: a statement that locks many tables
    while people write may meet them the other way round, and one of the two would be refused as a deadlock.
    """

    def __init__(self, server):
        self.server, self.on_postgresql = server, "work" in server.commands
        if self.on_postgresql:
            self._execute(FUNCTION.format(WRITES))
            for table in TABLES:
                self._execute(f"CREATE TRIGGER full_disk BEFORE INSERT OR UPDATE ON {table} EXECUTE FUNCTION full_disk()")

    def fills(self) -> None:
        self._limit(ROOM_LEFT)
        if self.on_postgresql:
            self._execute(FUNCTION.format(REFUSES))

    def has_room(self) -> None:
        self._limit(resource.RLIM_INFINITY)
        if self.on_postgresql:
            self._execute(FUNCTION.format(WRITES))

    def _limit(self, size: int) -> None:
        for process in self.server.processes.values():
            parent = psutil.Process(process.pid)
            self._limit_one(parent, size)  # first, so that whoever comes from now on has it from there
            for each in parent.children(recursive=True):
                with suppress(psutil.NoSuchProcess):
                    self._limit_one(each, size)

    @staticmethod
    def _limit_one(process: psutil.Process, size: int) -> None:
        process.rlimit(psutil.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

    def _execute(self, statement: str) -> None:
        with self.server.app.app_context():
            services.execute(db.engine.url.set(drivername="postgresql").render_as_string(hide_password=False), statement)
