"""What is written agrees with what is there: settings, events, commands of make."""
import re
from dataclasses import fields

from support import events
from support.settings import Settings
from tests.house.rules import ROOT


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf8")


def rows(document: str) -> set[str]:
    """What stands in backticks at the start of a table row or list item."""
    return set(re.findall(r"^(?:\||[-*]) *`([^`]+)`", read(document), re.MULTILINE))


def test_every_setting_is_described_and_nothing_else():
    names = {field.name.upper() for field in fields(Settings)}
    assert rows("docs/configuration.md") == names


def test_every_setting_has_a_meaning():
    assert [field.name for field in fields(Settings) if not field.metadata.get("help")] == []


def test_every_kind_of_event_is_described_and_nothing_else(app):
    assert rows("docs/events.md") == set(events.KINDS)


def test_every_make_target_has_help():
    makefile = read("Makefile")
    phony = set(re.search(r"^\.PHONY:(.*)$", makefile, re.MULTILINE)[1].split())
    helped = set(re.findall(r"^([a-z-]+):.*## \S", makefile, re.MULTILINE))
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    assert targets == phony
    assert targets - helped == {"need-python"}


def test_the_lock_file_names_no_registry():
    assert '"resolved"' not in read("package-lock.json")
    assert '"integrity"' in read("package-lock.json")


def test_the_readme_is_short():
    assert len(read("README.md").splitlines()) <= 150
