"""gunicorn's worker with threads, as the default size runs it."""
from gunicorn.workers.gthread import ThreadWorker


class Worker(ThreadWorker):
    """Parts from a client in the thread that served it.

    gunicorn does so in the thread that lets everybody in, and waits there up to two seconds for a client that does not close its own end: twenty of
    those, and nobody else comes in for most of a minute.
    """

    def handle(self, conn):
        goes_on = super().handle(conn)
        if not goes_on:
            conn.close(graceful=True)
            conn.close = lambda graceful=False: None  # it is, when the other thread comes to it
        return goes_on
