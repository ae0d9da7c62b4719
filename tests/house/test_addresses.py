"""Every page that templates and code link to exists: a wrong name would only fail when somebody comes by."""
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NAMED = re.compile(r"url_for\(\s*['\"]([a-z_]+\.[a-z_]+)['\"]")


def test_every_named_page_exists(app):
    files = [path for room in ("support", "kb", "portal", "agent_console") for kind in ("html", "txt", "py") for path in (ROOT / room).rglob(f"*.{kind}")]
    wrong = [f"{path.relative_to(ROOT)}: {name}" for path in files for name in NAMED.findall(path.read_text(encoding="utf8")) if name not in app.view_functions]
    assert len(files) > 100
    assert wrong == []
