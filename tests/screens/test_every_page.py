"""Every page in a real browser, as somebody who may see it: title, one heading, no accessibility fault, no error in the console, nothing
against the security policy, no sideways scroll on a phone. The dark theme, phones and other languages are in tests/prove."""
from collections import Counter

import pytest

from tests.screens.looks import faults, path_of
from tests.screens.pages_to_see import NO_PAGES, pages, sights, viewer

pytestmark = pytest.mark.browser
PIECES = 4


@pytest.mark.parametrize("piece", range(PIECES))
def test_every_page_is_whole(furnished, look_as, piece):
    found, seen = [], {}
    for sight in sorted(sights(), key=str)[piece::PIECES]:
        if sight.role not in seen:
            seen[sight.role] = look_as(sight.role, reduced_motion="reduce")  # colours at once, not on their way
        found += [f"{sight}: {fault}" for fault in faults(seen[sight.role], furnished, sight)]
    assert not found, "\n".join(found)


def test_no_two_pages_have_the_same_title(furnished):
    titles, client = Counter(), furnished.app.test_client()
    for sight in sights():
        if sight.row is None or sight.row.things:
            continue  # another state of a page that has its row
        client.delete_cookie("switchboard")
        if token := furnished.things["tokens"].get(sight.role):
            client.set_cookie("switchboard", token)
        text = client.get(path_of(furnished, sight)).text
        title = text.partition("<title>")[2].partition("</title>")[0].strip()
        assert title, f"{sight} has no title"
        titles[title] += 1
    assert [title for title, times in titles.items() if times > 1] == []


def test_every_route_that_answers_get_is_a_page_or_a_named_piece(furnished):
    routes = {f"GET {rule.rule}" for rule in furnished.app.url_map.iter_rules() if "GET" in rule.methods}
    known = {row.route for row in pages()} | set(NO_PAGES)
    assert sorted(routes ^ known) == [], "a new page needs a row in tests/access/matrix.py; a piece of a page, a line in NO_PAGES"
    assert [row.route for row in pages() if viewer(row) is None] == []
