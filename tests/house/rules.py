"""Rules of the house that no linter knows, each a function from source to the faults found in it."""
import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("support", "kb", "portal", "agent_console")
VAGUE = {"util", "utils", "helper", "helpers", "common", "misc"}
SEARCH_MAY_USE = {"rapidfuzz", "numpy", "snowballstemmer"}


def sources() -> Iterator[Path]:
    """Every Python file of the product."""
    yield ROOT / "wsgi.py"
    for room in ROOMS:
        yield from sorted((ROOT / room).rglob("*.py"))


def templates() -> Iterator[Path]:
    """Every page template; mails are left out, for mail programs know no style sheets."""
    for room in ROOMS:
        yield from (path for path in sorted((ROOT / room).rglob("templates/**/*.html")) if "mail" not in path.parts)


def imports_inside(source: str) -> list[str]:
    """Imports in a function or class, which hide from the reader what a file needs."""
    hidden = []
    for outer in ast.walk(ast.parse(source)):
        if isinstance(outer, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            hidden += [f"line {node.lineno}" for node in ast.walk(outer) if isinstance(node, ast.Import | ast.ImportFrom)]
    return sorted(set(hidden))


def reads_environment(source: str) -> list[str]:
    """Looks into the environment, which is the settings' business alone."""
    tree = ast.parse(source)
    by_attribute = [node.lineno for node in ast.walk(tree) if isinstance(node, ast.Attribute) and node.attr in ("environ", "getenv") and _named(node.value, "os")]
    by_import = [
        node.lineno for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "os" and {name.name for name in node.names} & {"environ", "getenv"}
    ]
    return [f"line {line}" for line in sorted(by_attribute + by_import)]


def reads_clock(source: str) -> list[str]:
    """Asks the machine for the time instead of `support.clock.now`, so tests could not move it."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ("now", "utcnow", "today") and (
            _named(node.func.value, "datetime") or _named(node.func.value, "date") or _attribute(node.func.value, "datetime")
        ):
            found.append(f"line {node.lineno}")
    return found


def strange_to_search(source: str, standard: frozenset[str]) -> list[str]:
    """Imports that `kb/search` may not have: it is pure, knows no database, no Flask and no ticket."""
    names = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names += [name.name for name in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names.append(node.module or "")
    return [name for name in names if not (name == "kb.search" or name.startswith("kb.search.") or name.split(".")[0] in standard | SEARCH_MAY_USE)]


def inline_code(template: str) -> list[str]:
    """Inline styles and handlers, which the content security policy would block."""
    return re.findall(r"""<[^>{]*\s(style=|on[a-z]+=)["']""", template)


def _named(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def _attribute(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Attribute) and node.attr == name
