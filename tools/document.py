"""Writes the tables of docs/configuration.md and docs/events.md from the program itself: `make docs`.

Only what stands between a table's two marks is replaced; the words around it are written by hand.
"""
import re
from collections.abc import Iterable
from dataclasses import fields
from pathlib import Path

from support import events
from support.settings import Settings
from wsgi import create_app

DOCS = Path(__file__).resolve().parent.parent / "docs"


def main() -> None:
    create_app(Settings.from_env({}, mode="test", secret_key="k" * 40))
    write("configuration.md", "Setting | Default | Meaning", ((field.name.upper(), shown(field.default), field.metadata["help"]) for field in fields(Settings)))
    write("events.md", "Kind | Meaning", ((kind, events.KINDS[kind].meaning) for kind in sorted(events.KINDS)))


def shown(default) -> str:
    """A default as one would write it in the environment."""
    if isinstance(default, bool):
        return "`1`" if default else "`0`"
    text = ",".join(default) if isinstance(default, tuple) else str(default)
    return f"`{text}`" if text else "empty"


def write(name: str, heads: str, rows: Iterable[tuple]) -> None:
    """Put the table between `<!-- table -->` and `<!-- end of table -->`."""
    lines = [f"| {heads} |", "|" + " --- |" * (heads.count("|") + 1)]
    for first, *rest in rows:
        lines.append("| " + " | ".join([f"`{first}`", *(str(cell).replace("|", "\\|") for cell in rest)]) + " |")
    path = DOCS / name
    table = "<!-- table -->\n" + "\n".join(lines) + "\n<!-- end of table -->"
    path.write_text(re.sub(r"<!-- table -->.*<!-- end of table -->", lambda _match: table, path.read_text(encoding="utf8"), flags=re.DOTALL), encoding="utf8")


if __name__ == "__main__":
    main()
