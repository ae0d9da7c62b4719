"""“The page of X” as an absolute address. Rooms register theirs, so that a mail never names a route."""
from collections.abc import Callable

from flask import current_app


def init_app(app, settings) -> None:
    app.extensions["links"] = {}


def register(app, kind: str, address: Callable[..., str]) -> None:
    """`address(**particulars)` gives a path such as `url_for(...)`; called inside an application context."""
    app.extensions["links"][kind] = address


def to(kind: str, **particulars) -> str:
    """Absolute address of a page, always under the setting BASE_URL, whatever Host a request claims."""
    base = current_app.config["SETTINGS"].base_url
    with current_app.test_request_context(base_url=base):
        path = current_app.extensions["links"][kind](**particulars)
    return base + path


def path(kind: str, **particulars) -> str:
    """The same page as a path, for going there from another page of ours."""
    return current_app.extensions["links"][kind](**particulars)
