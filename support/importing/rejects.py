"""The file of rows that were not taken: line, reason, and the row as it stood, to be put right and imported again."""

from __future__ import annotations

import csv
import io
import os
import re
from pathlib import Path

from support.importing.reading import Layout

NUMBER = re.compile(r"[+-]?[\d.,]+")
SIGNS = "=+@\uff1d\uff0b\uff0d\uff20-"  # also in the wide forms of East Asian keyboards
INSIDE = re.compile(rf"[;\t|\r\n] *[{SIGNS}]")  # whoever opens the file may name another separator than ours


class Rejects:
    """Appends to the file. What was written after the last stored batch is cut off when a run goes on."""

    def __init__(self, path: Path, layout: Layout, stored: int):
        self.path, self.header = path, layout.header
        if path.exists():
            os.truncate(path, min(stored, path.stat().st_size))

    def write(self, entries: list[tuple[int, str, dict[str, str]]]) -> int:
        """Append, bring it to the disk, and return how long the file is now."""
        if not entries:
            return self.path.stat().st_size if self.path.exists() else 0
        self.path.parent.mkdir(parents=True, exist_ok=True)
        text = io.StringIO()
        writer = csv.writer(text)
        if not self.path.exists() or not self.path.stat().st_size:
            writer.writerow(["line", "reason", *map(harmless, self.header)])
        for line, reason, values in sorted(entries, key=lambda entry: entry[0]):
            writer.writerow([line, harmless(reason), *(harmless(values.get(name, "")) for name in self.header)])
        with open(self.path, "ab") as file:
            file.write(text.getvalue().encode("utf8"))
            file.flush()
            os.fsync(file.fileno())
            return file.tell()


def harmless(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula; numbers keep their sign."""
    begins = cell[:1] in (*SIGNS, "\t", "\r") and not NUMBER.fullmatch(cell)
    return "'" + cell if begins or INSIDE.search(cell) else cell
