"""A line to PostgreSQL that can be made slow, as Toxiproxy would: what comes in at a port goes out at the server's socket, each way as much later as it is told."""
import socket
import threading
import time
from pathlib import Path
from urllib.parse import parse_qs, urlsplit


class SlowLine:
    """`url` leads through it; `delay` is seconds for each piece from the program to the server."""

    def __init__(self, url: str):
        parts = urlsplit(url)
        self.server = str(Path(parse_qs(parts.query)["host"][0]) / ".s.PGSQL.5432")
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=200)
        self.url = f"postgresql+psycopg://postgres@127.0.0.1:{self.listener.getsockname()[1]}{parts.path}"
        self.delay, self.open = 0.0, 0
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self.listener.close()

    def _accept(self) -> None:
        while True:
            try:
                near = self.listener.accept()[0]
            except OSError:
                return
            far = socket.socket(socket.AF_UNIX)
            far.connect(self.server)
            self.open += 1
            threading.Thread(target=self._carry, args=(near, far, True), daemon=True).start()
            threading.Thread(target=self._carry, args=(far, near, False), daemon=True).start()

    def _carry(self, source, target, slowly: bool) -> None:
        try:
            while piece := source.recv(65_536):
                if slowly and self.delay:
                    time.sleep(self.delay)
                target.sendall(piece)
        except OSError:
            pass
        finally:
            self.open -= slowly
            for end in (source, target):
                try:
                    end.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass
