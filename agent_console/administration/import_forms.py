"""The mapping of an import as a form, and back: columns, fixed values, what stands for an empty cell, which rows count, how things are written, options."""
from dataclasses import fields, replace

from flask_babel import gettext as _

from support import importing
from support.errors import Invalid

MOST_CELL, MOST_WORDS, MOST_OPTION = 200, 4_000, 2_000  # characters
BETWEEN = " | "


def as_values(mapping: importing.Mapping) -> dict[str, str]:
    """What stands in the form for a mapping."""
    return {
        "source": mapping.source, **_named("column", mapping.columns), **_named("constant", mapping.constants), **_named("default", mapping.defaults),
        **_named("option", mapping.options), **{f"format_{name}": getattr(mapping.format, name) for name in ("dates", "decimal", "zone")},
        "format_missing": BETWEEN.join(mapping.format.missing), "only": _as_lines(mapping.only), "skip": _as_lines(mapping.skip),
    }


def read(run: importing.ImportRun, sent) -> importing.Mapping:
    """The mapping that a form says; what it does not hold stays as it was. Raises Invalid."""
    was, importer = run.read_mapping(), importing.importer_for(run.kind)
    names = [field.name for field in importer.fields]
    columns = {name: sent[f"column_{name}"] for name in names if sent.get(f"column_{name}")}
    constants = {name: cell for name in names if (cell := sent.get(f"constant_{name}", "").strip()[:MOST_CELL]) and name not in columns}
    asked = {each.name: sent[f"format_{each.name}"].strip()[:60] for each in fields(importing.Format) if f"format_{each.name}" in sent and each.name != "missing"}
    found = replace(was, source=sent.get("source", "").replace("\0", "").strip()[:40], columns=columns, constants=constants)
    if any(name.startswith("default_") for name in sent):
        found = replace(found, defaults={name: cell for name in names if (cell := sent.get(f"default_{name}", "").strip()[:MOST_CELL])})
    if any(name.startswith("option_") for name in sent):
        found = replace(found, options={name: said for name in importer.options if (said := sent.get(f"option_{name}", "").strip()[:MOST_OPTION])})
    if "format_missing" in sent and sent["format_missing"] != BETWEEN.join(was.format.missing):
        asked["missing"] = _words(sent["format_missing"][:MOST_WORDS])
    return replace(found, format=replace(was.format, **asked), **{name: _sets(sent, name, getattr(was, name)) for name in ("only", "skip")})


def _named(prefix: str, table: dict[str, str]) -> dict[str, str]:
    return {f"{prefix}_{name}": value for name, value in table.items()}


def _as_lines(sets: dict[str, tuple[str, ...]]) -> str:
    return "\n".join(f"{column} = {BETWEEN.join(words)}" for column, words in sets.items())


def _sets(sent, name: str, was: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """Columns and their words from lines such as “Status = shipped | paid”."""
    text = sent.get(name, _as_lines(was)).replace("\r\n", "\n").strip()[:MOST_WORDS]
    if text == _as_lines(was):
        return was  # words that a line cannot hold stay as they are
    found = {}
    for line in filter(None, map(str.strip, text.split("\n"))):
        column, sign, words = line.partition("=")
        if not sign or not column.strip() or not _words(words):
            raise Invalid({name: _("Write a line for each column, such as: Status = shipped | paid")})
        found[column.strip()] = _words(words)
    return found


def _words(text: str) -> tuple[str, ...]:
    return tuple(filter(None, map(str.strip, text.split("|"))))
