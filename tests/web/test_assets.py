"""Static files: addresses that change with the content, compression, the import map and its hash."""
import base64
import gzip
import hashlib
import re
from pathlib import Path

import pytest

from support.web import assets

HOUSE = Path(__file__).resolve().parent.parent.parent
TEMPLATES = sorted(path for room in ("support", "portal", "agent_console", "kb") for path in (HOUSE / room).glob("**/templates/**/*.html"))
ICONS = set(re.findall(r'<symbol id="([^"]+)"', (HOUSE / "support/web/static/img/icons.svg").read_text(encoding="utf-8")))


def test_a_file_asked_for_by_its_fingerprint_is_kept_for_ever(app, client_of):
    answer = client_of(app).get(assets.static_url("js/app.js"))
    assert answer.status_code == 200 and "immutable" in answer.headers["Cache-Control"]
    assert answer.content_type.startswith("text/javascript")


@pytest.mark.parametrize("address", ["/static/js/app.js", "/static/js/app.js?v=old"])
def test_by_any_other_address_it_is_asked_for_again(app, client_of, address):
    answer = client_of(app).get(address)
    assert answer.headers["Cache-Control"] == "no-cache"
    again = client_of(app).get(address, headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


@pytest.mark.parametrize("name", ["no.js", "../assets.py", "%2e%2e/assets.py", "vendor/.made", "css", "js/../../assets.py"])
def test_only_static_files_are_served(app, client_of, name):
    assert client_of(app).get(f"/static/{name}").status_code == 404


def test_text_travels_compressed(app, client_of):
    plain = client_of(app).get("/static/site.css")
    packed = client_of(app).get("/static/site.css", headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip" and gzip.decompress(packed.data) == plain.data


def test_a_first_visit_weighs_little():
    """The goal of the design: at most 160 KB compressed for page, style and scripts together."""
    files = ["site.css", "img/icons.svg", "img/mark.svg", *assets.LIBRARIES.values()]
    files += [path.relative_to(assets.FOLDER).as_posix() for path in assets.FOLDER.glob("js/**/*.js")]
    assert sum(len(gzip.compress(assets._read(name), 9)) for name in files) < 150_000


def test_the_import_map_names_every_script_and_the_policy_allows_just_it(app, client_of):
    answer = client_of(app).get("/")
    inline = re.findall(r"<script(?![^>]*\bsrc=)[^>]*>(.*?)</script>", answer.text, re.DOTALL)
    assert len(inline) == 1
    digest = base64.b64encode(hashlib.sha256(inline[0].encode()).digest()).decode()
    assert f"'sha256-{digest}'" in answer.headers["Content-Security-Policy"]
    for path in assets.FOLDER.glob("js/**/*.js"):
        assert f'"/static/{path.relative_to(assets.FOLDER).as_posix()}":' in inline[0]


def test_every_module_a_script_imports_exists():
    for path in assets.FOLDER.glob("js/**/*.js"):
        for name in re.findall(r'(?:from|import\()\s*"([^"]+)"', path.read_text(encoding="utf-8")):
            target = (path.parent / name).resolve() if name.startswith(".") else assets.FOLDER / assets.LIBRARIES[name]
            assert target.is_file(), f"{path.name} imports {name}"


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.relative_to(HOUSE).as_posix())
def test_templates_name_only_icons_that_exist(path):
    text = path.read_text(encoding="utf-8")
    named = re.findall(r'\bicon\("([\w-]+)"', text) + re.findall(r'icons\.svg\'\) \}\}#([a-z][\w-]*)', text)
    named += re.findall(r'\bicon(?:_button)?=?\(?"([a-z][\w-]+)",', text)
    named += re.findall(r'ui\.empty\(\s*"([\w-]+)"', text) + re.findall(r'ui\.(?:callout|pill)\(\s*"\w*",\s*"([\w-]+)"', text)
    assert set(named) <= ICONS


def test_the_sprite_holds_no_icon_that_nothing_names():
    rooms = [path for room in ("support", "portal", "agent_console", "kb") for path in (HOUSE / room).rglob("*.*") if path.suffix in (".py", ".html", ".js", ".json", ".toml")]
    words = {word for path in rooms if "vendor" not in path.parts for word in re.findall(r"""["'#]([a-z][a-z0-9-]*)["'\s]""", path.read_text(encoding="utf-8"))}
    assert sorted(ICONS - words) == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.relative_to(HOUSE).as_posix())
def test_templates_carry_no_inline_style_or_script(path):
    text = re.sub(r"\{#.*?#\}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    if "/contact/templates/" not in path.as_posix():  # mails are styled inside
        assert not re.search(r'\sstyle\s*=\s*["\']|\son[a-z]+\s*=\s*["\']|<style\b|javascript:', text)
    assert not re.search(r'\b(?:src|href)\s*=\s*["\'](?:https?:)?//', text)
