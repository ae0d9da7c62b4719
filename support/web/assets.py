"""Static files: addresses that change with the content, the import map and its hash, and serving them compressed.

Templates use `static_url("img/mark.svg")` and `import_map()`; the security headers use the two lists of hashes.
Files are read once per process: whoever changes one restarts the server. Our scripts travel without their comments.
"""
import base64
import gzip
import hashlib
import json
import re
from functools import cache
from pathlib import Path

from flask import Flask, Response, request
from markupsafe import Markup

from support.web import stylesheet

FOLDER = Path(__file__).parent / "static"
HOUSE = Path(__file__).parent.parent.parent
KINDS = {
    ".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml; charset=utf-8",
    ".png": "image/png", ".webp": "image/webp", ".woff2": "font/woff2", ".txt": "text/plain; charset=utf-8",
    ".ico": "image/x-icon",
}
SQUEEZED = (".css", ".js", ".svg", ".txt")
SHEETS = {"site.css": "tabler.min.css", "site.rtl.css": "tabler.rtl.min.css"}
LIBRARIES = {
    "@hotwired/turbo": "vendor/turbo.js",
    "@hotwired/stimulus": "vendor/stimulus.js",
    "socket.io-client": "vendor/socket.io.js",
}
FOR_EVER = "public, max-age=31536000, immutable"


def init_app(app: Flask, settings) -> None:
    app.add_url_rule("/static/<path:name>", endpoint="assets.static", view_func=serve)
    # Browsers ask for it unasked, also beside a file that names no icon.
    app.add_url_rule("/favicon.ico", endpoint="favicon.static", view_func=lambda: serve("img/favicon.ico"))
    app.jinja_env.globals.update(static_url=static_url, import_map=import_map)


def serve(name: str):
    """One static file; kept for ever by browsers when asked for by its present fingerprint."""
    content = _content(name)
    if content is None:
        return Response("", 404)
    suffix = Path(name).suffix
    packed = suffix in SQUEEZED and "gzip" in request.accept_encodings
    response = Response(_packed(name) if packed else content, content_type=KINDS[suffix])
    if packed:
        response.headers["Content-Encoding"] = "gzip"
    response.headers["Vary"] = "Accept-Encoding"
    return kept_by(response, _fingerprint(name))


def kept_by(response: Response, mark: str) -> Response:
    """A file that browsers keep for ever when they ask for it by its present mark, and ask about each time otherwise."""
    response.set_etag(mark)
    response.headers["Cache-Control"] = FOR_EVER if request.args.get("v") == mark else "no-cache"
    return response.make_conditional(request)


def static_url(name: str) -> str:
    """Address of a static file. A missing one gets a plain address: the browser shows the gap, the page still works."""
    return f"/static/{name}?v={_fingerprint(name)}" if _content(name) is not None else f"/static/{name}"


def text_of(name: str) -> str:
    """The words of a static file."""
    return (_content(name) or b"").decode()


@cache
def import_map() -> Markup:
    """What each module name means: the libraries by name, our own files by their address."""
    ours = sorted(path.relative_to(FOLDER).as_posix() for path in FOLDER.glob("js/**/*.js"))
    names = {name: static_url(path) for name, path in LIBRARIES.items()}
    names.update({f"/static/{path}": static_url(path) for path in ours})
    return Markup(json.dumps({"imports": names}, separators=(",", ":")).replace("<", "\\u003c"))


def script_hashes() -> list[str]:
    """The inline scripts our pages carry, as sources for a Content-Security-Policy: only the import map."""
    return [_hash(str(import_map()))]


def style_hashes() -> list[str]:
    """The inline styles our pages get: only the one that Turbo adds for its progress bar."""
    style = _turbo_style()
    return [_hash(style)] if style else []


def _turbo_style() -> str:
    """Turbo's one style as it writes it: its template with the time filled in and the indentation taken off."""
    source = _content(LIBRARIES["@hotwired/turbo"])
    found = re.search(r"static get defaultCSS\(\) \{.*?`(.*?)`", source.decode() if source else "", re.DOTALL)
    if not found:
        return ""
    text = re.sub(r"\$\{ProgressBar\.animationDuration( / 2)?\}", lambda half: "150" if half.group(1) else "300", found.group(1))
    lines = re.sub(r"^\n", "", text).split("\n")
    indent = len(re.match(r"^\s*", lines[0]).group())
    return "\n".join(line[indent:] for line in lines)


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


@cache
def _names() -> frozenset[str]:
    """All there is to serve; only these names ever reach the caches and the disk."""
    found = {path.relative_to(FOLDER).as_posix() for path in FOLDER.glob("**/*") if path.suffix in KINDS and path.is_file()}
    return frozenset(found | set(SHEETS))


def _content(name: str) -> bytes | None:
    return _read(name) if name in _names() else None


@cache
def _read(name: str) -> bytes:
    if name in SHEETS:
        return _sheet(SHEETS[name]).encode()
    content = (FOLDER / name).read_bytes()
    return _lean(content.decode()).encode() if name.endswith(".js") and not name.startswith("vendor/") else content


def _lean(script: str) -> str:
    """A script of ours without indentation and without lines that only comment: a sixth of what all of them weigh."""
    lines = (line.strip() for line in script.splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("//")) + "\n"


@cache
def _packed(name: str) -> bytes:
    return gzip.compress(_content(name), 9, mtime=0)


@cache
def _fingerprint(name: str) -> str:
    return hashlib.sha256(_content(name)).hexdigest()[:12]


def _sheet(tabler: str) -> str:
    vendor = FOLDER / "vendor" / tabler
    sources = [path for room in ("support", "kb", "portal", "agent_console") for path in (HOUSE / room).glob("**/templates/**/*.html")]
    sources += [*FOLDER.glob("js/**/*.js"), Path(__file__).parent / "filters.py"]
    words = stylesheet.words_of(path.read_text(encoding="utf-8") for path in sources)
    return stylesheet.build(FOLDER / "css", vendor.read_text(encoding="utf-8") if vendor.is_file() else "", words)
