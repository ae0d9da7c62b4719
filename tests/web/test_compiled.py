"""Templates that one process has compiled are used by the next; nothing depends on it."""
import os
import tempfile

import pytest
from flask import Flask

from support.web import compiled


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The machine's folder for temporary files."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def program(templates) -> Flask:
    """A fresh process of the program."""
    app = Flask(__name__, template_folder=str(templates))
    compiled.init_app(app, None)
    return app


def page(app: Flask) -> str:
    with app.app_context():
        return app.jinja_env.get_template("page.html").render(name="Maja")


@pytest.fixture
def templates(tmp_path_factory):
    found = tmp_path_factory.mktemp("templates")
    (found / "page.html").write_text("Hello {{ name }}")
    return found


def test_a_second_process_compiles_nothing_until_a_template_has_changed(folder, templates, monkeypatch):
    assert page(program(templates)) == "Hello Maja"
    kept = list(folder.rglob("switchboard-*"))
    assert len(kept) == 1 and kept[0].parent.stat().st_mode & 0o777 == 0o700, "for this user alone"
    second = program(templates)
    monkeypatch.setattr(second.jinja_env, "_compile", lambda *_given: pytest.fail("it was compiled again"))
    assert page(second) == "Hello Maja"
    (templates / "page.html").write_text("Good evening {{ name }}")
    assert page(program(templates)) == "Good evening Maja"


def test_what_lies_there_broken_is_compiled_again(folder, templates):
    page(program(templates))
    kept = next(folder.rglob("switchboard-*"))
    for rubbish in (b"", b"rubbish", kept.read_bytes()[:-20]):
        kept.write_bytes(rubbish)
        assert page(program(templates)) == "Hello Maja"


def test_without_a_folder_of_its_own_or_without_room_each_process_compiles_for_itself(folder, templates, monkeypatch):
    def full(*_given, **_more):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as at_once:
        at_once.setattr(tempfile, "NamedTemporaryFile", full)
        assert page(program(templates)) == "Hello Maja"
    (folder / f"_jinja2-cache-{os.getuid()}").rmdir()
    (folder / f"_jinja2-cache-{os.getuid()}").symlink_to(templates)
    assert page(program(templates)) == "Hello Maja"
    assert list(templates.iterdir()) == [templates / "page.html"]
