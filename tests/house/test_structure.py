"""The plan of the house holds: which room may use which, and what no file may do."""
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house import rules

BIN = Path(sys.executable).parent


def faults(check, files) -> list[str]:
    return [f"{path.relative_to(rules.ROOT)} {fault}" for path in files for fault in check(path.read_text(encoding="utf8"))]


@pytest.mark.parametrize("command", [["lint-imports", "--no-logo", "--no-cache"], ["ruff", "check", "--no-cache", "."]], ids=["imports", "style"])
def test_the_linters_find_nothing(command):
    done = subprocess.run([BIN / command[0], *command[1:]], cwd=rules.ROOT, capture_output=True, text=True)
    assert done.returncode == 0, f"{done.stdout}{done.stderr}"


def test_no_import_hides_in_a_function():
    assert faults(rules.imports_inside, rules.sources()) == []


def test_only_the_settings_read_the_environment():
    assert faults(rules.reads_environment, (path for path in rules.sources() if path != rules.ROOT / "support/settings.py")) == []


def test_only_the_clock_asks_for_the_time():
    assert faults(rules.reads_clock, (path for path in rules.sources() if path != rules.ROOT / "support/clock.py")) == []


def test_no_file_has_a_name_that_says_nothing():
    assert [str(path) for path in rules.sources() if path.stem in rules.VAGUE] == []


def test_every_file_says_what_it_is_for():
    empty = [path for path in rules.sources() if path.read_text(encoding="utf8").strip()]
    assert [str(path.relative_to(rules.ROOT)) for path in empty if not path.read_text(encoding="utf8").startswith('"""')] == []


def test_the_search_engine_is_pure():
    assert faults(lambda source: rules.strange_to_search(source, sys.stdlib_module_names), (rules.ROOT / "kb/search").rglob("*.py")) == []


def test_no_page_has_inline_styles_or_handlers():
    assert faults(rules.inline_code, rules.templates()) == []


@pytest.mark.parametrize(
    ("check", "broken", "sound"),
    [
        (rules.imports_inside, "def f():\n    import os\n", "import os\ndef f():\n    pass\n"),
        (rules.imports_inside, "class A:\n    from os import path\n", "from os import path\n"),
        (rules.reads_environment, "import os\nx = os.environ['A']\n", "x = {}['A']\n"),
        (rules.reads_environment, "from os import getenv\n", "from os import path\n"),
        (rules.reads_clock, "from datetime import datetime\nx = datetime.now()\n", "from support.clock import now\nx = now()\n"),
        (rules.reads_clock, "import datetime\nx = datetime.date.today()\ny = datetime.datetime.now()\n", "x = clock.now()\n"),
        (lambda source: rules.strange_to_search(source, frozenset({"re"})), "from kb.articles import find\n", "import re\nfrom kb.search.words import fold\n"),
        (rules.inline_code, '<p style="color:red">', '<p class="style" data-online="x">'),
        (rules.inline_code, '<button onclick="x()">', '<button data-action="click->a#b">'),
    ],
)
def test_the_rules_see_what_they_forbid(check, broken, sound):
    assert check(broken)
    assert not check(sound)
