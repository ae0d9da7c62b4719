"""What the tests of the embedded chat share: its settings, the shop's signature, a frame that shows a token."""
import secrets

import jwt

from support import clock

SITE = "https://shop.example"
SECRET = "shared-between-the-two-servers-0123456789"
ON = [{"embed_origins": (SITE,), "embed_secret": SECRET}]


def voucher(secret: str = SECRET, algorithm: str = "HS256", **claims) -> str:
    """What the shop's server signs for its customer Maja; `claims` change or (None) leave out some."""
    at = int(clock.now().timestamp())
    said = {
        "aud": "switchboard-embed", "sub": "4711", "email": "maja@mail.example", "name": "Maja Lindqvist", "iat": at, "exp": at + 300, "jti": secrets.token_hex(16), **claims,
    }
    return jwt.encode({name: value for name, value in said.items() if value is not None}, secret, algorithm=algorithm)


class Frame:
    """The frame as the server sees it: no cookies, a bearer token once it has one."""

    def __init__(self, app, token: str = ""):
        self.client, self.token = app.test_client(use_cookies=False), token
        self.client.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"

    def ask(self, path: str, data=None, **headers):
        known = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        answer = self.client.open(path, method="GET" if data is None else "POST", data=data, headers={**known, **headers})
        assert "Set-Cookie" not in answer.headers
        self.token = answer.headers.get("X-Bearer", self.token)
        return answer

    def introduce(self, email: str = "zoe@mail.example", name: str = "Zoe"):
        return self.ask("/embed/visitor", {"name": name, "email": email})

    def recognise(self, token: str):
        return self.ask("/embed/customer", {"token": token}, Accept="application/json")

    def question(self, body: str = "Is the blue tent waterproof?", client_id: str = "client-frame-0001", channel: str = "form") -> str:
        """Ask; the address of the question."""
        answer = self.ask("/embed/ask", {"body": body, "topic": "orders", "channel": channel, "client_id": client_id})
        assert answer.status_code == 303, answer.text
        return answer.location
