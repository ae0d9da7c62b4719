"""A mail server in a thread of the test that can fall silent in the middle of a mail."""
import email
import re
import socketserver
import threading
from email.message import Message


class PostOffice:
    """Speaks SMTP. `pauses_at` is None, "data" (nothing of the mail has come yet) or "end" (it has come and is not confirmed)."""

    def __init__(self):
        self.pauses_at, self.mails = None, []
        self.reached, self.closed = threading.Event(), threading.Event()
        office = self

        class Clerk(socketserver.StreamRequestHandler):
            def handle(self):
                try:
                    office._serve(self)
                except OSError:
                    pass  # the sender died

        self.server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Clerk)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"smtp://127.0.0.1:{self.server.server_address[1]}"

    def close(self) -> None:
        self.closed.set()
        self.server.shutdown()
        self.server.server_close()

    def falls_silent(self, point: str) -> None:
        """In the next mail, once."""
        self.reached.clear()
        self.pauses_at = point

    def about(self, ticket_id: int) -> list[Message]:
        return [mail for mail in self.mails if re.search(rf"T-{ticket_id}\b", mail.as_string())]

    def _serve(self, line) -> None:
        say = lambda words: line.wfile.write(words.encode() + b"\r\n")  # noqa: E731
        say("220 here")
        while command := line.rfile.readline().decode(errors="replace").strip().upper():
            if command == "DATA":
                self._take(line, say)
            elif command == "QUIT":
                return say("221 bye")
            else:
                say("250 yes")

    def _take(self, line, say) -> None:
        self._pause("data")
        say("354 go on")
        lines = []
        while (row := line.rfile.readline()) != b".\r\n":
            if not row:
                return  # the sender died: no mail has come, and nothing of the next one's story is ours
            lines.append(row)
        self.mails.append(email.message_from_bytes(b"".join(lines)))
        self._pause("end")
        say("250 taken")

    def _pause(self, point: str) -> None:
        if self.pauses_at == point:
            self.pauses_at = None
            self.reached.set()
            self.closed.wait(60)
