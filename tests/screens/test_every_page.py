"""Every page in a real browser, as somebody who may see it: title, one heading, no accessibility fault, no error in the console, nothing
against the security policy, no sideways scroll on a phone. The dark theme, phones and other languages are in tests/prove."""
from collections import Counter

import pytest

from tests.access.test_routes import address
from tests.pages import axe
from tests.screens.pages_to_see import MORE, NO_PAGES, pages, sights, viewer

pytestmark = pytest.mark.browser
WIDE, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
LOOKS = {  # in this order, so that each changes one thing and the phone comes last
    "light": (WIDE, "light"), "dark": (WIDE, "dark"), "dark, on a phone": (PHONE, "dark"), "light, on a phone": (PHONE, "light"),
}
ERRORS = {"/no-such-page": 404, "/admin/staff": 403}  # as the role that looks; all else is answered
PIECES = 4
WIDER = "Math.max(...[document.documentElement, document.querySelector('main')].map(part => part.scrollWidth - part.clientWidth))"


def path_of(server, sight) -> str:
    return sight.path or address(server.app, sight.row, server.things)


def faults(page, server, sight, looks=("light",)):
    """What is wrong with one page, in sentences; axe looks at it as each of these LOOKS."""
    path = path_of(server, sight)
    page.errors.clear()
    page.set_viewport_size(WIDE)
    page.emulate_media(color_scheme="light")
    answer = page.goto(path)
    expected = ERRORS.get(path, 200) if (sight.role, path) in MORE else 200
    if answer.status != expected:
        yield f"answered {answer.status}"
    if page.locator("h1, [role=heading][aria-level='1']").locator("visible=true").count() != 1:
        yield f"has {page.locator('h1').count()} main headings"
    for look in looks:
        size, theme = LOOKS[look]
        page.set_viewport_size(size)
        page.emulate_media(color_scheme=theme)
        yield from (f"{look}: {fault}" for fault in axe(page))
    page.set_viewport_size(PHONE)
    if (wider := page.evaluate(WIDER)) > 0:
        yield f"scrolls sideways on a phone, by {wider}px"
    yield from (f"console: {text}" for text in page.errors if f"status of {expected}" not in text)
    page.errors.clear()


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
