"""Templates that one process has compiled are used by the next; nothing depends on it."""
import tempfile
from types import SimpleNamespace

import pytest
from flask import Flask

from support.web import compiled


@pytest.fixture
def folder(tmp_path):
    """The data folder of an installation, with the text of one page in a folder beside it."""
    (tmp_path / "page.html").write_text("Hello {{ name }}")
    return tmp_path / "data"


def program(folder) -> Flask:
    """A fresh process of the program."""
    app = Flask(__name__, template_folder=str(folder.parent))
    compiled.init_app(app, SimpleNamespace(data_dir=folder))
    return app


def page(app: Flask) -> str:
    return app.jinja_env.get_template("page.html").render(name="Maja")


def kept(folder) -> list:
    return list((folder / compiled.FOLDER).iterdir())


def test_a_second_process_compiles_nothing_until_a_template_has_changed(folder, monkeypatch):
    assert page(program(folder)) == "Hello Maja"
    assert len(kept(folder)) == 1 and (folder / compiled.FOLDER).stat().st_mode & 0o777 == 0o700, "for this user alone"
    second = program(folder)
    monkeypatch.setattr(second.jinja_env, "_compile", lambda *_given: pytest.fail("it was compiled again"))
    assert page(second) == "Hello Maja"
    (folder.parent / "page.html").write_text("Good evening {{ name }}")
    assert page(program(folder)) == "Good evening Maja"


def test_what_lies_there_broken_is_compiled_again(folder):
    page(program(folder))
    whole = kept(folder)[0].read_bytes()
    for rubbish in (b"", b"rubbish", whole[:15], whole[:40], whole[:-20]):
        kept(folder)[0].write_bytes(rubbish)
        assert page(program(folder)) == "Hello Maja"


def test_without_room_or_a_folder_each_process_compiles_for_itself(folder, monkeypatch):
    def full(*_given, **_more):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as at_once:
        at_once.setattr(tempfile, "NamedTemporaryFile", full)
        assert page(program(folder)) == "Hello Maja"
    (folder / compiled.FOLDER).rmdir()
    (folder / compiled.FOLDER).write_text("a file where the folder should be")
    assert page(program(folder)) == "Hello Maja"
