"""What `make` says when it cannot go on, and what RESET=1 takes away."""
import os
import socket
import subprocess
import sys

import pytest

from tests.house.rules import ROOT
from tools import prepare, services


def run(purpose="demo", **environment) -> subprocess.CompletedProcess:
    env = {"PATH": os.environ["PATH"], **environment}
    return subprocess.run([sys.executable, "-m", "tools.prepare", purpose], cwd=ROOT, env=env, capture_output=True, text=True)


@pytest.mark.parametrize("purpose", ["demo", "grown"])
def test_a_taken_port_is_told_in_one_sentence_that_says_what_to_do(purpose):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = run(purpose, PORT=str(taken.getsockname()[1]))
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert f"choose another as in `make {purpose} PORT=" in done.stderr


@pytest.mark.parametrize("port", ["abc", "70000", "-1"])
def test_a_port_that_is_none_is_told(port):
    done = run(PORT=port)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert port in done.stderr


def test_an_old_python_is_told_which_to_use(monkeypatch):
    monkeypatch.setattr(prepare.sys, "version_info", (3, 9, 2))
    with pytest.raises(prepare.Stop, match=r"needs Python 3\.11 or newer and this is 3\.9"):
        prepare.check_machine()


def test_a_missing_index_is_told_with_what_pip_said(monkeypatch, tmp_path):
    monkeypatch.setattr(prepare, "VENV", tmp_path)
    monkeypatch.setattr(prepare, "BIN", tmp_path)  # no python there: the step fails as it would without an index
    with pytest.raises(prepare.Stop, match="check that this machine reaches a package index"):
        prepare.install("requirements.txt")


def test_a_full_disk_is_told_whatever_the_step():
    says = [sys.executable, "-c", "import sys; sys.exit('OSError: [Errno 28] No space left on device')"]
    with pytest.raises(prepare.Stop, match="There is no room left on the disk"):
        prepare.run(says)


def test_a_folder_that_cannot_be_written_is_told(monkeypatch):
    monkeypatch.setattr(prepare.os, "access", lambda path, mode: False)
    with pytest.raises(prepare.Stop, match="cannot be written to; copy the checkout"):
        prepare.check_machine()


def test_reset_leaves_other_files_of_a_chosen_folder(tmp_path, monkeypatch):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    for name in ("switchboard.db", "switchboard.db-wal", "photos.txt"):
        (tmp_path / name).touch()
    prepare.reset(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["photos.txt"]


def test_reset_never_touches_a_database_server(tmp_path, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://somewhere/else")
    with pytest.raises(prepare.Stop, match="by its own means"):
        prepare.reset(tmp_path)


def test_reset_does_not_take_a_running_database_away(tmp_path):
    (tmp_path / "postgresql").mkdir()
    (tmp_path / "postgresql" / "postmaster.pid").touch()
    with pytest.raises(prepare.Stop, match="Something still runs in"):
        prepare.reset_grown(tmp_path)
    assert (tmp_path / "postgresql").exists()


@pytest.mark.parametrize("left", ["", "12", f"{os.getpid()}\n/somewhere\n"], ids=["empty", "cut off", "the number of somebody else"])
def test_what_a_killed_database_server_left_is_no_server_that_must_be_stopped(tmp_path, left):
    """Else no run of the tests would start any more, before somebody has removed it."""
    (tmp_path / "postmaster.pid").write_text(left)
    services.stop_postgresql(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["postmaster.pid"], "nothing was started for it"
