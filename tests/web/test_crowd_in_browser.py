"""Whoever is sent away because of a crowd comes in by trying again, from a link on a page and from an address."""
import pytest

from support.web import crowd
from tests.pages import axe


@pytest.fixture
def refused(live_default, monkeypatch):
    """What a page is answered while the line lets nobody in; (status, headers, text)."""
    with monkeypatch.context() as busy:
        busy.setattr(live_default.app.extensions["crowd"], "free", 0)
        busy.setattr(crowd, "LONG", 0.0)
        answer = live_default.app.test_client().get("/answers", headers={"Accept": "text/html"})
    assert answer.status_code == 503
    return {"status": 503, "headers": dict(answer.headers), "body": answer.text}


def test_trying_again_leads_to_the_page(live_default, new_page, refused):
    page = new_page(live_default, "maja", allow=("503",))
    page.goto("/orders")
    for comes in (lambda: page.locator("a[href='/answers']").first.click(), lambda: page.goto("/answers")):
        page.route("**/answers", lambda route: route.fulfill(**refused))
        comes()
        page.wait_for_selector("text=More people ask us right now")
        assert axe(page) == []
        page.unroute("**/answers")
        page.click("a:has-text('Try again')")
        page.wait_for_selector("nav a[href='/orders']")
        assert page.url.endswith("/answers")
