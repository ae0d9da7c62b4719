"""For those who run it: `/healthz` (alive), `/readyz` (fit to serve), `/metrics` (figures for Prometheus)."""
import hmac
import time

import structlog
from flask import Blueprint, Flask, Response, current_app, g, request
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily
from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError

from support.clock import now
from support.database import db
from support.errors import NotFound, Unavailable
from support.events import Delivery, Event
from support.web import crowd
from support.web.errors import RETRY
from support.web.figures import Figures
from support.web.identity import EVERYBODY, allow
from support.web.pulse import DEAF

bp = Blueprint("watching", __name__)
log = structlog.get_logger(__name__)

WITHOUT_DATABASE = ("watching", "assets")  # blueprints that answer whatever happens
SLOW = 1.0  # seconds; changes are logged always, pages when somebody had to wait


def init_app(app: Flask, settings) -> None:
    figures = app.extensions["figures"] = Figures(app.extensions.get("bus"))
    registry = figures.registry
    app.extensions["metrics"] = {
        "requests": Counter("switchboard_requests", "Answers by endpoint and status", ["endpoint", "status"], registry=registry),
        "seconds": Histogram("switchboard_request_seconds", "Time to answer", ["endpoint"], registry=registry),
        "catch_ups": Counter("switchboard_catch_ups", "Fetches of what is newer than what a page has", ["endpoint"], registry=registry),
    }
    relay = app.extensions["relay"]
    for figure in (relay.tried, relay.hinted, relay.failed, app.extensions["live"].gate.refused, app.extensions["crowd"].refused, *(Asked(app, *row) for row in ASKED)):
        registry.register(figure)
    app.before_request(_start)
    app.after_request(_count)
    app.register_blueprint(bp)


class Asked:
    """A figure that is looked up when somebody wants it."""

    def __init__(self, app: Flask, name: str, about: str, ask, label: str = ""):
        self.app, self.name, self.about, self.ask, self.label = app, name, about, ask, label

    def describe(self):
        return []

    def collect(self):
        family, found = GaugeMetricFamily(self.name, self.about, labels=[self.label] if self.label else []), self.ask(self.app)
        for word, value in found.items() if self.label else [(None, found)]:
            family.add_metric([word] if self.label else [], value)
        return [family]


def _pool(app: Flask) -> dict[str, float]:
    with app.app_context():
        pool = db.engine.pool
        return {"used": pool.checkedout(), "idle": pool.checkedin()}


def _deaf(app: Flask) -> dict[str, float]:
    deaf = app.extensions["pulse"].deaf()
    return {part: float(part in deaf) for part in DEAF}


ASKED = (
    ("switchboard_sockets", "Open sockets of this process: connected clients", lambda app: len(app.extensions["live"].sockets)),
    ("switchboard_loop_lag_seconds", "By how much the last look of this process came late", lambda app: app.extensions["figures"].lag),
    ("switchboard_hints_lost", "Hints this process could not say through Redis", lambda app: getattr(app.extensions["live"].queue, "lost", 0)),
    ("switchboard_pool_connections", "Connections to the database of this process", _pool, "state"),
    ("switchboard_deaf", "1 for a part that this process has not heard for too long", _deaf, "part"),
)


def _start() -> None:
    g.started = time.perf_counter()
    if "database" in current_app.extensions["pulse"].deaf() and request.blueprint not in WITHOUT_DATABASE:
        raise Unavailable(retry_after=RETRY)  # nobody waits in a line that does not move
    crowd.enter()


def _count(response):
    metrics, endpoint = current_app.extensions["metrics"], request.endpoint or "none"
    metrics["requests"].labels(endpoint, response.status_code).inc()
    if "after" in request.args and request.method == "GET":
        metrics["catch_ups"].labels(endpoint).inc()
    if "started" in g:
        seconds = time.perf_counter() - g.started
        metrics["seconds"].labels(endpoint).observe(seconds)
        if request.method not in ("GET", "HEAD") or seconds > SLOW:
            log.info("answered", endpoint=endpoint, status=response.status_code, milliseconds=round(seconds * 1000))
    return response


@bp.get("/healthz")
@allow(*EVERYBODY)
def healthz():
    """The process answers."""
    return Response("ok\n", mimetype="text/plain")


@bp.get("/readyz")
@allow(*EVERYBODY)
def readyz():
    """The database answers and fits this version, this process hears itself through Redis where there is one, and is not about to end; otherwise 503 and which not."""
    pulse = current_app.extensions["pulse"]
    deaf = pulse.deaf() if pulse.beating else [name for name, ask in (("database", _ask_database), ("redis", _ask_redis)) if not _answers(ask)]
    if "database" not in deaf and not _fits():
        deaf.append("schema")
    if current_app.extensions["live"].gate.closed and not deaf:
        deaf = ["ending"]
    return Response(f"not ready: {', '.join(deaf)}\n" if deaf else "ready\n", status=503 if deaf else 200, mimetype="text/plain")


@bp.get("/metrics")
@allow(*EVERYBODY)
def metrics():
    """Figures of all processes and of the outbox; for this machine, or with the bearer token of the settings."""
    token = current_app.config["SETTINGS"].metrics_token
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not (hmac.compare_digest(given.encode(), token.encode()) if token else _is_from_here()):
        crowd.wait()
        raise NotFound()
    return Response(generate_latest(current_app.extensions["figures"]) + generate_latest(_of_the_database()), mimetype="text/plain; version=0.0.4")


def _is_from_here() -> bool:
    """Whether a program of this machine asks. A proxy here, also one nobody has told us of, asks for others: it says so, and what it says of them is not believed."""
    return request.remote_addr in ("127.0.0.1", "::1") and not any(name in request.headers for name in ("X-Forwarded-For", "X-Real-IP", "Forwarded"))


def _of_the_database() -> CollectorRegistry:
    """Figures that are the same for all processes; none of them when the database does not answer."""
    registry = CollectorRegistry()
    try:
        oldest = db.session.scalar(select(func.min(Event.recorded_at)).where(Event.position.is_(None)))
        states = dict(db.session.execute(select(Delivery.state, func.count()).where(Delivery.state != "done").group_by(Delivery.state)).all())
        failing = db.session.scalar(select(func.count()).select_from(Delivery).where(Delivery.state == "due", Delivery.attempts > 0, Delivery.error.is_not(None)))
    except SQLAlchemyError:
        return registry
    Gauge("switchboard_outbox_age_seconds", "Age of the oldest event without a position", registry=registry).set((now() - oldest).total_seconds() if oldest else 0)
    Gauge("switchboard_deliveries_failing", "Deliveries that failed at least once and are not done", registry=registry).set(failing)
    undone = Gauge("switchboard_deliveries", "Deliveries not done, by state", ["state"], registry=registry)
    for state, count in {"due": 0, **states}.items():
        undone.labels(state).set(count)
    return registry


def _answers(ask) -> bool:
    try:
        ask()
    except Exception:  # whatever it is: a part that raises is a part that does not answer
        return False
    return True


def _ask_database() -> None:
    db.session.execute(text("SELECT 1"))


def _fits() -> bool:
    """Whether the database fits this version. Once it did, it does: a newer version may change it while this one still serves."""
    known = current_app.extensions["metrics"]
    known["fits"] = known.get("fits") or _answers(_ask_schema)
    return known["fits"]


def _ask_schema() -> None:
    if not current_app.extensions["schema_fits"]():
        raise Unavailable()


def _ask_redis() -> None:
    client = current_app.extensions.get("bus")
    if client is not None:
        client.ping()
