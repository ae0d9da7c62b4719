"""One import of one file: what it is, how far it is, what came of it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from support.clock import now
from support.database import Base, JSONData, UTCDateTime
from support.importing import folders, holders
from support.importing.mapping import Mapping
from support.importing.reading import Layout

DRAFT, WAITING, RUNNING, DONE, FAILED, STOPPED = "draft", "waiting", "running", "done", "failed", "stopped"
STATES = (DRAFT, WAITING, RUNNING, DONE, FAILED, STOPPED)


class ImportRun(Base):
    """A run. `position` counts the rows read and decided; it moves in the same commit as what they became.

    `taken_at` and `taken_from` say when and at which row it was taken up last: a rate must not count the time in which nobody was at it.
    """

    __tablename__ = "import_run"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    source: Mapped[str] = mapped_column(String(40))
    file_name: Mapped[str] = mapped_column(String(200))
    path: Mapped[str] = mapped_column(String(1000))
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int] = mapped_column(BigInteger)
    layout: Mapped[dict] = mapped_column(JSONData)
    rows: Mapped[int]
    mapping: Mapped[str] = mapped_column(Text)
    dry: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(String(10), default=DRAFT)
    position: Mapped[int] = mapped_column(default=0)
    created: Mapped[int] = mapped_column(default=0)
    changed: Mapped[int] = mapped_column(default=0)
    unchanged: Mapped[int] = mapped_column(default=0)
    rejected: Mapped[int] = mapped_column(default=0)
    left_out: Mapped[int] = mapped_column(default=0)
    things: Mapped[dict] = mapped_column(JSONData, default=dict)
    rejects_bytes: Mapped[int] = mapped_column(BigInteger, default=0)
    stop_asked: Mapped[bool] = mapped_column(default=False)
    holder: Mapped[str | None] = mapped_column(String(300))
    leased_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)
    started_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    taken_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    taken_from: Mapped[int] = mapped_column(default=0)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    started_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    error: Mapped[str | None] = mapped_column(Text)

    # A number names a folder of files, so that of a run that was forgotten is never given again.
    __table_args__ = (Index("ix_import_run_state", "state"), Index("ix_import_run_made", "made_at"), {"sqlite_autoincrement": True})

    @property
    def is_held(self) -> bool:
        """Whether a process is at it: its lease holds, and it has not died on this machine."""
        return self.leased_until is not None and self.leased_until > now() and not holders.has_died(self.holder or "")

    @property
    def share(self) -> float:
        """How much is done, from 0 to 1."""
        return self.position / self.rows if self.rows else 0.0

    @property
    def seconds(self) -> float:
        """How long it has been at work, or was, since it was taken up last."""
        return ((self.ended_at or now()) - self.taken_at).total_seconds() if self.taken_at else 0.0

    @property
    def rate(self) -> float:
        """Rows a second since it was taken up last."""
        return (self.position - self.taken_from) / self.seconds if self.seconds else 0.0

    @property
    def seconds_left(self) -> float | None:
        """About how long the rest takes; None while nobody can know."""
        return (self.rows - self.position) / self.rate if self.rate and self.state == RUNNING else None

    @property
    def folder(self) -> Path:
        """The folder of this run."""
        return folders.of_run(self.id)

    @property
    def rejects_path(self) -> Path:
        return self.folder / "rejects.csv"

    def read_layout(self) -> Layout:
        return Layout.from_json(self.layout)

    def read_mapping(self) -> Mapping:
        return Mapping.from_toml(self.mapping)
