"""What a cache on the way may give to anybody names nobody: an old sign-in is renewed by a page, never by such a file."""
import io
import re

import pytest

from support.importing import run_waiting
from support.web import identity
from tests import pictures
from tests.conftest import cookie_name
from tests.kb.bringing import article, packed, png

DAY = 86_400


def furnished(app, client_of) -> list[str]:
    """A shop with a colour, a logo and an article with a picture; the addresses of all that browsers may keep."""
    arno = client_of(app, "arno")
    version = re.search(r'name="version" value="(\d+)"', arno.get("/admin/shop/face").text).group(1)
    face = {"version": version, "colour": "#0a6b4f", "logo": (io.BytesIO(pictures.png()), "logo.png")}
    assert arno.post("/admin/shop/face", data=face).status_code == 303
    file = (io.BytesIO(packed({"one.md": "# One\n\n![x](a.png)", "a.png": png()})), "help.zip")
    brought = arno.post("/admin/imports", data={"kind": "articles", "source": "there", "file": file}, content_type="multipart/form-data")
    assert arno.post(f"{brought.location}/start").status_code == 303
    with app.app_context():
        run_waiting()
    page = client_of(app).get("/").text
    marked = re.findall(r'"(/(?:face\.css|logo|static/[^"]+?)\?v=\w+)"', page)
    assert any(each.startswith("/face.css") for each in marked) and any(each.startswith("/logo") for each in marked)
    plain = [rule.rule for rule in app.url_map.iter_rules() if rule.endpoint.endswith("static") and "<" not in rule.rule]
    assert {"/face.css", "/logo", "/favicon.ico"} <= set(plain)
    pages = ["/offline", "/manifest.webmanifest", "/staff/manifest.webmanifest", "/service-worker.js", f"/answers/{article(app, 'one.md').slug}/pictures/a.png"]
    return [*dict.fromkeys(marked), *plain, *pages]


@pytest.mark.parametrize("settings", [{"embed_origins": ("https://shop.example",)}], indirect=True, ids=["embedded"])
@pytest.mark.parametrize("asks", [False, True], ids=["as it is", "with a view that asks who it is"])
def test_no_answer_that_may_be_kept_for_everybody_brings_a_cookie(app, client_of, clock, monkeypatch, asks):
    addresses = furnished(app, client_of)
    if asks:
        monkeypatch.setitem(app.before_request_funcs, None, [*app.before_request_funcs.get(None, []), lambda: identity.me() and None])
    for address in addresses:
        maja = client_of(app, "maja")
        clock.move(2 * DAY)
        old = maja.get_cookie(cookie_name(app)).value
        answer = maja.get(address)
        assert answer.status_code == 200, address
        if answer.cache_control.public or address.partition("?")[0] in ("/face.css", "/logo", "/favicon.ico"):
            assert "Set-Cookie" not in answer.headers, address
            maja.get("/account")
            assert maja.get_cookie(cookie_name(app)).value != old, "the next page renews it"
        elif "Set-Cookie" in answer.headers:
            assert answer.cache_control.private or answer.cache_control.no_store, address
