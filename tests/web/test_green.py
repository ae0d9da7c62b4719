"""The grown size's worker takes in what comes to it, although gunicorn would let it take one connection at a time."""
import inspect

from gunicorn.workers import ggevent

from support import green


def test_several_connections_are_taken_at_each_look_as_gunicorn_builds_its_server():
    """gunicorn has no setting for it: should its own code change, this must be looked at."""
    source = inspect.getsource(ggevent.GeventWorker.run)
    assert "StreamServer(s," in source and "server.max_accept = 1" in source
    server = green.Server(("127.0.0.1", 0), handle=lambda *_connection: None)
    server.max_accept = 1
    assert server.max_accept == green.AT_ONCE > 1
