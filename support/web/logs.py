"""Structured logs: one event one line, with the request's id and without anybody's words."""
import logging
import sys
from contextlib import suppress

import structlog

SECRET = ("password", "token", "secret", "cookie", "authorization", "body", "email", "address", "name")


def init_app(app, settings) -> None:
    """Configure structlog once for this process; `json` for machines, `text` for people."""
    level = getattr(logging, settings.log_level)
    renderer = structlog.processors.JSONRenderer() if settings.log_format == "json" else structlog.dev.ConsoleRenderer(colors=False)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _without_secrets,
            structlog.processors.format_exc_info,
            _on_one_line,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(Lenient(sys.stderr)),
        cache_logger_on_first_use=False,
    )
    logging.getLogger("werkzeug").setLevel(logging.WARNING)


class Lenient:
    """A stream that hurts nobody: where the disk that takes the log is full, a line is lost and the request goes on."""

    def __init__(self, stream):
        self.stream = stream

    def write(self, text: str) -> None:
        with suppress(OSError):
            self.stream.write(text)

    def flush(self) -> None:
        with suppress(OSError):
            self.stream.flush()


def _without_secrets(logger, method, event: dict) -> dict:
    return {key: "[left out]" if key.lower() in SECRET else value for key, value in event.items()}


def _on_one_line(logger, method, event: dict) -> dict:
    """Newlines and terminal escapes in values cannot forge a second record."""
    return {key: _flat(value) if key != "exception" else value.replace("\n", " | ") for key, value in event.items()}


def _flat(value):
    if not isinstance(value, str):
        return value
    return "".join(sign if sign.isprintable() else f"\\x{ord(sign):02x}" for sign in value)[:2000]
