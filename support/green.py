"""gunicorn's worker with gevent, as the grown size runs it."""
from gevent.server import StreamServer
from gunicorn.workers import ggevent

AT_ONCE = 8  # connections


class Server(StreamServer):
    """Takes several new connections between two looks of its loop.

    gunicorn lets a worker that is one of several take one, so that the others get theirs. While pages are made, a look comes every 0.1 s: then whoever
    comes waits for seconds before anything of the program knows of him.
    """

    max_accept = property(lambda self: AT_ONCE, lambda self, _one: None)


class Worker(ggevent.GeventWorker):
    def run(self):
        ggevent.StreamServer = Server  # there is no setting for it
        super().run()
