"""What every answer carries: policy headers, no traces, the true client address."""
import pytest

from support.web import identity
from tests.people.door import sign_in

HTTPS = [{"base_url": "https://help.example.org"}]


def pages(app):
    return [rule.rule for rule in app.url_map.iter_rules() if "GET" in rule.methods and not rule.arguments and rule.endpoint != "watching.metrics"]


def policy(response) -> dict[str, set[str]]:
    parts = (part.split() for part in response.headers["Content-Security-Policy"].split(";"))
    return {part[0]: set(part[1:]) for part in parts}


@pytest.mark.parametrize("key", [None, "maja", "ines", "hanna", "arno"])
def test_XSS_09_every_page_has_a_strict_policy(app, client_of, key):
    client = client_of(app, key)
    for path in [*pages(app), "/nothing-here", "/orders/none"]:
        rules = policy(client.get(path))
        assert not any("unsafe" in source for sources in rules.values() for source in sources), path
        assert rules["object-src"] == rules["base-uri"] == rules["frame-ancestors"] == {"'none'"}
        assert rules["default-src"] == rules["form-action"] == {"'self'"}
        assert not any(source.startswith(("http:", "https:", "*")) for sources in rules.values() for source in sources)


@pytest.mark.parametrize("key", [None, "maja", "ines"])
def test_CSRF_07_no_page_lets_itself_be_framed(app, client_of, key):
    client = client_of(app, key)
    for path in pages(app):
        answer = client.get(path)
        assert policy(answer)["frame-ancestors"] == {"'none'"}
        assert answer.headers["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize("settings", HTTPS, indirect=True)
def test_SUP_05_https_sites_say_so_and_every_answer_says_what_browsers_may_do(app, client_of):
    client = client_of(app)
    for path in [*pages(app), "/nothing-here"]:
        answer = client.get(path, base_url="https://help.example.org")
        assert "max-age=31536000; includeSubDomains" in answer.headers["Strict-Transport-Security"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "same-origin"
        assert "geolocation=()" in answer.headers["Permissions-Policy"]
        assert "X-Powered-By" not in answer.headers
        assert "wss://help.example.org" in policy(answer)["connect-src"]


def test_SUP_05_plain_http_in_a_private_network_makes_no_promise_about_https(app, client_of):
    assert "Strict-Transport-Security" not in client_of(app).get("/").headers


def test_pages_are_not_kept_by_caches_and_static_files_are(app, client_of):
    client = client_of(app, "maja")
    for path in ("/", "/account", "/nothing-here"):
        assert client.get(path).headers["Cache-Control"] == "no-store"
    stranger = client_of(app)
    assert stranger.get("/sign-in").headers["Cache-Control"] == "private, no-cache"
    assert stranger.get("/link/" + "x" * 43).headers["Cache-Control"] == "no-store"
    assert "no-store" not in client.get("/static/img/mark.svg").headers.get("Cache-Control", "")


def test_SUP_02_a_failure_shows_a_reference_number_and_nothing_of_the_inside(app, client_of, monkeypatch):
    def broken(*args, **kwargs):
        raise RuntimeError("secret inside /srv/path.py SELECT password")

    monkeypatch.setattr("portal.account.people.addresses", broken)
    client = client_of(app, "maja")
    page, script = client.get("/account/addresses"), client.get("/account/addresses", headers={"Accept": "application/json"})
    for answer in (page, script):
        assert answer.status_code == 500
        assert answer.headers["X-Request-Id"] in answer.text
        for word in ("RuntimeError", "Traceback", "secret inside", "portal/account", "SELECT"):
            assert word not in answer.text
    assert script.json["error"]


def test_SUP_02_there_is_no_debugger(app, client_of):
    assert not app.debug
    for path in ("/console", "/?__debugger__=yes&cmd=resource&f=style.css", "/_debug"):
        answer = client_of(app).get(path)
        assert "Werkzeug" not in answer.text and "__debugger__" not in answer.text


def test_XSS_07_what_stands_in_the_address_is_shown_as_text(app, client_of):
    payload = "\"><script>alert(1)</script><img src=x onerror=alert(1)>{{7*7}}"
    names = ("q", "sort", "order", "page", "lang", "next", "error", "state", "role", "filter", "per_page", "topic", "reference", "number")
    for key in (None, "maja", "ines", "hanna", "arno"):
        client = client_of(app, key)
        for path in pages(app):
            answer = client.get(path, query_string=dict.fromkeys(names, payload))
            assert answer.status_code < 500, path
            words = answer.data.decode(errors="replace")  # a picture answers too
            for mark in ("<script>alert", "<img src=x", "><script", "49}}"):
                assert mark not in words, (path, mark)


def test_ENUM_07_claimed_addresses_do_not_move_the_limit(app, client_of):
    client = client_of(app)
    answers = []
    for n in range(7):
        forged = {name: f"203.0.113.{n}" for name in ("X-Forwarded-For", "Forwarded", "CF-Connecting-IP", "X-Real-IP", "True-Client-IP")}
        answers.append(client.post("/sign-in", data={"email": f"unknown{n}@mail.example", "password": "wrong-password"}, headers=forged).status_code)
    assert answers == [422] * 5 + [429] * 2


@pytest.mark.parametrize("settings", [{"trusted_proxies": 1}], indirect=True)
def test_ENUM_07_a_configured_proxy_is_believed_for_the_last_address_only(app):
    seen = []
    app.before_request_funcs.setdefault(None, []).append(lambda: seen.append(identity.client()))
    app.test_client().get("/", headers={"X-Forwarded-For": "1.1.1.1, 203.0.113.5"})
    assert seen == ["203.0.113.5"]


@pytest.mark.parametrize("name", ["X-Remote-User", "X-Forwarded-User", "Remote-User", "X-WEBAUTH-USER"])
def test_AUTH_08_headers_that_name_a_person_are_ignored(app, client_of, name):
    answer = client_of(app).get("/admin/staff", headers={name: "arno@tarn-thistle.example"})
    assert (answer.status_code, answer.location) == (303, "/staff/sign-in?next=%2Fadmin%2Fstaff")


def test_every_answer_has_its_own_request_id(app, client_of):
    client = client_of(app)
    ids = {client.get("/", headers={"X-Request-Id": "chosen-by-me"}).headers["X-Request-Id"] for _request in range(3)}
    assert len(ids) == 3 and "chosen-by-me" not in ids


def test_the_cookie_for_the_sentence_after_a_step_is_as_guarded_as_the_sign_in(app, client_of):
    client = client_of(app)
    sign_in(client)
    answer = client.post("/account", data={"name": "Maja Lindqvist", "locale": "en"})
    line = next(line for line in answer.headers.getlist("Set-Cookie") if line.startswith("flash="))
    assert "HttpOnly" in line and "SameSite=Lax" in line


@pytest.mark.parametrize(("address", "name"), [
    ("203.0.113.5", "203.0.113.5"), ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"), ("2001:db8:1:2::9", "2001:db8:1:2::/64"), ("::ffff:203.0.113.5", "::ffff:203.0.113.5"),
])
def test_ENUM_07_all_addresses_of_one_household_are_one_client(app, address, name):
    with app.test_request_context(environ_base={"REMOTE_ADDR": address}):
        assert identity.client().replace("cb00:7105", "203.0.113.5") == name
