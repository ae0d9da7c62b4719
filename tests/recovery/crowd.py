"""A crowd under load: writers that send until they are answered, as the outbox of the pages does, and open pages that move when they are told."""
import random
import threading
import time

from simple_websocket import ConnectionClosed
from simple_websocket import ConnectionError as Refused

from tests.recovery.caller import BROKEN, Caller, fresh
from tests.wire import Client

AGAIN = (502, 503, 504)


class Crowd:
    """Threads: some write numbered messages into one question each, some hold a socket. `stop()` returns when all have what they wanted."""

    def __init__(self, server, writers: int, sockets: int, pause: float = 0.05):
        self.server, self.pause = server, pause
        self.stopping = threading.Event()
        self.acknowledged: dict[int, list[str]] = {}
        self.failed: list[object] = []  # tries that were refused or broke; each was tried again
        self.waits: list[float] = []
        self.moved, self.open, self.opened, self.refused = 0, 0, 0, []
        self.ports: dict[int, int] = {}  # of the sockets that are open: the port at this end, and which socket it is
        self.lock = threading.Lock()
        callers = [Caller(server, ("maja", "odile")[nth % 2]) for nth in range(writers)]
        self.tickets = {caller.asks(f"Load {nth}", channel="form"): caller for nth, caller in enumerate(callers)}
        threads = [threading.Thread(target=self._write, args=item, daemon=True) for item in self.tickets.items()]
        self.pages = [threading.Thread(target=self._listen, args=(callers[nth % writers].token,), daemon=True) for nth in range(sockets)]
        self.writers = threads
        for thread in [*threads, *self.pages]:
            thread.start()

    def stop(self) -> None:
        self.stopping.set()
        for thread in [*self.writers, *self.pages]:
            thread.join(60)
            assert not thread.is_alive(), "somebody never got an answer"

    def _write(self, ticket_id: int, caller: Caller) -> None:
        number = 0
        while not self.stopping.is_set():
            number += 1
            body, client_id = f"number {number}", fresh()
            while (status := self._try(caller, ticket_id, body, client_id)) != 201:
                with self.lock:
                    self.failed.append(status)
                time.sleep(0.2)
            self.acknowledged.setdefault(ticket_id, []).append(body)
            time.sleep(self.pause)

    def _try(self, caller, ticket_id, body, client_id):
        began = time.monotonic()
        try:
            return caller.writes(f"/questions/{ticket_id}/messages", body, client_id)[0]
        except BROKEN as error:
            return type(error).__name__
        finally:
            with self.lock:
                self.waits.append(time.monotonic() - began)

    def _listen(self, token: str) -> None:
        address = f"{self.server.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket"
        while not self.stopping.is_set():
            try:
                socket = Client(address, headers={"Origin": self.server.url, "Cookie": f"switchboard={token}"})
                socket.send("40")
                port = socket.sock.getsockname()[1]
            except (OSError, Refused, ConnectionClosed) as error:
                with self.lock:
                    self.refused.append(type(error).__name__)
                time.sleep(random.uniform(0.1, 0.5))
                continue
            self._hear(socket, port)

    def _hear(self, socket, port: int) -> None:
        with self.lock:
            self.open += 1
            self.opened += 1
            self.ports[port] = self.opened
        try:
            while not self.stopping.is_set():
                frame = socket.receive(timeout=0.5)
                if frame == "2":
                    socket.send("3")
                if frame and frame.startswith('42["move"'):
                    with self.lock:
                        self.moved += 1
                    time.sleep(random.uniform(0.1, 0.5))
                    break
            socket.close()
        except ConnectionClosed:
            pass
        finally:
            with self.lock:
                self.open -= 1
                self.ports.pop(port, None)
