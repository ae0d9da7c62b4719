"""Collects every phrase the product shows into support/translations/messages.pot and brings the languages up to it: `make words`.

A new language: `.venv/bin/pybabel init -i support/translations/messages.pot -l fr -o support/translations/fr.po`. See docs/translating.md.
"""
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "support" / "translations"
ROOMS = ("support", "kb", "portal", "agent_console")
HEAD = "# Every phrase of Switchboard, written by `make words`. The licence of the product applies."
KEYWORDS = {**DEFAULT_KEYWORDS, "_l": None, "lazy_gettext": None}


def main() -> None:
    template = collected()
    if ids(template) != ids(read(FOLDER / "messages.pot")):
        write(FOLDER / "messages.pot", template)
    for path in sorted(FOLDER.glob("*.po")):
        language = read(path)
        before = spoken(language)
        language.update(template, no_fuzzy_matching=True)  # a guess is no translation: what is new stays empty until somebody writes it
        if spoken(language) != before:
            write(path, language)


def collected() -> Catalog:
    """Every phrase of templates and code, with the files it stands in."""
    with (FOLDER / "babel.cfg").open(encoding="utf8") as file:
        methods, options = parse_mapping_cfg(file)
    catalog = Catalog(project="Switchboard", version="", charset="utf-8", header_comment=HEAD, fuzzy=False)
    for room in ROOMS:
        found = extract_from_dir(ROOT / room, methods, options, KEYWORDS, comment_tags=("Translators:",))
        for name, line, phrase, comments, context in found:
            catalog.add(phrase, locations=[(f"{room}/{name}", line)], auto_comments=comments, context=context)
    return catalog


def ids(catalog: Catalog) -> set:
    """The phrases, to compare two catalogues by."""
    return {(message.id, message.context) for message in catalog if message.id}


def spoken(catalog: Catalog) -> dict:
    """Phrase and translation, to see whether a file has anything to say anew."""
    return {(message.id, message.context): message.string for message in catalog if message.id}


def read(path: Path) -> Catalog:
    if not path.is_file():
        return Catalog()
    with path.open("rb") as file:
        return read_po(file, locale=None if path.suffix == ".pot" else path.stem)


def write(path: Path, catalog: Catalog) -> None:
    with path.open("wb") as file:
        write_po(file, catalog, width=160, include_lineno=False, sort_by_file=True, ignore_obsolete=True)


if __name__ == "__main__":
    main()
