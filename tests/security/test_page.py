"""docs/security.md and the tests say the same: each case it calls covered has its tests, and each test named by a case is in it."""
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs/security.md"
CASE = re.compile(r"(?i)(AUTH|AZ|XSS|CSRF|INJ|SSRF|UP|MAIL|ENUM|BIZ|PRIV|DOS|SUP|FLT)_?(\d\d)(?=_)")
NUMBERS = {"AUTH": 11, "AZ": 14, "XSS": 9, "CSRF": 7, "INJ": 8, "SSRF": 5, "UP": 7, "MAIL": 9, "ENUM": 7, "BIZ": 8, "PRIV": 6, "DOS": 6, "SUP": 5, "FLT": 25}


def named_by_tests() -> set[tuple[str, str]]:
    """(case, file) of every test named by a case."""
    found = set()
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        for name in re.findall(r"^def (test_\w+)", path.read_text(), re.M):
            found |= {(f"{kind.upper()}-{number}", str(path.relative_to(ROOT / "tests"))) for kind, number in CASE.findall(name + "_")}
    return found


def told() -> set[tuple[str, str]]:
    """(case, file) of the page's table of what is covered."""
    rows = re.findall(r"^\| ([A-Z]+-\d\d) \| .* \| (.*) \|$", PAGE.read_text(), re.M)
    return {(case, file) for case, files in rows for file in re.findall(r"`tests/([\w/]+\.py)`", files)}


def test_every_case_called_covered_has_its_tests_and_every_such_test_is_in_the_page():
    assert told() - named_by_tests() == set(), "the page names tests that do not exist"
    assert named_by_tests() - told() == set(), "tests that the page does not name"


def test_every_case_of_the_list_is_in_the_page():
    text = PAGE.read_text()
    missing = [f"{kind}-{number:02}" for kind, most in NUMBERS.items() for number in range(1, most + 1) if f"{kind}-{number:02}" not in text]
    assert missing == []
