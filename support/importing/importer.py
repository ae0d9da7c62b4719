"""What an importer is: the object with which a room takes in the rows of its noun."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

from flask import Flask, current_app
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from support.errors import NotFound
from support.importing import folders
from support.importing.reading import Unreadable
from support.importing.values import Field, Wrong

Item = TypeVar("Item")


@dataclass(slots=True)
class Row:
    """One row, converted. A field that is empty or not in the mapping is None."""

    line: int
    values: dict[str, object]

    def __getitem__(self, name: str):
        return self.values.get(name)


@dataclass
class Outcome:
    """What became of a batch: each row is created, changed, unchanged or in `rejects` (line, sentence). `things` counts nouns, for the report."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    rejects: list[tuple[int, str]] = field(default_factory=list)
    things: Counter = field(default_factory=Counter)

    def sift(self, items: Iterable[Item], check: Callable[[Item], object], line_of: Callable[[Item], int]) -> list[Item]:
        """The items that pass the check; the others become rejects with the reason it raised as Wrong."""
        kept = []
        for item in items:
            try:
                check(item)
                kept.append(item)
            except Wrong as problem:
                self.rejects.append((line_of(item), str(problem)))
        return kept


@dataclass
class RunContext:
    """What an importer may know of the run. `memory` lives as long as the process works on the run; change it last in `load`."""

    run_id: int
    source: str
    dry: bool
    options: dict[str, str]
    zone: ZoneInfo
    file: Path
    memory: dict = field(default_factory=dict)
    _met: set = field(default_factory=set)

    @property
    def folder(self) -> Path:
        """Where the run may leave papers."""
        return folders.of_run(self.run_id)

    def count(self, outcome: Outcome, noun: str, keys: Iterable) -> None:
        """Count things that the database lacked. A trial takes back each batch and meets them again: it counts a thing once."""
        outcome.things[noun] += sum(self._is_new(noun, key) for key in keys)

    def _is_new(self, noun: str, key) -> bool:
        if not self.dry:
            return True
        fresh = (noun, key) not in self._met
        self._met.add((noun, key))
        return fresh


class Importer:
    """Base of all importers. A room gives `name`, `label`, `fields` and `load`; the rest may stay as it is."""

    name = ""
    label: object = ""
    fields: tuple[Field, ...] = ()
    options: dict[str, object] = {}  # name and meaning of what a mapping may say beyond columns
    takes_folders = False  # whether they come as folders too, also packed as ZIP
    own_names = False  # whether columns called like its fields are known for sure, since it writes such files itself
    things: dict[str, Callable[[int], str]] = {}  # all nouns of its outcomes, in the order of the report, and how people call so many of them
    things_title: object = _l("Among them new:")
    papers: dict[str, object] = {}  # names of files that a run may leave beside its rejects, and what they hold
    batch = 2000

    def problems(self, targets: set[str], options: dict[str, str]) -> list[str]:
        """Sentences about a mapping that gives these fields and cannot work; what is required is checked already."""
        return []

    def gather(self, source: Path, into: Path) -> Path:
        """Make one file of rows from a folder, for kinds that come as folders; returns `into`. Raises Unreadable for all others."""
        raise Unreadable(_("“%(name)s” is a folder, not a file.", name=source.name))

    def begin(self, run: RunContext) -> None:
        """Called once before the first row, also when an interrupted run goes on."""

    def passed(self, rows: list[Row], run: RunContext) -> None:
        """When an interrupted run goes on: the rows that were stored before, to fill `run.memory` again."""

    def prepare(self, rows: list[Row], run: RunContext) -> None:
        """Called before the transaction of a batch, for what takes long and must not hold up those who write meanwhile."""

    def load(self, rows: list[Row], run: RunContext) -> Outcome:
        """Store one batch inside the open transaction. It may be called again with a part of the batch after a failure."""
        raise NotImplementedError

    def finish(self, run: RunContext) -> Outcome | None:
        """Called once behind the last row, in a transaction of its own; its outcome is added to the report."""


def register_importer(app: Flask, importer: Importer) -> None:
    """Register an importer under its name; called in the `init_app` of the room that owns the noun."""
    app.extensions["importing"][importer.name] = importer


def importers() -> dict[str, Importer]:
    """All kinds of import by name."""
    return current_app.extensions["importing"]


def importer_for(name: str) -> Importer:
    """The importer with this name. Raises NotFound."""
    found = importers().get(name)
    if found is None:
        raise NotFound()
    return found
