"""Rows of the access matrix as addresses of the furnished shop."""
from werkzeug.routing import IntegerConverter

from tests.access.matrix import THINGS, Row


def address(app, row: Row, things: dict) -> str:
    """The address of a row, with the things of the shop in it."""
    method, path = row.route.split(" ", 1)
    rule = next(rule for rule in app.url_map.iter_rules() if rule.rule == path and method in rule.methods)
    values = {}
    for name in rule.arguments:
        named = row.things.get(name, THINGS.get(name))
        value = named[1:] if named.startswith("=") else things[named]
        values[name] = int(value) if isinstance(rule._converters[name], IntegerConverter) else value
    return rule.build(values)[1] + (f"?{row.query}" if row.query else "")
