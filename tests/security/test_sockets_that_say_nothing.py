"""A connection that never says whose it is gives its place back; one sign-in cannot take all places."""
import time

import pytest
from simple_websocket import ConnectionClosed, ConnectionError

from support.web import live, patrol
from tests.wire import Client


def opened(server):
    return Client(f"{server.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket", headers={"Origin": server.url})


def test_DOS_04_connections_that_never_join_are_closed_and_leave_their_places(live_default):
    silent = [opened(live_default) for _ in range(12)]
    end = time.monotonic() + patrol.NAMELESS + 90  # a busy machine
    for socket in silent:
        with pytest.raises(ConnectionClosed):
            while time.monotonic() < end:
                socket.receive(timeout=1)
    try:
        opened(live_default).close()
    except ConnectionError as error:
        pytest.fail(f"no place was left: {error}")


def test_DOS_04_one_sign_in_has_a_bounded_number_of_sockets(app, client_of):
    maja, odile = client_of(app, "maja"), client_of(app, "odile")
    io = app.extensions["live"].io
    sockets = [io.test_client(app, flask_test_client=maja) for _ in range(live.PAGES + 3)]
    assert [socket.is_connected() for socket in sockets] == [True] * live.PAGES + [False] * 3
    assert io.test_client(app, flask_test_client=odile).is_connected()
