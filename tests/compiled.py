"""What each application compiles anew and all of one process may share, because a test makes an application of its own.

Two thirds of a short test went into compiling the same routes, statements and templates again.
"""
from functools import wraps

from flask import Flask
from jinja2 import BytecodeCache
from sqlalchemy.engine import Engine
from sqlalchemy.engine.default import DefaultDialect
from werkzeug.routing import Rule

from support.database import db

_builders: dict[tuple, object] = {}
_dialects: dict[str, DefaultDialect] = {}
_statements: dict = {}
_compile_builder = Rule._compile_builder


class Templates(BytecodeCache):
    """Compiled templates."""

    def __init__(self):
        self.known: dict[str, bytes] = {}

    def load_bytecode(self, bucket) -> None:
        if bucket.key in self.known:
            bucket.bytecode_from_string(self.known[bucket.key])

    def dump_bytecode(self, bucket) -> None:
        self.known[bucket.key] = bucket.bytecode_to_string()


TEMPLATES = Templates()


@wraps(_compile_builder)
def _builder(rule: Rule, append_unknown: bool = True):
    """The function that builds the address of a rule; it depends on the texts of the rule alone, the converters are asked through `self`."""
    key = (tuple(rule._trace), tuple(sorted((rule.defaults or {}).items())), append_unknown)
    if key not in _builders:
        _builders[key] = _compile_builder(rule, append_unknown)
    return _builders[key]


def share_routes() -> None:
    """From now on, applications of this process compile the builder of a route once."""
    Rule._compile_builder = _builder


def share(app: Flask) -> None:
    """Let this application use the templates and statements that others compiled."""
    app.jinja_env.bytecode_cache = TEMPLATES
    with app.app_context():
        _share_statements(db.engine)


def _share_statements(engine: Engine) -> None:
    """Compiled statements are found by dialect, so engines of one kind of database get one dialect."""
    engine.dialect = _dialects.setdefault(engine.dialect.name, engine.dialect)
    engine.update_execution_options(compiled_cache=_statements)
