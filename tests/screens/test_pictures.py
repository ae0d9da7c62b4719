"""`make screenshots` pictures every page there is."""
from werkzeug.exceptions import NotFound

from tests.screens.pages_to_see import pages
from tools.screens import SCREENS


def test_every_page_has_a_picture(app):
    pictured = {screen.shows or _route(app, screen.path) for screen in SCREENS}
    missing = {row.route.removeprefix("GET ") for row in pages()} - pictured
    assert sorted(missing) == [], "a new page needs a line in tools/screens.py"


def test_no_picture_is_of_a_page_that_is_gone(app):
    routes = {rule.rule for rule in app.url_map.iter_rules()}
    named = {route for screen in SCREENS for route in (screen.shows, screen.path, screen.at) if "<" in route}
    assert sorted(named - routes) == []


def test_every_list_has_a_picture_without_anything_in_it(app):
    lists = {rule.rule for rule in app.url_map.iter_rules() if "GET" in rule.methods and rule.endpoint.endswith(".index")}
    pictured = {screen.shows or screen.path for screen in SCREENS if screen.empty}
    assert sorted(lists - pictured) == [], "a new list needs a line in NEW of tools/screens.py"


def _route(app, path: str) -> str:
    """The route of an address; an address without one is meant as such."""
    if "<" in path:
        return path
    try:
        return app.url_map.bind("localhost").match(path.partition("?")[0], return_rule=True)[0].rule
    except NotFound:
        return ""
