"""The chat on the company's own site, as the server sees it: who may frame it, who is let in, what a token opens and when it is dead."""
import gzip

import pytest

from support.database import db
from support.people import sign_ins
from support.people.person import Person
from support.web import patrol
from tests.portal.embedding import ON, SITE, Frame, voucher
from tests.web.test_headers import pages, policy

on = pytest.mark.parametrize("settings", ON, indirect=True)


def test_without_sites_there_is_no_embedded_chat(app, client_of):
    client = client_of(app)
    assert [client.get(path).status_code for path in ("/embed.js", "/embed", "/embed/home", "/embed/ask")] == [404] * 4


@on
def test_CSRF_07_only_the_one_document_may_be_framed_and_only_by_the_sites_named(app, client_of):
    for key in (None, "maja", "arno"):
        client = client_of(app, key)
        for path in pages(app):
            answer = client.get(path)
            around = policy(answer)["frame-ancestors"]
            assert around == ({"'self'", SITE} if path == "/embed" else {"'none'"}), path
            assert (answer.headers.get("X-Frame-Options") == "DENY") == (path != "/embed"), path


@on
def test_the_document_is_the_same_for_everybody(app, client_of):
    told = {client_of(app, key).get("/embed").text.split("server-time")[0] for key in (None, "maja", "ines", "arno")}
    assert len(told) == 1 and "Maja" not in told.pop()


@on
def test_the_script_is_small_and_may_be_included_by_other_sites(app, client_of):
    answer = client_of(app).get("/embed.js", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert len(answer.data) < 5000
    text = gzip.decompress(answer.data).decode()
    assert "Help and chat" in text and "__SHOP__" not in text
    assert client_of(app).get("/embed.js", headers={"Accept-Encoding": "gzip", "If-None-Match": answer.headers["ETag"]}).status_code == 304


@on
@pytest.mark.both_stores
def test_somebody_says_a_name_asks_and_sees_that_alone(app):
    zoe, other = Frame(app), Frame(app)
    assert "Who asks?" in zoe.ask("/embed/ask").text
    assert zoe.ask("/embed/visitor", {"name": "Zoe", "email": "no address"}).status_code == 422
    assert "What happened?" in zoe.introduce().text
    place = zoe.question("The blue tent: is it waterproof, and for how long, and what can I do so that it stays so for many years of use?")
    shown = zoe.ask(place).text
    assert "The blue tent: is it waterproof, and for how long, and what can I do so that it…" in shown
    other.introduce()  # the same name and address, typed in another browser
    assert other.ask(place).status_code == other.ask(f"{place}/messages").status_code == 404
    assert "waterproof" not in other.ask("/embed/home").text
    assert zoe.ask("/embed/unread").json["unread"] == 0


@on
@pytest.mark.parametrize("email", ["maja@mail.example", "ines@tarn-thistle.example", "nobody-has-this@mail.example"])
def test_ENUM_01_whose_address_it_is_nobody_learns_and_it_opens_nothing(app, email):
    guest = Frame(app)
    guest.introduce(email)
    shown = " ".join(guest.ask(path).text for path in ("/embed/home", "/embed/ask", "/embed/search?q=parcel+tent"))
    assert [word for word in ("Lindqvist", "Maja", "TT-204817", "in your order TT-", "My questions") if word in shown] == []
    assert guest.ask(guest.question()).status_code == 200


@on
def test_the_desk_is_told_that_a_name_was_only_typed(app, client_of):
    typed, vouched = Frame(app), Frame(app)
    typed.introduce("maja@mail.example")
    vouched.recognise(voucher())
    desk = client_of(app, "hanna")
    shown = [desk.get(f"/desk/tickets/{frame.question(client_id=f'client-{nth}-000001').rsplit('/', 1)[1]}/context").text for nth, frame in enumerate((typed, vouched))]
    assert ["prove nothing" in text for text in shown] == [True, False]


@on
def test_the_shop_vouches_and_its_customer_sees_his_own(app):
    maja = Frame(app)
    assert maja.recognise(voucher()).status_code == 204
    assert "TT-204817" in maja.ask("/embed/ask").text
    called = maja.ask("/embed/ask", {"topic": "orders", "channel": "callback", "body": "Call me, please.", "client_id": "embedded-call-01"})
    assert called.status_code == 422, "there is no page here on which number and time could be chosen"
    assert "Maja" not in Frame(app).ask("/embed/home").text
    with app.app_context():
        assert [row.scope for row in sign_ins.of(db.session.get(Person, app.extensions["cast"]["maja"]))] == ["embedded_account"]


@on
@pytest.mark.parametrize(
    "bad",
    [
        lambda: voucher(secret="another-secret-of-sufficient-length-000000"), lambda: voucher(secret="", algorithm="none"), lambda: voucher(algorithm="HS512"),
        lambda: voucher(aud="password-reset"), lambda: voucher(aud=None), lambda: voucher(exp=1), lambda: voucher(exp=9e9), lambda: voucher(exp="soon"), lambda: voucher(iat=None),
        lambda: voucher(jti=None), lambda: voucher(jti=""), lambda: voucher(sub=""), lambda: voucher(sub="x" * 81), lambda: voucher(sub={"a": 1}), lambda: voucher(email="maja@mail.example, x@y.example"),
        lambda: voucher(email="ines@tarn-thistle.example"), lambda: voucher(name="\x00"), lambda: voucher(name="x" * 201), lambda: "a.b.c", lambda: "." * 7000, lambda: voucher(pad="x" * 5000),
    ],
)
def test_AUTH_09_tokens_that_prove_nothing_are_refused(app, bad, log):
    frame = Frame(app)
    answer = frame.recognise(bad())
    assert answer.status_code == 403 and not frame.token
    assert "voucher refused" in log() and "maja@" not in log()


@on
@pytest.mark.both_stores
def test_AUTH_09_a_token_of_the_shop_works_once_and_not_when_it_is_old(app, clock):
    token, late = voucher(), voucher(jti="another-one-0001")
    assert Frame(app).recognise(token).status_code == 204
    assert Frame(app).recognise(token).status_code == 403
    clock.move(361)
    assert Frame(app).recognise(late).status_code == 403


@on
def test_the_number_of_the_shop_is_bound_to_one_customer(app):
    """An address that moved to somebody else in the shop opens nothing of its former owner's, and the reverse."""
    assert Frame(app).recognise(voucher()).status_code == 204
    assert Frame(app).recognise(voucher(sub="other")).status_code == 403  # her address, another number
    moved = Frame(app)
    assert moved.recognise(voucher(email="odile@mail.example")).status_code == 204  # her number, by now another address
    assert "TT-204817" in moved.ask("/embed/ask").text
    fresh = Frame(app)
    assert fresh.recognise(voucher(sub="new", email="new@mail.example", name="New One")).status_code == 204
    assert "TT-" not in fresh.ask("/embed/ask").text


@on
def test_AUTH_01_refusals_are_slowed(app):
    answers = [Frame(app).recognise("a.b.c").status_code for _ in range(22)]
    assert answers[:20] == [403] * 20 and answers[21] == 429
    assert Frame(app).recognise(voucher()).status_code == 429


@on
def test_AZ_10_a_token_is_taken_from_its_header_alone_and_is_dead_when_it_has_ended(app, clock):
    maja = Frame(app)
    maja.recognise(voucher())
    place = maja.question()
    bare = Frame(app)
    assert bare.ask(f"{place}?token={maja.token}&authorization=Bearer+{maja.token}").status_code == 401
    socket = app.extensions["live"].io.test_client(app, flask_test_client=app.test_client(), auth={"token": maja.token})
    assert socket.is_connected() and socket.emit("join", {"screen": f"ticket:{place.rsplit('/', 1)[1]}"}, callback=True)["ok"]
    assert maja.ask("/embed/leaving", {}).status_code == 204
    assert maja.ask(place).status_code == maja.ask(f"{place}/status").status_code == 401
    patrol.make_round(app)  # runs every few seconds
    assert not socket.is_connected()
    again = app.extensions["live"].io.test_client(app, flask_test_client=app.test_client(), auth={"token": maja.token})
    assert not again.is_connected()


@on
def test_AZ_10_a_token_is_dead_when_nobody_has_come_for_three_days(app, clock):
    zoe = Frame(app)
    zoe.introduce()
    place = zoe.question()
    clock.move(71 * 3600)
    assert zoe.ask(place).status_code == 200  # which counts as a visit
    clock.move(71 * 3600)
    assert zoe.ask(place).status_code == 200
    clock.move(73 * 3600)
    assert zoe.ask(place).status_code == 401


@on
def test_AZ_09_a_token_joins_only_its_own_screens(app):
    zoe, other = Frame(app), Frame(app)
    zoe.introduce()
    other.introduce("other@mail.example")
    key = zoe.question().rsplit("/", 1)[1]
    sockets = [app.extensions["live"].io.test_client(app, flask_test_client=app.test_client(), auth={"token": frame.token}) for frame in (zoe, other)]
    assert [socket.emit("join", {"screen": f"ticket:{key}"}, callback=True)["ok"] for socket in sockets] == [True, False]
    for odd in ({"token": ""}, {"token": 7}, {"token": ["x"]}, {"token": "x" * 5000}, "x", None, [zoe.token]):
        assert not app.extensions["live"].io.test_client(app, flask_test_client=app.test_client(), auth=odd).is_connected()


@on
def test_CSRF_01_a_foreign_page_with_a_token_changes_nothing(app):
    zoe = Frame(app)
    zoe.introduce()
    place = zoe.question()
    zoe.client.environ_base["HTTP_SEC_FETCH_SITE"] = "cross-site"
    answer = zoe.ask(f"{place}/messages", {"body": "by a foreign page", "client_id": "client-foreign-01"}, Origin=SITE)
    assert answer.status_code == 403 and "Access-Control-Allow-Origin" not in answer.headers
    assert zoe.client.options(place, headers={"Origin": SITE, "Access-Control-Request-Headers": "authorization"}).headers.get("Access-Control-Allow-Headers") is None


@on
def test_the_limits_are_those_of_the_portal(app):
    zoe = Frame(app)
    zoe.introduce()
    answers = [zoe.ask("/embed/ask", {"body": "Again", "topic": "orders", "channel": "form", "client_id": f"client-many-{n:04}"}).status_code for n in range(11)]
    assert answers == [303] * 10 + [429]
    chatty = Frame(app)
    chatty.introduce("chatty@mail.example")
    assert [chatty.introduce(f"n{n}@mail.example").status_code for n in range(10)][-1] == 429


@on
def test_the_same_question_sent_twice_is_one(app):
    zoe = Frame(app)
    zoe.introduce()
    assert zoe.question() == zoe.question()


@pytest.mark.parametrize("settings", [{**ON[0], "shop_languages": ("en", "de")}], indirect=True)
def test_the_frame_speaks_the_language_of_the_page_around_it(app):
    maja = Frame(app)
    maja.recognise(voucher())
    assert 'lang="de"' in maja.ask("/embed?language=de").text and 'lang="en"' in maja.ask("/embed?language=xx").text
    assert "Wie können wir helfen?" in maja.ask("/embed/home", **{"Accept-Language": "de"}).text


@on
def test_what_goes_wrong_is_told_in_the_frame(app):
    lost = Frame(app).ask("/embed/answers/there-is-none")
    assert lost.status_code == 404 and '<turbo-frame id="embed"' in lost.text and "/embed/home" in lost.text


@on
def test_administrators_see_what_to_copy(app, client_of):
    shown = client_of(app, "arno").get("/admin/embedding").text
    assert "http://localhost/embed.js" in shown and SITE in shown and "The secret is set" in shown and ON[0]["embed_secret"] not in shown


def test_administrators_are_told_how_to_turn_it_on(app, client_of):
    assert "EMBED_ORIGINS" in client_of(app, "arno").get("/admin/embedding").text
