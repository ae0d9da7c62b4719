"""FLT-21: many times what the machine carries. The excess is refused cleanly and told when to come again, nobody's loudness is another one's silence, nothing acknowledged is lost."""
import http.client
import itertools
import threading
import time
from collections import Counter
from contextlib import closing
from urllib.parse import urlencode

from sqlalchemy import select

from support.database import db
from support.tickets.models import Conversation, Message
from tests.recovery.caller import BROKEN, MESSAGE, Caller, fresh, until

LOUD, READERS = 20, 60  # threads without a pause, which never wait as they are told: of one customer who writes, and of strangers who read; two of them are all that the machine can do at once
SECONDS, FIRST = 40, 14  # of the rush; a short one is waited out, so its beginning is not judged
REFUSALS = {429, 503}
SOON = 2.0  # seconds within which nearly everybody who is let in is answered
BASELINE = 60  # seconds after which it is as it was before


class Flood:
    """What was asked of one server, and how it was answered: (who, when, status, Retry-After, seconds)."""

    def __init__(self, server):
        self.server, self.answers, self.stored, self.stopping, self.began = server, [], {}, threading.Event(), 0.0
        callers = {key: Caller(server, key) for key in ("maja", "odile")}
        self.tickets = {key: caller.asks("Under water", "form") for key, caller in callers.items()}
        self.tokens = {key: caller.token for key, caller in callers.items()}
        self.threads = [threading.Thread(target=self._write, args=("maja", 0.0), daemon=True) for _nth in range(LOUD)]
        self.threads += [threading.Thread(target=self._read, daemon=True) for _nth in range(READERS)]
        self.threads.append(threading.Thread(target=self._write, args=("odile", 3.0), daemon=True))

    def runs_for(self, seconds: float) -> None:
        self.began = time.monotonic()
        for thread in self.threads:
            thread.start()
        self.stopping.wait(seconds)
        self.stopping.set()
        for thread in self.threads:
            thread.join(90)
            assert not thread.is_alive(), "somebody never got an answer"

    def _write(self, key: str, pause: float) -> None:
        for nth in itertools.count():
            if self.stopping.is_set():
                return
            body, name = f"{key} {threading.get_ident()} {nth}", fresh()
            while (status := self.ask(key, "POST", f"/questions/{self.tickets[key]}/messages", urlencode({"body": body, "client_id": name}))) != 201 and not self.stopping.is_set():
                pass
            if status == 201:
                self.stored.setdefault(key, []).append(body)
            self.stopping.wait(pause)

    def _read(self) -> None:
        for nth in itertools.count():
            if self.stopping.is_set():
                return
            self.ask(None, "GET", ("/", f"/answers?q=tent+pole+{nth}", "/products")[nth % 3])

    def ask(self, key: str | None, method: str, path: str, body: str | None = None) -> int | str:
        began, headers = time.monotonic(), {"Sec-Fetch-Site": "same-origin", "Accept": MESSAGE if body else "text/html"}
        if key:
            headers["Cookie"] = f"switchboard={self.tokens[key]}"
        if body:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        status, again = "", None
        try:
            with closing(http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=60)) as line:
                line.request(method, path, body, headers)
                answer = line.getresponse()
                answer.read()
                status, again = answer.status, answer.getheader("Retry-After")
        except BROKEN as error:
            status = type(error).__name__
        self.answers.append((key, began - self.began, status, again, time.monotonic() - began))
        return status


def messages(server, ticket_id: int) -> list[str]:
    query = select(Message.body).join(Conversation, Conversation.id == Message.conversation_id).where(Conversation.ticket_id == ticket_id, Message.seq > 1)
    with server.app.app_context():
        db.session.rollback()
        return list(db.session.scalars(query))


def test_FLT_21_too_much_is_refused_with_a_time_who_is_let_in_is_served_soon_and_nobody_pays_for_the_loud(live):
    flood = Flood(live)
    flood.runs_for(SECONDS)
    kinds = Counter(status for _key, _when, status, _again, _seconds in flood.answers)
    accepted = sorted(seconds for _key, when, status, _again, seconds in flood.answers if status not in REFUSALS and when > FIRST)
    late = accepted[int(len(accepted) * 0.95)]
    print(f"{len(flood.answers) / SECONDS:.0f} requests a second: {dict(kinds)}; let in after the beginning: {len(accepted)}, median {accepted[len(accepted) // 2]:.2f} s, p95 {late:.2f} s, longest {accepted[-1]:.2f} s")
    print({key: len(bodies) for key, bodies in flood.stored.items()}, [round(s, 1) for k, _w, _st, _a, s in flood.answers if k == "odile"])
    assert set(kinds) <= {200, 201, *REFUSALS}, f"answered or cleanly refused: {kinds}"
    assert kinds[429] and kinds[503] and all(again and int(again) > 0 for _key, _when, status, again, _seconds in flood.answers if status in REFUSALS), "each refusal says when to come again"
    assert late < SOON
    assert not [1 for key, _when, status, _again, _seconds in flood.answers if key == "odile" and status in REFUSALS], "she pays for nobody"
    assert len(flood.stored["odile"]) > 1
    for key, ticket_id in flood.tickets.items():
        have = messages(live, ticket_id)
        assert set(flood.stored[key]) <= set(have) and len(have) == len(set(have)), "each acknowledged message once"
    until(lambda: flood.ask("odile", "GET", f"/questions/{flood.tickets['odile']}") == 200 and flood.answers[-1][-1] < 1, "as before", BASELINE)
