"""Who may use which route, and how a refusal looks."""
import pytest
from flask import Blueprint

from support.people import sign_ins
from support.people.finding import by_email
from support.web import identity


def test_every_route_says_who_may_use_it(app):
    for rule in app.url_map.iter_rules():
        assert identity.roles_of(app, rule.endpoint), rule.endpoint


def test_a_route_that_does_not_say_it_stops_the_start(app):
    bp = Blueprint("forgetful", __name__)
    bp.add_url_rule("/forgotten", "open", lambda: "open")
    app._got_first_request = False
    app.register_blueprint(bp)
    with pytest.raises(RuntimeError, match="forgetful.open"):
        identity.check_routes(app)


def test_a_role_that_does_not_exist_cannot_be_allowed():
    with pytest.raises(ValueError, match="boss"):
        identity.allow("boss")


@pytest.mark.parametrize(("key", "path", "status"), [
    (None, "/account", 303), (None, "/admin/staff", 303),
    ("maja", "/admin/staff", 404), ("maja", "/board", 404), ("maja", "/desk", 404),
    ("ines", "/admin/staff", 403), ("hanna", "/admin/staff", 403), ("ines", "/account", 403),
    ("arno", "/admin/staff", 200), ("maja", "/account", 200),
])
def test_strangers_find_nothing_staff_learn_that_their_role_lacks_it(app, client_of, key, path, status):
    assert client_of(app, key).get(path).status_code == status


def test_a_refusal_looks_like_a_page_that_does_not_exist(app, client_of):
    client = client_of(app, "maja")
    refused, absent = client.get("/admin/staff"), client.get("/no-such-page")
    assert refused.status_code == absent.status_code == 404
    assert "The address may be wrong" in absent.text or "We cannot find that" in absent.text
    assert "<h1>We cannot find that</h1>" in refused.text and "<h1>We cannot find that</h1>" in absent.text


def test_a_script_of_somebody_signed_out_is_told_so_instead_of_sent_to_a_page(app, client_of):
    client = client_of(app)
    answer = client.post("/account", headers={"Accept": "application/json"})
    assert answer.status_code == 401 and "sign-in has ended" in answer.json["error"]
    assert client.get("/account", headers={"Sec-Fetch-Dest": "empty", "Accept": "text/html"}).status_code == 401
    page = client.post("/account")
    assert page.status_code == 401 and 'href="/sign-in"' in page.text


def test_turbo_which_loads_pages_by_script_is_sent_to_the_sign_in_page(app, client_of):
    answer = client_of(app).get("/account", headers={"Sec-Fetch-Dest": "empty", "Accept": "text/html, application/xhtml+xml"})
    assert answer.status_code == 303


def test_a_guest_is_asked_to_sign_in_where_an_account_is_needed(app, client_of):
    with app.app_context():
        token = sign_ins.begin(by_email("gero@mail.example"), "test", scope="order", scope_id=1)[1]
    client = client_of(app)
    client.set_cookie("switchboard", token)
    answer = client.get("/account")
    assert (answer.status_code, answer.location) == (303, "/sign-in?next=%2Faccount")
    assert client.get("/admin/staff").status_code == 404
