"""The one place that turns errors into HTTP answers: a page for people, JSON for scripts, and never the inside."""
import errno

import structlog
from flask import Flask, current_app, g, jsonify, render_template, request
from flask_babel import lazy_gettext as _l
from markupsafe import escape
from sqlalchemy import inspect
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from werkzeug.exceptions import HTTPException

from support.database import is_outage
from support.errors import Crowded, Invalid, Stale, SwitchboardError, TooMany, Unavailable
from support.people.person import NOBODY

log = structlog.get_logger(__name__)

TITLES = {
    400: _l("We could not read that"),
    401: _l("Please sign in"),
    403: _l("You cannot do this"),
    404: _l("We cannot find that"),
    405: _l("We cannot find that"),
    409: _l("Somebody was faster"),
    413: _l("That is too much at once"),
    422: _l("Some answers need another look"),
    429: _l("Too many tries"),
    503: _l("This is not available right now"),
}
SENTENCES = {
    400: _l("Go back and try again."),
    403: _l("Your role does not allow this. Ask an administrator if you need it."),
    404: _l("The address may be wrong, or what was here is gone."),
    405: _l("The address may be wrong, or what was here is gone."),
    413: _l("Shorten it and send it again."),
}
NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)  # of a disk: it is full, this account may have no more of it, no file may be so large
RETRY = 5  # seconds after which a database that restarts may answer again
BROKEN_TITLE = _l("Something went wrong on our side")


class SignInNeeded(SwitchboardError):
    """A script or a form of somebody whose sign-in has ended."""

    status = 401
    sentence = _l("Your sign-in has ended. Sign in again in another tab; nothing you wrote is lost.")

    def __init__(self, door: str):
        super().__init__()
        self.door = door


class NotKnown(SwitchboardError):
    """Somebody in the embedded chat whose bearer token opens nothing any more."""

    status = 401
    sentence = _l("We do not know you here any more. Begin anew; what you asked before is kept, and our answer comes by mail.")


class Foreign(SwitchboardError):
    """A request that another site caused."""

    status = 403
    sentence = _l("This request did not come from our own page. Reload the page and try again.")


def init_app(app: Flask, settings) -> None:
    app.register_error_handler(SwitchboardError, _known)
    app.register_error_handler(IntegrityError, _overtaken)
    app.register_error_handler(SQLAlchemyError, _database)
    app.register_error_handler(OSError, _disk)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unknown)


def wants_json() -> bool:
    """Whether the answer is for a script. A browser that loads a page names text/html first."""
    return request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json"


def _known(error: SwitchboardError):
    if error.status >= 500:
        _ask_no_more()
        if not isinstance(error, Crowded):  # those are counted, and many
            log.error("unavailable", error=type(error).__name__, cause=type(error.__cause__).__name__)
    elif error.status in (403, 404) and request.method not in ("GET", "HEAD"):
        # Somebody tried to change what is not theirs; pages alone are asked for by mistake all the time.
        log.warning("change refused", endpoint=request.endpoint, status=error.status, person_id=g.get("me", NOBODY).id)
    errors = error.errors if isinstance(error, Invalid) else {}
    headers = {"Retry-After": str(error.retry_after)} if isinstance(error, (TooMany, Unavailable)) else {}
    if isinstance(error, Crowded):
        headers["X-Crowded"] = "yes"
    return _answer(error.status, str(error.sentence), errors, headers, getattr(error, "door", None), "shared/crowded.html" if isinstance(error, Crowded) else "shared/error.html")


def _overtaken(error: IntegrityError):
    """Two people stored the same thing at once and the database let one of them: the other may look and try again."""
    log.info("overtaken", endpoint=request.endpoint)
    return _known(Stale())


def _database(error: SQLAlchemyError):
    """A database that is gone, full or too slow is no fault of this request, which may come again; a statement of ours that is wrong is."""
    if not is_outage(error):
        return _unknown(error)
    log.error("the database does not answer", endpoint=request.endpoint, exc_info=error)
    refused = Unavailable(retry_after=RETRY)
    refused.__cause__ = error
    return _known(refused)


def _disk(error: OSError):
    """A disk without room is no fault of this request either; what was begun on it stays unfinished and is found by nobody."""
    if error.errno not in NO_ROOM:
        return _unknown(error)
    log.error("the disk is full", endpoint=request.endpoint)
    refused = Unavailable()
    refused.__cause__ = error
    return _known(refused)


def _http(error: HTTPException):
    if error.code is None or error.response is not None:
        return error  # a redirect or a ready answer
    if error.code >= 500:
        return _unknown(error)
    keep = {name: value for name, value in error.get_headers() if name in ("Allow", "Retry-After")}
    return _answer(error.code, str(SENTENCES.get(error.code, SENTENCES[400])), {}, keep)


def _unknown(error: Exception):
    _ask_no_more()
    log.exception("failed", endpoint=request.endpoint)
    return _answer(500, str(SwitchboardError.sentence), {}, {})


def _answer(status: int, sentence: str, errors: dict, headers: dict, door: str | None = None, template: str = "shared/error.html"):
    if wants_json():
        body = jsonify(error=sentence, errors={name: str(told) for name, told in errors.items()}, reference=g.get("request_id"))
        return body, status, headers
    title = TITLES.get(status, BROKEN_TITLE if status >= 500 else TITLES[400])
    page = {"status": status, "title": title, "sentence": sentence, "errors": errors, "reference": g.get("request_id"), "door": door, "wait": _seconds(headers)}
    return _page(template, page) if status < 500 else _page_or_text(template, page), status, headers


def _ask_no_more() -> None:
    """From here on the profile of the shop is taken as it was last, and what is known of whoever asks is not looked up again: the database may be what is broken, or slow."""
    g.failed = True
    g.setdefault("me", NOBODY)
    g.setdefault("sign_in", None)
    known = inspect(g.get("me"), raiseerr=False)
    if known is not None and known.expired:
        g.me, g.sign_in = NOBODY, None


def _seconds(headers: dict) -> int | None:
    """When trying again makes sense, where that is known as a number of seconds."""
    told = headers.get("Retry-After", "")
    return max(1, int(told)) if told.isdigit() else None


def _page(template: str, page: dict) -> str:
    door = current_app.view_functions.get(request.endpoint or "")
    return render_template("shared/error_embedded.html" if getattr(door, "embedded", False) else template, **page)


def _page_or_text(template: str, page: dict) -> str:
    """Pages of failures ask the database nothing. Whoever is known keeps his frame; if it cannot be drawn any more, that of nobody; else the sentence alone."""
    try:
        return _page(template, page)
    except Exception:
        log.exception("the error page failed")
    g.me, g.sign_in = NOBODY, None
    try:
        return _page(template, page)
    except Exception:
        log.exception("the error page failed for nobody too")
        return str(escape(f"{page['title']}. {page['sentence']} ({page['reference']})"))
