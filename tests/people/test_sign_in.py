"""Signing in and out with a password, and what a cookie is worth."""
import re
from statistics import median
from time import thread_time

import pytest
from sqlalchemy import select

from support.database import db
from support.people.sign_ins import SignIn
from tests.people.door import PASSWORD, is_in, mailed, sign_in

COOKIE = "switchboard"


def cookie_of(response, name=COOKIE):
    return next((line for line in response.headers.getlist("Set-Cookie") if line.startswith(f"{name}=")), "")


def test_a_customer_signs_in_with_a_password(app, client_of):
    client = client_of(app)
    answer = sign_in(client)
    assert (answer.status_code, answer.location) == (303, "/")
    assert is_in(client)


def test_staff_sign_in_lands_at_the_first_area_of_the_role(app, client_of):
    answer = sign_in(client_of(app), "ines@tarn-thistle.example", path="/staff/sign-in")
    assert (answer.status_code, answer.location) == (303, "/desk")


def test_a_wrong_password_shows_the_form_again_with_the_address_kept_and_the_password_gone(app, client_of):
    answer = sign_in(client_of(app), password="not-my-password")
    assert answer.status_code == 422
    assert 'value="maja@mail.example"' in answer.text
    assert "not-my-password" not in answer.text


@pytest.mark.parametrize("path", ["/sign-in", "/staff/sign-in"])
def test_AUTH_01_attempts_are_slowed_from_the_sixth_on_and_never_say_which_part_was_wrong(app, client_of, path):
    client = client_of(app)
    known = [sign_in(client, password=f"wrong-{n}", path=path) for n in range(7)]
    assert [answer.status_code for answer in known] == [422] * 5 + [429, 429]
    assert int(known[5].headers["Retry-After"]) > 0
    assert sign_in(client, path=path).status_code == 429, "the right password does not tell either"
    unknown = sign_in(client_of(app), "nobody@nowhere.example", "wrong-0", path=path, REMOTE_ADDR="9")
    assert unknown.status_code == 429, "the limits of this client count over both doors"


def test_AUTH_01_the_true_owner_still_gets_in_by_mail_link(app, client_of):
    stranger = client_of(app)
    stranger.environ_base["REMOTE_ADDR"] = "203.0.113.9"
    for n in range(6):
        sign_in(stranger, password=f"wrong-{n}")
    owner = client_of(app)
    assert sign_in(owner).status_code == 429
    owner.post("/sign-in/link", data={"email": "maja@mail.example"})
    path = mailed(app, "sign_in")[-1]
    assert owner.post(path).status_code == 303
    assert is_in(owner)
    again = client_of(app)
    assert sign_in(again).status_code == 303, "and whoever proved the mailbox has lifted the brake"


def test_AUTH_01_both_doors_count_on_the_same_account(app, client_of):
    for n in range(5):
        client = client_of(app)
        client.environ_base["REMOTE_ADDR"] = f"198.51.100.{n}"
        sign_in(client, "ines@tarn-thistle.example", f"wrong-{n}", path=("/sign-in", "/staff/sign-in")[n % 2])
    fresh = client_of(app)
    fresh.environ_base["REMOTE_ADDR"] = "198.51.100.77"
    assert sign_in(fresh, "ines@tarn-thistle.example", path="/staff/sign-in").status_code == 429


def test_AUTH_02_a_planted_cookie_is_replaced_at_sign_in_and_opens_nothing(app, client_of):
    client = client_of(app)
    client.set_cookie(COOKIE, "planted" * 6)
    answer = sign_in(client)
    token = re.match(rf"{COOKIE}=([^;]+)", cookie_of(answer))[1]
    assert token != "planted" * 6
    thief = client_of(app)
    thief.set_cookie(COOKIE, "planted" * 6)
    assert not is_in(thief)


def test_AUTH_02_signing_in_over_another_sign_in_ends_the_former_one(app, client_of):
    client = client_of(app, "odile")
    former = client.get_cookie(COOKIE).value
    sign_in(client)
    thief = client_of(app)
    thief.set_cookie(COOKIE, former)
    assert not is_in(thief)


def test_AUTH_03_a_copied_cookie_is_refused_after_sign_out(app, client_of):
    client = client_of(app, "maja")
    copy, io = client.get_cookie(COOKIE).value, app.extensions["live"].io
    thief = client_of(app)
    thief.set_cookie(COOKIE, copy)
    assert is_in(client) and io.test_client(app, flask_test_client=thief).is_connected()
    assert client.post("/sign-out").status_code == 303
    assert not is_in(thief) and not io.test_client(app, flask_test_client=thief).is_connected()
    assert not is_in(client)


@pytest.mark.parametrize("settings", [{"base_url": "https://help.example.org"}], indirect=True)
def test_AUTH_06_the_cookie_is_host_only_secure_and_not_for_scripts(app, client_of):
    client = client_of(app)
    line = cookie_of(sign_in(client, path="https://help.example.org/sign-in"), "__Host-switchboard")
    attributes = {part.strip().split("=")[0].lower() for part in line.split(";")[1:]}
    assert {"secure", "httponly", "samesite", "path", "max-age"} <= attributes
    assert "SameSite=Lax" in line and "Path=/" in line
    assert "domain" not in attributes


def test_AUTH_06_on_http_in_a_private_network_only_secure_and_the_prefix_are_missing(app, client_of):
    line = cookie_of(sign_in(client_of(app)))
    assert "HttpOnly" in line and "SameSite=Lax" in line and "Secure" not in line


def test_only_the_hash_of_a_token_is_stored(app, client_of):
    client = client_of(app)
    sign_in(client)
    token = client.get_cookie(COOKIE).value
    with app.app_context():
        rows = db.session.scalars(select(SignIn)).all()
        assert all(token not in (row.token_hash, row.previous_hash) for row in rows)


def test_a_token_is_replaced_daily_and_the_old_one_lives_60_seconds_more(app, client_of, clock):
    client, slow = client_of(app, "maja"), client_of(app)
    first = client.get_cookie(COOKIE).value
    slow.set_cookie(COOKIE, first)
    clock.move(25 * 3600)
    assert is_in(client)
    assert client.get_cookie(COOKIE).value != first
    assert is_in(slow), "a request that was on its way already"
    slow.set_cookie(COOKIE, first)
    clock.move(61)
    slow.set_cookie(COOKIE, first)
    assert not is_in(slow)
    assert is_in(client)


def test_a_customer_stays_signed_in_30_days_without_a_visit_and_not_longer(app, client_of, clock):
    client = client_of(app, "maja")
    clock.move(29 * 86400)
    assert is_in(client)
    clock.move(29 * 86400)
    assert is_in(client)
    clock.move(31 * 86400)
    assert not is_in(client)


def test_staff_are_signed_out_after_12_hours_in_any_case_and_after_2_hours_away(app, client_of, clock):
    busy, away = client_of(app, "arno"), client_of(app, "arno")
    for _hour in range(11):
        clock.move(3600)
        assert is_in(busy, "/admin/staff")
    assert not is_in(away, "/admin/staff")
    clock.move(3700)
    assert not is_in(busy, "/admin/staff")


def test_a_sign_in_keeps_going_where_one_wanted_to(app, client_of):
    client = client_of(app)
    asked = client.get("/account/addresses")
    assert asked.status_code == 303 and asked.location == "/sign-in?next=%2Faccount%2Faddresses"
    assert sign_in(client, next="/account/addresses").location == "/account/addresses"


@pytest.mark.parametrize("path", ["/sign-in", "/staff/sign-in"])
def test_ENUM_01_a_password_for_an_unknown_address_gets_the_same_answer(app, client_of, path):
    def answer(email):
        client = client_of(app)
        client.environ_base["REMOTE_ADDR"] = f"10.0.0.{len(email)}"
        response = sign_in(client, email, "wrong-password-1", path=path)
        return response.status_code, response.text.replace(email, "…")

    known, unknown = answer("maja@mail.example"), answer("maya@mail.example")
    assert known[0] == unknown[0] == 422
    assert _still(known[1]) == _still(unknown[1])


def test_ENUM_01_it_takes_as_long_for_an_unknown_address(app, client_of):
    def seconds(email, n):
        client = client_of(app)
        client.environ_base["REMOTE_ADDR"] = f"10.9.{len(email)}.{n}"
        start = thread_time()
        sign_in(client, email, f"wrong-password-{n}")
        return thread_time() - start

    times = [(seconds("odile@mail.example", n), seconds("nobody@x.example", n)) for n in range(5)]  # in turns: a slow moment of the machine meets both
    known, unknown = map(median, zip(*times, strict=True))
    assert abs(known - unknown) < 0.05


def test_a_disabled_person_gets_the_answer_of_a_wrong_password(app, client_of):
    admin = client_of(app, "arno")
    admin.post(f"/admin/staff/{app.extensions['cast']['ines']}/disabling")
    answer = sign_in(client_of(app), "ines@tarn-thistle.example", PASSWORD, path="/staff/sign-in")
    assert answer.status_code == 422


def _still(text):
    """The page without what differs on every page: the time."""
    return re.sub(r'<meta name="server-time"[^>]*>', "", text)
