"""DOS-05: five hundred connections that never finish what they began take nobody's place, and are closed in time."""
import getpass
import http.client
import os
import re
import select
import shutil
import socket
import subprocess
import threading
import time
from contextlib import closing

import pytest

from support.web import slow_bodies
from tests.conftest import token_of
from tests.recovery.caller import until
from tests.servers import ROOT
from tests.services import Port

HALF_OPEN, DRIP = 500, 0.5  # connections; seconds between two bytes of all of them
LATE = 30  # seconds of a busy machine
WAITS = 10  # seconds: many times what a page takes here, a fraction of what it would if it waited for a place


class Drip:
    """Connections that stop in the middle: half of them in the head of the request, half in its body. Each sends a byte now and then, as if it were only slow."""

    def __init__(self, port: int, cookie: str):
        self.open, self.stopping = [], threading.Event()
        heads = (
            f"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: switchboard={cookie}\r\nX-Slow: ",
            f"POST /ask HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: switchboard={cookie}\r\nSec-Fetch-Site: same-origin\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\nbody=",
        )
        for nth in range(HALF_OPEN):
            wire = socket.create_connection(("127.0.0.1", port))
            wire.sendall((heads[nth % 2] % (1_000 if nth % 4 == 1 else 100_000) if nth % 2 else heads[0]).encode())
            self.open.append(wire)
        threading.Thread(target=self._go_on, daemon=True).start()

    def _go_on(self) -> None:
        while not self.stopping.wait(DRIP):
            for wire in list(self.open):
                try:
                    wire.send(b"x")
                    if _has_news(wire):
                        self._is_over(wire)
                except OSError:
                    self._is_over(wire)

    def _is_over(self, wire) -> None:
        self.open.remove(wire)
        wire.close()


def _has_news(wire) -> bool:
    """By `poll`, because `select` knows no numbers of files above a thousand."""
    asked = select.poll()
    asked.register(wire, select.POLLIN)
    return bool(asked.poll(0))


def page(port: int, cookie: str) -> tuple[int, float]:
    began = time.monotonic()
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as line:
        line.request("GET", "/questions", headers={"Cookie": f"switchboard={cookie}"})
        return line.getresponse().status, time.monotonic() - began


def others_are_served(drip: Drip, port: int, cookie: str) -> None:
    """While they are open, somebody else's pages come as ever."""
    answers = []
    while drip.open and len(answers) < 100:
        answers.append(page(port, cookie))
        time.sleep(0.1)
    waits = sorted(seconds for _status, seconds in answers)
    print(f"{len(answers)} pages while they were open: median {waits[len(waits) // 2]:.2f} s, p95 {waits[int(len(waits) * 0.95)]:.2f} s, longest {waits[-1]:.2f} s")
    assert {status for status, _seconds in answers} == {200} and waits[-1] < WAITS


def test_DOS_05_half_open_connections_take_nobodys_place_and_are_closed(live_grown):
    maja, odile = token_of(live_grown.app, "maja"), token_of(live_grown.app, "odile")
    assert page(live_grown.port, odile)[0] == 200
    drip = Drip(live_grown.port, maja)
    others_are_served(drip, live_grown.port, odile)
    end = time.monotonic() + slow_bodies.PATIENCE + LATE
    while drip.open and time.monotonic() < end:
        time.sleep(0.2)
    assert not drip.open, f"{len(drip.open)} are still open"
    drip.stopping.set()


@pytest.fixture
def front(live_default, tmp_path):
    """The port of nginx, as deploy/nginx.conf sets it up but without TLS, before the default size."""
    program = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    if program is None:
        pytest.skip("nginx is not installed here")
    place = Port()
    port, site = place.number, re.sub(r"server \{\s+listen 80;.*?\n\}\n", "", (ROOT / "deploy/nginx.conf").read_text(), count=1, flags=re.S)
    site = re.sub(r"^ *(ssl_\w+|listen \[::\]).*\n", "", site, flags=re.M).replace("listen 443 ssl http2", f"listen 127.0.0.1:{port}").replace("127.0.0.1:8000", f"127.0.0.1:{live_default.port}")
    stores = "".join(f"{name}_temp_path {tmp_path};\n" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    (tmp_path / "nginx.conf").write_text(f"daemon off; user {getpass.getuser()}; pid {tmp_path}/nginx.pid; error_log {tmp_path}/nginx.log; events {{ worker_connections 2048; }}\nhttp {{ access_log off;\n{stores}{site}}}\n")
    process = subprocess.Popen([program, "-c", tmp_path / "nginx.conf", "-p", tmp_path, "-e", tmp_path / "nginx.log"])
    try:
        until(lambda: process.poll() is not None or socket.socket().connect_ex(("127.0.0.1", port)) == 0, "nginx answers")
        assert process.poll() is None, (tmp_path / "nginx.log").read_text()
        yield port
    finally:
        process.terminate()
        process.wait(20)
        place.close()


def test_DOS_05_a_front_server_keeps_them_from_the_threads_of_the_default_size(live_default, front):
    maja, odile = token_of(live_default.app, "maja"), token_of(live_default.app, "odile")
    assert page(front, odile)[0] == 200
    drip = Drip(front, maja)
    others_are_served(drip, front, odile)
    drip.stopping.set()


def test_DOS_05_clients_that_do_not_close_their_end_hold_up_nobody(live_default):
    """They have their answer and say no more. Whoever comes meanwhile is let in at once."""
    cookie, left = token_of(live_default.app, "odile"), []
    began = time.monotonic()
    for _nth in range(20):
        wire = socket.create_connection(("127.0.0.1", live_default.port))
        wire.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
        left.append(wire)
    for wire in left:
        assert wire.recv(12) == b"HTTP/1.1 200"
    status, _seconds = page(live_default.port, cookie)
    took = time.monotonic() - began
    assert status == 200 and took < WAITS, f"{took:.1f} s"
    for wire in left:
        wire.close()
