"""What is written agrees with what is there: settings, events, commands of make."""
import re
from dataclasses import fields
from pathlib import Path

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


def documents() -> list[Path]:
    return [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]


def test_every_link_between_documents_leads_somewhere():
    linked = [(path, target) for path in documents() for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", path.read_text(encoding="utf8"))]
    assert len(linked) > 20
    assert [f"{path.relative_to(ROOT)}: {target}" for path, target in linked if not (path.parent / target).exists()] == []


def test_every_file_that_documents_name_is_there():
    """Paths in backticks, seen from the top folder; those of the browser side from support/web."""
    named = [(path, name) for path in documents() for name in re.findall(r"`([\w./-]+/[\w.-]+\.(?:py|js|css|html|txt|md|toml|pot))`", path.read_text(encoding="utf8"))]
    assert len(named) > 40
    places = (ROOT, ROOT / "support/web", ROOT / "support/web/templates")
    assert [f"{path.relative_to(ROOT)}: {name}" for path, name in named if not any((place / name).exists() for place in places)] == []


def test_every_decision_is_listed():
    folder = ROOT / "docs/decisions"
    assert set(re.findall(r"\]\(([a-z-]+\.md)\)", read("docs/decisions/README.md"))) == {path.name for path in folder.glob("*.md")} - {"README.md"}
