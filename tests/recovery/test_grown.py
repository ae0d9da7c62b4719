"""`make grown` as somebody runs it who has only the checkout: it starts, Ctrl-C ends all of it, the next start keeps the data."""
import os
import signal
import subprocess
import sys
import urllib.request
from contextlib import contextmanager

import psutil
import pytest

from tests.recovery.caller import until
from tests.servers import ROOT
from tests.services import Port
from tools import prepare, services


@pytest.fixture
def folder(tmp_path):
    yield tmp_path / "grown"
    services.stop_postgresql(tmp_path / "grown" / "postgresql")


@pytest.fixture
def port():
    place = Port()
    yield place.number
    place.close()


@contextmanager
def grown(folder, port: int):
    """The program behind `make grown`, as it stands at a terminal of its own; killed if a test leaves it."""
    env = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), "MODE": "demo", "DATA_DIR": str(folder), "PORT": str(port), "TMPDIR": os.environ.get("TMPDIR", "/tmp")}
    with open(folder.parent / "said", "ab") as said:
        process = subprocess.Popen([sys.executable, "-m", "tools.grown"], cwd=ROOT, env=env, stdin=subprocess.DEVNULL, stdout=said, stderr=said, start_new_session=True)
    try:
        yield process
    finally:
        for child in [*psutil.Process(process.pid).children(recursive=True), process] if process.poll() is None else []:
            child.kill()


def answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as answer:
            return answer.status == 200
    except OSError:
        return False


def ends(process, folder, number=signal.SIGINT) -> None:
    parts = psutil.Process(process.pid).children(recursive=True)
    process.send_signal(number)
    assert process.wait(timeout=40) == 0
    assert psutil.wait_procs(parts, timeout=5)[1] == [], "nothing of it goes on"
    assert not (folder / "postgresql" / "postmaster.pid").exists()


def test_it_starts_ends_at_once_and_keeps_its_data(folder, port):
    with grown(folder, port) as process:
        until(lambda: answers(port), "the shop answers", 120)
        uri = services.start_postgresql(folder / "postgresql").get_uri("switchboard")
        services.execute(uri, "UPDATE person SET name = 'Kept Over Night' WHERE email = 'maja@mail.example'")
        ends(process, folder)
    with grown(folder, port) as process:
        until(lambda: answers(port), "the shop answers again", 60)
        uri = services.start_postgresql(folder / "postgresql").get_uri("switchboard")
        assert services.execute(uri, "SELECT name FROM person WHERE email = 'maja@mail.example'") == [("Kept Over Night",)]
        second = subprocess.run([sys.executable, "-m", "tools.grown"], cwd=ROOT, env={**os.environ, "DATA_DIR": str(folder)}, capture_output=True, text=True)
        assert second.returncode == 1 and "already runs in" in second.stderr
        with pytest.raises(prepare.Stop, match="Something still runs in"):
            prepare.reset_grown(folder)
        ends(process, folder, signal.SIGTERM)


def test_a_part_that_dies_ends_all_of_it_with_a_sentence(folder, port):
    with grown(folder, port) as process:
        until(lambda: answers(port), "the shop answers", 120)
        redis = next(one for one in psutil.process_iter(["name", "ppid"]) if one.info["ppid"] == process.pid and "redis-server" in one.info["name"])
        redis.kill()
        assert process.wait(timeout=60) == 1
    assert "switchboard: Redis ended by itself" in (folder.parent / "said").read_text()
