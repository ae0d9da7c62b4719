"""The product's own parts and nothing else: gunicorn, gevent, Flask-SocketIO, rooms. No person, no right, no database. The floor of benchmarks/live.py."""
from flask import Flask
from flask_socketio import SocketIO, join_room


def create_app() -> Flask:
    """The application of gunicorn's factory syntax."""
    app = Flask(__name__)
    io = SocketIO(app, async_mode="gevent", transports=["websocket"], manage_session=False, async_handlers=False, ping_interval=20, ping_timeout=15, cors_allowed_origins="*")
    io.on_event("join", _join)
    app.add_url_rule("/healthz", view_func=lambda: "ok")
    return app


def _join(data):
    join_room(data["screen"])
    return {"ok": True, "version": 0}
