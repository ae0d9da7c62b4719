"""Frames no browser sends, and clients that never read: they cost themselves, nobody else, and no word of them is logged."""
import base64
import json
import os
import socket
import threading
import time
from contextlib import suppress
from pathlib import Path

import pytest
from simple_websocket import ConnectionClosed
from werkzeug.serving import make_server

from support.web import patrol, sockets
from tests.conftest import token_of
from tests.wire import Client

WORD = "zqsecretword"
NAMED = f'"{WORD}"'
FRAMES = (
    "4", "42", "42null", "42[]", "42[null]", "42{}", "42[1,2,3]", f"42[{NAMED}]", '42["join",null]', '42["typing",null]', '42["alive",[[[]]]]', f'42["join",{{"screen":{NAMED}}}]',
    "42" + "9" * 400 + '["join",{"screen":"board"}]', "42" + "[" * 8_000, "42" + '["join",' + "[" * 8_000, '451-["join",{"_placeholder":true,"num":0}]', f'459999999-["join",{NAMED}]',
    f"49{NAMED}", "44/elsewhere,", '40/elsewhere,{"token":"x"}', "40", "41/elsewhere,", f"43{NAMED}", f'431["{WORD}"]', f"46{NAMED}", f"7{WORD}", "2probe", "3", "5", "6", "", f"\0{WORD}",
    b"\xff\xfe\xfd", b"", WORD.encode(), "4" + "é" * 3_000, f'42["{WORD}' + "x" * 20_000 + '"]',
)


def opened(url: str, token: str) -> Client:
    """A socket that has said whose it is."""
    client = Client(f"{url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket", headers={"Origin": url, "Cookie": f"switchboard={token}"})
    assert client.receive(timeout=20).startswith("0{")
    client.send("40")
    assert client.receive(timeout=20).startswith("40{")
    return client


def asks(client: Client, number: int) -> bool:
    """Whether the socket is still served: it joins a screen and hears so."""
    client.send(f'42{number}["join",{{"screen":"board"}}]')
    while not (heard := client.receive(timeout=20)).startswith(f"43{number}"):
        assert heard == "2" or heard.startswith("42"), heard
        if heard == "2":
            client.send("3")
    return json.loads(heard[3:])[0]["ok"]


def stays(client: Client, told: str = "") -> None:
    """It answers the server's question whether it is still there, as browsers do by themselves; besides it is told nothing, or only what begins so."""
    while (heard := client.receive(timeout=0)) is not None:
        if heard == "2":
            client.send("3")
        else:
            assert told and heard.startswith(told), heard


def test_DOS_04_frames_no_browser_sends_hurt_nobody_else_and_no_word_of_them_is_logged(live_default):
    good = opened(live_default.url, token_of(live_default.app, "hanna"))
    for frame in FRAMES:
        client = opened(live_default.url, token_of(live_default.app, "maja"))
        try:
            client.send(frame)
            client.send('427["join",{"screen":"board"}]')
            client.receive(timeout=0.2)
            client.close()
        except ConnectionClosed:
            pass  # thrown out, as it should be
        stays(good)
    assert asks(good, 5)
    log = live_default.log.read_text()
    assert WORD not in log


@pytest.fixture
def here(app):
    """The application served by this very process, with threads: its address."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()


def deaf(url: str, token: str) -> socket.socket:
    """A socket that has said whose it is and will never read again."""
    host, port = url.removeprefix("http://").split(":")
    wire = socket.socket()
    wire.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    wire.connect((host, int(port)))
    key = base64.b64encode(os.urandom(16)).decode()
    wire.sendall((
        f"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: {host}:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nOrigin: {url}\r\n"
        f"Cookie: switchboard={token}\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n"
    ).encode())
    heard = b""
    while b'"sid"' not in heard:  # what is sent before the answer would be taken for a part of the request
        heard += wire.recv(4096)
    said(wire, "40")
    return wire


def said(wire: socket.socket, text: str) -> None:
    """One masked frame (mask 0: the text as it is)."""
    wire.sendall(bytes([0x81, 0x80 | len(text), 0, 0, 0, 0]) + text.encode())


def until(reached, what: str) -> None:
    end = time.monotonic() + 30
    while not reached():
        assert time.monotonic() < end, what
        time.sleep(0.02)


def memory(pid: int) -> int:
    """Bytes of the process that are in memory."""
    with open(f"/proc/{pid}/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def test_DOS_04_a_client_that_does_not_read_costs_bounded_memory_and_is_cut_off(app, here):
    live = app.extensions["live"]
    wire = deaf(here, token_of(app, "maja"))
    until(lambda: len(live.sockets) == 1, "the socket was not opened")
    (sid,) = live.sockets
    before = memory(os.getpid())
    for number in range(60_000):
        live.io.emit("stale", {"screen": "conversation:1", "version": number}, to=sid)
    (connection,) = live.io.server.eio.sockets.values()
    assert connection.queue.qsize() <= sockets.BACKLOG and connection.queue.is_full
    assert memory(os.getpid()) - before < 20_000_000
    patrol.make_round(app)
    until(lambda: live.gate.open == 0, "its place and thread were not given back")
    assert not live.sockets
    wire.close()


def test_DOS_04_the_same_under_gevent_with_redis(live_grown):
    wire = deaf(live_grown.url, token_of(live_grown.app, "hanna"))
    said(wire, '421["join",{"screen":"board"}]')
    watcher = opened(live_grown.url, token_of(live_grown.app, "ines"))
    asks(watcher, 5)
    pids = [int(pid) for pid in Path(f"/proc/{live_grown.processes['web'].pid}/task/{live_grown.processes['web'].pid}/children").read_text().split()]
    before = {pid: memory(pid) for pid in pids}
    for number in range(30_000):
        live_grown.app.extensions["live"].io.emit("stale", {"screen": "board", "version": number}, to="board")
        if number % 500 == 0:  # on a busy machine all of this takes longer than a socket may be silent; the one that never reads says that it is there, too
            stays(watcher, told='42["stale"')
            with suppress(ConnectionError):  # cut off already
                said(wire, "3")
    asks(watcher, 6)  # told in order: by now all of it has come through Redis
    until(lambda: "does not read is cut off" in live_grown.log.read_text(), "nobody was cut off")
    assert all(memory(pid) - before[pid] < 20_000_000 for pid in pids)
    wire.settimeout(20)
    try:
        while wire.recv(65_536):
            pass
    except ConnectionResetError:
        pass
    asks(watcher, 7)
    wire.close()
