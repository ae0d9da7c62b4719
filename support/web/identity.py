"""Who is asking, and what each route allows. Every route of the product carries `@allow(...)`.

    @bp.get("/board")
    @allow("supervisor", "administrator")
    def board(): ...
"""
import ipaddress
import secrets
from datetime import timedelta
from functools import wraps
from urllib.parse import urlencode

import structlog
from flask import Flask, current_app, g, has_request_context, redirect, request, url_for
from sqlalchemy.exc import SQLAlchemyError

from support import clock
from support.errors import NotAllowed, NotFound
from support.people import sign_ins
from support.people.person import ADMINISTRATOR, AGENT, CUSTOMER, GUEST, NOBODY, NOBODY_ROLE, STAFF, SUPERVISOR
from support.web.errors import NotKnown, SignInNeeded

EVERYBODY = (NOBODY_ROLE, GUEST, CUSTOMER, AGENT, SUPERVISOR, ADMINISTRATOR)
VISITOR_DAYS = 365

log = structlog.get_logger(__name__)


def init_app(app: Flask, settings) -> None:
    app.extensions["sign_in_pages"] = {}
    app.after_request(_keep_cookies)
    app.context_processor(lambda: {"me": me()} if has_request_context() else {})  # mails are written without a request


def sign_in_page(app: Flask, audience: str, endpoint: str) -> None:
    """A front room says where its people sign in; `audience` is "customer" or "staff"."""
    app.extensions["sign_in_pages"][audience] = endpoint


def sign_in_address(audience: str) -> str:
    """Path of the page where customers or staff sign in; the front page while no room has named one."""
    endpoint = current_app.extensions["sign_in_pages"].get(audience)
    return url_for(endpoint) if endpoint else "/"


def me():
    """The Person, Guest or NOBODY of this request or socket; asked of the database once."""
    if "me" not in g:
        embedded = is_embedded()
        g.me, g.sign_in = sign_ins.identify(_bearer() if embedded else request.cookies.get(cookie_name()), embedded)
    return g.me


def is_embedded() -> bool:
    """Whether this request came by a door of the chat on the shop's own site: it knows people by a bearer token, and sees no cookie."""
    return getattr(current_app.view_functions.get(request.endpoint or ""), "embedded", False)


def hold(sign_in_id: int) -> None:
    """Make this event of an open socket its owner's, if the sign-in by which it was opened still stands."""
    g.me, g.sign_in = sign_ins.again(sign_in_id)


def take_token(token: str):
    """Who shows this bearer token as a socket is opened; this event is theirs."""
    wanted = bool(current_app.config["SETTINGS"].embed_origins)
    g.me, g.sign_in = sign_ins.identify(token if wanted else None, embedded=True)
    return g.me


def give_token(token: str) -> None:
    """Make this request its owner's and hand the new bearer token over with the answer."""
    take_token(token)
    g.fresh_bearer = token


def allow(*roles: str, embedded: bool = False):
    """Declare who may use a route. Strangers get the answer of a page that does not exist; whoever could sign in is asked to.

    `embedded` makes it a door of the chat on the shop's own site, which cookies do not open.
    """
    unknown = set(roles) - set(EVERYBODY)
    if unknown or not roles:
        raise ValueError(f"no such role: {', '.join(unknown) or 'none given'}")

    def decorate(view):
        @wraps(view)
        def guarded(*args, **kwargs):
            return view(*args, **kwargs) if me().role in roles else _refuse(roles)

        guarded.roles, guarded.embedded = frozenset(roles), embedded
        return guarded

    return decorate


def check_routes(app: Flask) -> None:
    """Stop the start when a route does not say who may use it."""
    open_routes = sorted(rule.endpoint for rule in app.url_map.iter_rules() if not roles_of(app, rule.endpoint))
    if open_routes:
        raise RuntimeError(f"these routes lack @allow(...): {', '.join(open_routes)}")


def roles_of(app: Flask, endpoint: str) -> frozenset[str]:
    """The roles a route allows; static files are for everybody. Used by the access matrix and the routes listing."""
    if _is_static(endpoint):
        return frozenset(EVERYBODY)
    return getattr(app.view_functions[endpoint], "roles", frozenset())


def signed_in(response, sign_in, token: str):
    """Put a new sign-in's token into the cookie of a response and make this request its owner's."""
    g.me, g.sign_in = sign_ins.identify(token)
    g.fresh_token = token
    return response


def signed_out(response):
    """Take the cookie away; the row was ended before."""
    g.pop("fresh_token", None)
    g.me, g.sign_in, g.forget = NOBODY, None, True
    if current_app.config["SETTINGS"].secure:  # browsers obey over https only: drafts of one person are not for the next
        response.headers["Clear-Site-Data"] = '"storage"'
    return response


def cookie_name(base: str = "switchboard") -> str:
    """`__Host-` over https; plain only where BASE_URL is http, which the settings allow on private addresses alone."""
    return f"__Host-{base}" if current_app.config["SETTINGS"].secure else base


def set_cookie(response, base: str, value: str, seconds: int) -> None:
    """A cookie of ours: whole site, this host only, not for scripts, not sent along from other sites' forms."""
    secure = current_app.config["SETTINGS"].secure
    response.set_cookie(cookie_name(base), value, max_age=seconds, path="/", secure=secure, httponly=True, samesite="Lax")


def visitor() -> str:
    """A random name for this browser, for opinions without sign-in. Sets a cookie when it is new; an embedded chat names itself."""
    if "visitor" not in g:
        known = request.headers.get("X-Visitor", "") if is_embedded() else request.cookies.get(cookie_name("visitor"), "")
        g.visitor = known if len(known) == 22 and known.replace("-", "").replace("_", "").isalnum() else None
        if g.visitor is None:
            g.visitor = g.new_visitor = secrets.token_urlsafe(16)
    return g.visitor


def client() -> str:
    """The client's address, for limits. Forwarded headers count only from configured proxies (see `security`)."""
    address = request.remote_addr or "unknown"
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return address
    if known.version == 4 or known.ipv4_mapped:
        return str(known)
    # One household has billions of IPv6 addresses; it is one client all the same.
    return str(ipaddress.ip_network((known, 64), strict=False))


def device() -> str:
    """A few words about the browser, for the list of sign-ins."""
    agent = request.user_agent.string
    browser = next((name for mark, name in BROWSERS if mark in agent), "Browser")
    system = next((name for mark, name in SYSTEMS if mark in agent), "")
    return f"{browser}, {system}" if system else browser


BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrom", "Chrome"), ("Safari", "Safari"))
SYSTEMS = (("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS", "Mac"), ("Linux", "Linux"))


def _refuse(roles):
    person = me()
    log.info("refused", endpoint=request.endpoint, role=person.role, person_id=person.id)
    if is_embedded():
        raise NotKnown()
    if person.is_staff:
        raise NotAllowed()
    for_staff = set(roles) <= set(STAFF)
    if for_staff and person.role != NOBODY_ROLE:
        raise NotFound()
    if CUSTOMER not in roles and not for_staff:
        raise NotFound()
    door = sign_in_address("staff" if for_staff else "customer")
    if request.method not in ("GET", "HEAD") or not _is_page():
        raise SignInNeeded(door)
    here = request.full_path.rstrip("?")
    return redirect(f"{door}?{urlencode({'next': here})}", 303)


def _is_page() -> bool:
    """Whether a browser asks for a whole page, not a script for a piece of one."""
    # Turbo loads pages by script, but asks for them as a browser does; our own scripts ask for text/html alone.
    return request.headers.get("Sec-Fetch-Dest", "document") == "document" or "application/xhtml+xml" in request.headers.get("Accept", "")


def _is_static(endpoint: str) -> bool:
    return endpoint == "static" or endpoint.endswith(".static")


def _bearer() -> str | None:
    shown = request.authorization
    return shown.token if shown is not None and shown.type == "bearer" else None


def _keep_cookies(response):
    if is_embedded():
        return _keep_bearer(response)
    # What caches may give to anybody must name nobody: the next page brings the new token instead.
    if response.cache_control.public or _is_static(request.endpoint or ""):
        return response
    token = g.get("fresh_token")
    if token is None and g.get("sign_in") is not None:
        token = _touched(request.cookies.get(cookie_name(), ""))
    if token is not None:
        left = g.sign_in.expires_at - clock.now()
        set_cookie(response, "switchboard", token, max(1, int(left / timedelta(seconds=1))))
    if g.get("forget"):
        set_cookie(response, "switchboard", "", 0)
    if g.get("new_visitor"):
        set_cookie(response, "visitor", g.new_visitor, VISITOR_DAYS * 86400)
    return response


def _keep_bearer(response):
    if g.get("fresh_bearer"):
        response.headers["X-Bearer"] = g.fresh_bearer
    elif g.get("sign_in") is not None:
        _touched("")  # its token stays the same: an answer that is lost on the way would take a chat away with the new one
    return response


def _touched(token: str) -> str | None:
    """The page is ready by now; a database that cannot note the visit must not take it away."""
    try:
        return sign_ins.touch(g.sign_in, token)
    except SQLAlchemyError as error:
        log.warning("visit not noted", error=type(error).__name__)
        return None
