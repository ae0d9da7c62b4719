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

_rules: dict[tuple, tuple] = {}
_dialects: dict[str, DefaultDialect] = {}
_statements: dict = {}
_compile = Rule.compile


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


@wraps(_compile)
def _compile_once(rule: Rule) -> None:
    """What werkzeug makes of a rule depends on its texts alone; the functions that build addresses are bound to each rule anew."""
    key = (rule.rule, rule.subdomain, rule.host, tuple(sorted((rule.defaults or {}).items())))
    if key not in _rules:
        _compile(rule)
        _rules[key] = rule._parts, rule._trace, rule._converters, frozenset(rule.arguments), rule._build.__func__, rule._build_unknown.__func__
        return
    rule._parts, rule._trace, rule._converters, arguments, build, build_unknown = _rules[key]
    rule.arguments |= arguments
    rule._build, rule._build_unknown = build.__get__(rule, None), build_unknown.__get__(rule, None)


def share_routes() -> None:
    """From now on, applications of this process compile a route once."""
    Rule.compile = _compile_once


def share(app: Flask) -> None:
    """Let this application use the templates and statements that others compiled."""
    app.jinja_env.bytecode_cache = TEMPLATES
    with app.app_context():
        _share_statements(db.engine)


def _share_statements(engine: Engine) -> None:
    """Compiled statements are found by dialect, so engines of one kind of database get one dialect: that of the first, whose database must be there."""
    engine.dialect = _dialects.setdefault(engine.dialect.name, engine.dialect)
    engine.update_execution_options(compiled_cache=_statements)
