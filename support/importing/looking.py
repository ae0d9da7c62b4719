"""What administrators see of imports: the history, one run, and what its mapping makes of the first rows."""

from __future__ import annotations

from collections.abc import Mapping as Args
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from flask_babel import gettext as _
from sqlalchemy import select

from support import shop
from support.database import db
from support.errors import NotFound
from support.importing import reading
from support.importing.importer import importer_for, importers
from support.importing.mapping import format_problems
from support.importing.plan import Cell, Plan
from support.importing.reading import Raw, Unreadable
from support.importing.runs import STATES, ImportRun
from support.listing import Listing
from support.people.permissions import demand

_SORTS = {"made": ImportRun.made_at, "kind": ImportRun.kind, "file": ImportRun.file_name, "rows": ImportRun.rows}


@dataclass(frozen=True)
class Preview:
    """The first rows of a file: the header, the rows as they stand, what the mapping makes of them, and what keeps it from working."""

    header: tuple[str, ...]
    raws: list[Raw]
    cells: list[list[Cell]]
    problems: list[str]


def find(person, run_id: int) -> ImportRun:
    """One run. NotFound when there is none."""
    demand(person, "administer")
    found = db.session.get(ImportRun, run_id)
    if found is None:
        raise NotFound()
    return found


def list_runs(person, args: Args) -> Listing:
    """The history of imports, newest first. Filters: kind, state."""
    demand(person, "administer")
    listing = Listing(args, sorts=_SORTS, default="-made", search=[ImportRun.file_name, ImportRun.source], filters={"kind": importers(), "state": STATES})
    query = select(ImportRun)
    for name, value in listing.filters.items():
        query = query.where(getattr(ImportRun, name) == value)
    return listing.apply(query)


def preview(person, run_id: int, count: int = 10) -> Preview:
    """The first rows and what the mapping makes of them. Raises Unreadable when the file is gone."""
    found = find(person, run_id)
    layout, importer, mapping = found.read_layout(), importer_for(found.kind), found.read_mapping()
    if not Path(found.path).exists():
        raise Unreadable(_("The file of this import is not here any more. Upload it again."))
    raws = list(islice(reading.rows(Path(found.path), layout), count))
    problems = mapping.problems(importer, layout.header)
    plan = None if format_problems(mapping.format) else Plan(importer, mapping, shop.profile().zone)
    return Preview(layout.header, raws, [plan.cells(raw) for raw in raws] if plan else [], problems)
