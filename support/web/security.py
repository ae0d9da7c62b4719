"""What every answer carries and every request must pass: headers, cross-site check, request id, true client address."""
import secrets

import structlog
from flask import Flask, current_app, g, request
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import BaseConverter, IntegerConverter

from support.people.person import NOBODY
from support.web import assets, crowd
from support.web.errors import Foreign

SAFE = ("GET", "HEAD", "OPTIONS")
YEAR = 365 * 86400
LARGEST = 2**31 - 1  # what a key in the database can be; beyond it an address names nothing

log = structlog.get_logger(__name__)


class Key(IntegerConverter):
    """`<int:…>` of every address: numbers that no row can have are not found, before the database is asked."""

    def __init__(self, map, fixed_digits=0, min=None, max=LARGEST, signed=False):
        super().__init__(map, fixed_digits, min, max, signed)


class Name(BaseConverter):
    """`<…>` of every address: no name holds a NUL, and not every database can be asked for one."""

    regex, part_isolating = "[^/\0]+", True


def init_app(app: Flask, settings) -> None:
    app.url_map.converters |= {"int": Key, "default": Name}
    app.config["MAX_CONTENT_LENGTH"] = settings.request_megabytes * 1024 * 1024
    app.config["MAX_FORM_MEMORY_SIZE"] = app.config["MAX_CONTENT_LENGTH"]
    app.extensions["headers"] = _headers(settings)
    # Flask's own session carries nothing but the sentence shown after a step; it is no sign-in.
    app.config.update(
        SECRET_KEY=settings.secret_key, SESSION_COOKIE_NAME="__Host-flash" if settings.secure else "flash", SESSION_COOKIE_SECURE=settings.secure,
        SESSION_COOKIE_HTTPONLY=True, SESSION_COOKIE_SAMESITE="Lax", SESSION_COOKIE_PATH="/",
    )
    if settings.trusted_proxies:
        # Only the scheme and the client come from proxies; the host never does: links use BASE_URL.
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.trusted_proxies, x_proto=settings.trusted_proxies, x_host=0)
    app.before_request(_begin)
    app.before_request(lambda: _refuse_foreign(settings))
    app.after_request(lambda response: _finish(response, app.extensions["headers"]))


def is_own(headers, base_url: str) -> bool:
    """Whether a request with these headers was caused by one of our own pages.

    Browsers name the relation in Sec-Fetch-Site; where they do not (plain http), the Origin must be ours. Neither can be
    set by a foreign page, so forms need no tokens that could go stale in a pushed partial.
    """
    relation = headers.get("Sec-Fetch-Site")
    if relation is not None:
        return relation == "same-origin"
    return headers.get("Origin") == base_url


def may_be_framed(response, origins: tuple[str, ...]):
    """Let pages of these sites, and our own, show this answer in a frame. Everything else refuses to be framed."""
    g.framed = True
    policy, around = current_app.extensions["headers"]["Content-Security-Policy"], " ".join(["'self'", *origins])
    response.headers["Content-Security-Policy"] = policy.replace("frame-ancestors 'none'", f"frame-ancestors {around}")
    return response


def _begin() -> None:
    g.request_id = secrets.token_hex(8)
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.request_id)


def _refuse_foreign(settings) -> None:
    if request.method not in SAFE and not is_own(request.headers, settings.base_url):
        crowd.wait()
        log.warning("foreign request refused", endpoint=request.endpoint)
        raise Foreign()


def _headers(settings) -> dict[str, str]:
    scheme, host = settings.base_url.split("://", 1)
    socket = f"{'wss' if scheme == 'https' else 'ws'}://{host.split('/')[0]}"
    policy = {
        "default-src": "'self'",
        "script-src": " ".join(["'self'", *assets.script_hashes()]),
        "style-src": " ".join(["'self'", *assets.style_hashes()]),
        "img-src": "'self' data:",
        "connect-src": f"'self' {socket}",
        "object-src": "'none'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
        "form-action": "'self'",
    }
    headers = {
        "Content-Security-Policy": "; ".join(f"{name} {value}" for name, value in policy.items()),
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    if settings.secure:
        headers["Strict-Transport-Security"] = f"max-age={YEAR}; includeSubDomains"
    return headers


def _finish(response, headers: dict[str, str]):
    for name, value in headers.items():
        if name != "X-Frame-Options" or not g.get("framed"):  # it knows no list of sites; the policy does
            response.headers.setdefault(name, value)
    response.headers["X-Request-Id"] = g.get("request_id", "")
    if not _is_static() or response.status_code >= 400:
        # What one person saw must not come out of a cache for the next one at the same machine.
        personal = g.get("me", NOBODY) is not NOBODY or "token" in (request.view_args or {})
        response.headers["Cache-Control"] = "no-store" if personal else "private, no-cache"
        response.headers.add("Vary", "Cookie")
    return response


def _is_static() -> bool:
    return request.endpoint is not None and (request.endpoint == "static" or request.endpoint.endswith(".static"))
