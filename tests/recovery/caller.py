"""One of the cast with a client of her own that sends until it is answered, as the outbox of the pages does."""
import http.client
import io
import secrets
import time
from contextlib import closing
from urllib.parse import urlencode

from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from support.database import db
from support.people import sign_ins
from support.people.person import Person

MESSAGE = "text/vnd.switchboard.message+html"
BROKEN = (OSError, http.client.HTTPException)


class Caller:
    """Each request has a connection of its own; one that breaks raises one of BROKEN."""

    def __init__(self, server, key: str):
        self.server, self.key = server, key
        with server.app.app_context():
            self.token = sign_ins.begin(db.session.get(Person, server.app.extensions["cast"][key]), device="test")[1]

    def get(self, path: str):
        return self._ask("GET", path)

    def post(self, path: str, accept="text/html", **fields):
        """(status, address it leads to, body)."""
        return self._ask("POST", path, urlencode(fields), accept)

    def writes(self, path: str, body: str, client_id: str | None = None, **fields):
        """One message as the composer sends it; (status, its partial or the reason)."""
        status, _location, text = self.post(path, MESSAGE, body=body, client_id=client_id or fresh(), **fields)
        return status, text

    def asks(self, subject: str, channel="chat", client_id: str | None = None, topic="orders") -> int | None:
        """A question by the form of the portal; the id of its ticket, or None for another answer than a page."""
        status, location, _text = self.post("/ask", subject=subject, body=f"{subject}, please", topic=topic, channel=channel, client_id=client_id or fresh())
        return int(location.rsplit("/", 1)[1]) if status == 303 else None

    def uploads(self, path: str, name: str, content: str, **fields):
        """A form with a file in it; the same answer."""
        boundary, body = encode_multipart({**fields, "file": FileStorage(io.BytesIO(content.encode()), name)})
        return self._ask("POST", path, body, kind=f"multipart/form-data; boundary={boundary}")

    def _ask(self, method, path, body=None, accept="text/html", kind="application/x-www-form-urlencoded"):
        headers = {"Cookie": f"switchboard={self.token}", "Sec-Fetch-Site": "same-origin", "Accept": accept}
        if body is not None:
            headers["Content-Type"] = kind
        line = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=15)
        with closing(line):
            line.request(method, path, body, headers)
            answer = line.getresponse()
            return answer.status, answer.getheader("Location", ""), answer.read().decode()


def fresh() -> str:
    return secrets.token_hex(16)


def until(true, what: str, seconds: float = 30):
    """Wait for something that comes by itself; returns it. The last look begins when the time is over, however long a look takes."""
    end = time.monotonic() + seconds
    while True:
        over = time.monotonic() > end
        if found := true():
            return found
        assert not over, f"not within {seconds} s: {what}"
        time.sleep(0.05)
