"""For those who run it: `/healthz` (alive), `/readyz` (fit to serve), `/metrics` (figures for Prometheus)."""
import hmac
import time

import structlog
from flask import Blueprint, Flask, Response, current_app, g, request
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from sqlalchemy import func, select, text

from support.clock import now
from support.database import db
from support.errors import NotFound, Unavailable
from support.events import Delivery, Event
from support.web.identity import EVERYBODY, allow

bp = Blueprint("watching", __name__)
log = structlog.get_logger(__name__)

SLOW = 1.0  # seconds; changes are logged always, pages when somebody had to wait


def init_app(app: Flask, settings) -> None:
    registry = CollectorRegistry()
    app.extensions["metrics"] = {
        "registry": registry,
        "requests": Counter("switchboard_requests", "Answers by endpoint and status", ["endpoint", "status"], registry=registry),
        "seconds": Histogram("switchboard_request_seconds", "Time to answer", ["endpoint"], registry=registry),
        "sockets": Gauge("switchboard_sockets", "Open sockets of this process", registry=registry),
        "unnumbered": Gauge("switchboard_outbox_age_seconds", "Age of the oldest event without a position", registry=registry),
        "due": Gauge("switchboard_deliveries_due", "Deliveries not done", registry=registry),
        "failed": Gauge("switchboard_deliveries_failing", "Deliveries that failed at least once and are not done", registry=registry),
    }
    app.before_request(_start)
    app.after_request(_count)
    app.register_blueprint(bp)


def _start() -> None:
    g.started = time.perf_counter()


def _count(response):
    metrics, endpoint = current_app.extensions["metrics"], request.endpoint or "none"
    metrics["requests"].labels(endpoint, response.status_code).inc()
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
    """The database answers and fits this version, and Redis answers where there is one; otherwise 503 and which does not."""
    deaf = [name for name, ask in (("database", _ask_database), ("schema", _ask_schema), ("redis", _ask_redis)) if not _answers(ask)]
    return Response(f"not ready: {', '.join(deaf)}\n" if deaf else "ready\n", status=503 if deaf else 200, mimetype="text/plain")


@bp.get("/metrics")
@allow(*EVERYBODY)
def metrics():
    """Figures of this process and of the outbox; for this machine, or with the bearer token of the settings."""
    token = current_app.config["SETTINGS"].metrics_token
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not (hmac.compare_digest(given.encode(), token.encode()) if token else request.remote_addr in ("127.0.0.1", "::1")):
        raise NotFound()
    table = current_app.extensions["metrics"]
    table["sockets"].set(len(current_app.extensions["live"].sockets))
    oldest = db.session.scalar(select(func.min(Event.recorded_at)).where(Event.position.is_(None)))
    table["unnumbered"].set((now() - oldest).total_seconds() if oldest else 0)
    undone = select(func.count()).select_from(Delivery).where(Delivery.state == "due")
    table["due"].set(db.session.scalar(undone))
    table["failed"].set(db.session.scalar(undone.where(Delivery.attempts > 0, Delivery.error.is_not(None))))
    return Response(generate_latest(table["registry"]), mimetype="text/plain; version=0.0.4")


def _answers(ask) -> bool:
    try:
        ask()
    except Exception:  # whatever it is: a part that raises is a part that does not answer
        return False
    return True


def _ask_database() -> None:
    db.session.execute(text("SELECT 1"))


def _ask_schema() -> None:
    if not current_app.extensions["schema_fits"]():
        raise Unavailable()


def _ask_redis() -> None:
    client = current_app.extensions.get("bus")
    if client is not None:
        client.ping()
