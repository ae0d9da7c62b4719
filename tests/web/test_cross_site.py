"""Requests that another site caused, and where a redirect may lead."""
import pytest
from werkzeug.routing import IntegerConverter

from support.web.pages import is_own_path
from tests.people.door import is_in, sign_in

FOREIGN = [
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "none"},
    {"Sec-Fetch-Site": ""},
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://localhost.evil.example"},
    {"Origin": ""},
    {},
    {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
]


def posts(app):
    """Every address that takes an unsafe method, with 1 for each part of it."""
    for rule in app.url_map.iter_rules():
        for method in rule.methods - {"GET", "HEAD", "OPTIONS"}:
            values = {name: 1 if isinstance(converter, IntegerConverter) else "x" for name, converter in rule._converters.items()}
            yield method, rule.build(values)[1]


@pytest.mark.parametrize("headers", FOREIGN)
def test_CSRF_01_every_change_caused_by_a_foreign_page_is_refused(app, client_of, headers):
    clients = [client_of(app, key) for key in ("maja", "ines", "arno")]
    for client in clients:
        del client.environ_base["HTTP_SEC_FETCH_SITE"]
        for method, path in posts(app):
            assert client.open(path, method=method, headers=headers).status_code == 403, path


def test_CSRF_01_our_own_pages_get_through_also_where_browsers_name_only_the_origin(app, client_of):
    client = client_of(app)
    assert sign_in(client).status_code == 303
    plain = client_of(app)
    del plain.environ_base["HTTP_SEC_FETCH_SITE"]
    answer = plain.post("/sign-in", data={"email": "maja@mail.example", "password": "lantern-over-tarn"}, headers={"Origin": "http://localhost"})
    assert answer.status_code == 303


def test_CSRF_02_no_page_changes_anything_by_being_opened(app, client_of, count_statements):
    for key in (None, "maja", "ines", "hanna", "arno"):
        client = client_of(app, key)
        with count_statements(app) as count:
            for rule in app.url_map.iter_rules():
                if "GET" in rule.methods and not rule.arguments and not rule.endpoint.endswith("static"):
                    client.get(rule.rule)
        changes = [text for text in count.texts if text.lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE"))]
        assert changes == [], key


def test_CSRF_05_nobody_is_signed_in_or_out_by_a_foreign_page(app, client_of):
    client = client_of(app, "maja")
    foreign = {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}
    assert client.post("/sign-out", headers=foreign).status_code == 403
    assert client.post("/sign-in", data={"email": "odile@mail.example", "password": "lantern-over-tarn"}, headers=foreign).status_code == 403
    assert is_in(client)
    assert "Maja Lindqvist" in client.get("/account").text
    assert client.get("/sign-out").status_code in (404, 405)


EVIL = [
    "//evil.example", "/\\evil.example", "\\\\evil.example", "https:evil.example", "https://evil.example/", "///evil.example", "/%2f%2fevil.example\n", "%2f%2fevil.example",
    "data:text/html,x", "javascript:alert(1)", "/\t/evil.example", "/\n/evil.example", "/\r\nLocation: https://evil.example", " //evil.example", "http:/evil.example",
    "/\u2028evil", "/\\/evil.example", "evil.example", "@evil.example", "/" + "a" * 3000,
]


@pytest.mark.parametrize("next_page", EVIL)
@pytest.mark.parametrize("path", ["/sign-in", "/staff/sign-in"])
def test_CSRF_06_after_signing_in_one_never_lands_on_another_site(app, client_of, next_page, path):
    assert not is_own_path(next_page)
    email = "maja@mail.example" if path == "/sign-in" else "arno@tarn-thistle.example"
    client = client_of(app)
    client.environ_base["REMOTE_ADDR"] = f"10.1.{EVIL.index(next_page)}.1"
    answer = sign_in(client, email, path=path, next=next_page)
    assert answer.status_code == 303
    assert is_own_path(answer.location) and "evil" not in answer.location


@pytest.mark.parametrize("next_page", ["/orders", "/orders?page=2&q=x", "/questions/5#last", "/answers/über"])
def test_pages_of_our_own_are_fine(next_page):
    assert is_own_path(next_page)


def test_CSRF_06_the_language_form_stays_here_too(app, client_of):
    answer = client_of(app).post("/language", data={"language": "en", "next": "//evil.example"})
    assert answer.location == "/"
