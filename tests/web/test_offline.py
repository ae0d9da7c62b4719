"""The page for the time without a connection: kept by the browser beforehand, for everybody the same, shown only when nothing answers."""
import re

import pytest

from tests.pages import axe

OFFLINE = ("ERR_INTERNET_DISCONNECTED", "ERR_FAILED", "status of 503", "ERR_CONNECTION", "Failed to fetch")
LANGUAGES = [{"shop_languages": ("en", "de")}]


def test_it_is_the_same_for_everybody_and_names_nobody(app, client_of):
    pages = {client_of(app, key).get("/offline").text for key in (None, "maja", "gero", "ines", "arno")}
    page, = pages
    assert "Maja" not in page and "sign-out" not in page and "<script" not in page
    for address in re.findall(r'<(?:link|img)[^>]+(?:href|src)="([^"]+)"', page):
        assert client_of(app).get(address).status_code == 200, address


@pytest.mark.parametrize("settings", LANGUAGES, indirect=True)
@pytest.mark.parametrize(("asked", "language"), [("de", "de"), ("en", "en"), ("fr", "en"), ("../../x", "en"), ("", "en")])
def test_it_speaks_the_language_of_the_page_it_was_kept_from(app, client_of, asked, language):
    page = client_of(app).get("/offline", query_string={"language": asked}).text
    assert f'<html lang="{language}"' in page
    client = client_of(app)
    client.set_cookie("language", "de")
    assert "/service-worker.js?language=de" in client.get("/").text


def test_the_worker_changes_with_the_page(app, client_of):
    arno, anybody = client_of(app, "arno"), client_of(app)
    first = anybody.get("/service-worker.js")
    assert first.content_type.startswith("text/javascript") and "no-cache" in first.headers["Cache-Control"]
    assert client_of(app, "maja").get("/service-worker.js").text == first.text
    version = re.search(r'name="version" value="(\d+)"', arno.get("/admin/shop/face").text).group(1)
    arno.post("/admin/shop/face", data={"version": version, "colour": "#0a6b4f"})
    assert anybody.get("/service-worker.js").text != first.text


def test_only_the_portal_names_the_worker(app, client_of):
    assert 'name="offline"' in client_of(app, "maja").get("/orders").text
    for key, path in (("ines", "/desk"), ("arno", "/admin"), (None, "/staff/sign-in")):
        assert 'name="offline"' not in client_of(app, key).get(path).text


def test_without_a_connection_the_portal_says_so_and_keeps_nothing_of_the_person(live_default, new_page):
    page = new_page(live_default, "maja", allow=OFFLINE, service_workers="allow")
    page.goto("/orders")
    page.wait_for_function("() => navigator.serviceWorker.controller?.state === 'activated'")
    page.context.set_offline(True)
    page.goto("/orders/TT-204817")
    page.get_by_role("heading", name="No connection").wait_for()
    assert axe(page) == []
    assert page.url.endswith("/orders/TT-204817")
    kept = page.evaluate(
        "caches.keys().then(names => Promise.all(names.map(name => caches.open(name).then(shelf => shelf.keys()).then(keys => keys.map(key => key.url))))).then(all => all.flat())"
    )
    assert [address.partition(live_default.url)[2] for address in kept] == ["/offline?language=en"]
    page.context.set_offline(False)
    page.get_by_role("link", name="Try again").click()
    page.get_by_role("heading", name="TT-204817").wait_for()


def test_a_server_that_is_down_looks_the_same_and_pages_of_staff_are_left_alone(live_default, new_page):
    page = new_page(live_default, allow=OFFLINE, service_workers="allow")
    page.goto("/")
    page.wait_for_function("() => navigator.serviceWorker.controller?.state === 'activated'")
    live_default.kill()
    page.goto("/answers")
    page.get_by_role("heading", name="No connection").wait_for()
    with pytest.raises(Exception, match="ERR_CONNECTION_REFUSED"):
        page.goto("/staff/sign-in")
    live_default.start()
    page.goto("/answers")
    page.get_by_role("heading", name="All answers by subject").wait_for()
