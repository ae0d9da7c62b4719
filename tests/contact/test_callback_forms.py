"""The pages of a callback as plain forms, which is all that a browser without scripts has."""
import re

import pytest
from sqlalchemy import select

from support.clock import now
from support.database import db
from support.orders.model import Order
from support.people import sign_ins
from support.people.person import Person
from support.routing import sweep
from tests.conftest import cookie_name


def test_asking_choosing_changing_and_cancelling_by_plain_forms(app, client_of, settle):
    maja = client_of(app, "maja")
    question = {"subject": "Tent", "body": "Where is my tent?", "topic": "orders", "channel": "callback", "client_id": "call-me-back-0001"}
    assert "Call me back" in maja.get("/ask").text
    form = maja.post("/ask", data=question).headers["Location"]
    page = maja.get(form).text
    keys = re.findall(r'<option value="([^"]+)"', page)
    assert keys[0] == "now" and len(keys) > 3 and all(key > f"{now():%Y-%m-%dT%H:%M}" for key in keys[1:])
    wrong = maja.post(form, data={"number": "0900 1234567", "wanted": keys[2]})
    assert wrong.status_code == 422 and "0900 1234567" in wrong.text and "Error:" in wrong.text
    assert maja.post(form, data={"number": "0171 3920012", "wanted": "2020-01-01T10:00Z"}).status_code == 422
    show = maja.post(form, data={"number": "0171 3920012", "wanted": keys[2]}).headers["Location"]
    assert "We call you" in maja.get(show).text and "+49\u00a0171\u00a03920012" in maja.get(show).text
    assert maja.post(form, data={"wanted": "now"}).status_code == 303
    assert "You are next: we call you soon" in maja.get(show).text
    assert client_of(app, "odile").get(form).status_code == 404
    listed = client_of(app, "hanna").get("/callbacks?state=live").text
    assert "Tent" in listed and "… 012" in listed and "3920012" not in listed
    assert maja.post(f"{form}/withdrawal").status_code == 303
    assert "We have your question" in maja.get(show).text
    settle(app)


@pytest.mark.parametrize("number", ["030 1234567890123", "030 123456789012"])
def test_a_number_longer_than_any_is_refused(any_app, client_of, number):
    """E.164 ends at fifteen digits; some countries' plans are written down as if they went on."""
    maja = client_of(any_app, "maja")
    question = {"subject": "Tent", "body": "Where is my tent?", "topic": "orders", "channel": "callback", "client_id": "call-me-back-0002"}
    form = maja.post("/ask", data=question).headers["Location"]
    answer = maja.post(form, data={"number": number, "wanted": "now"})
    assert answer.status_code == 422 and "no number we can call" in answer.text and number in answer.text


def test_slips_use_up_nobodys_calls(app, client_of):
    maja = client_of(app, "maja")
    question = {"subject": "Tent", "body": "Where is my tent?", "topic": "orders", "channel": "callback", "client_id": "call-me-back-0003"}
    form = maja.post("/ask", data=question).headers["Location"]
    for _slip in range(8):
        assert maja.post(form, data={"number": "030", "wanted": "now"}).status_code == 422
    assert maja.post(form, data={"number": "0171 3920012", "wanted": "now"}).status_code == 303


def test_a_queue_that_calls_nobody_back_offers_and_takes_none(app, client_of):
    maja = client_of(app, "maja")
    sent = maja.post("/ask", data={"subject": "Tent", "body": "Which size?", "topic": "products", "channel": "callback", "client_id": "call-me-back-0002"})
    assert sent.status_code == 422 and "in writing only" in sent.text
    asked = maja.post("/ask", data={"subject": "Tent", "body": "Which size?", "topic": "products", "channel": "form", "client_id": "call-me-back-0003"})
    with app.app_context():
        sweep()
    assert "Call me back instead" not in maja.get(asked.headers["Location"]).text
    assert maja.post(asked.headers["Location"] + "/callback", data={"number": "0171 3920012", "wanted": "now"}).status_code == 409


def test_a_guest_is_called_about_his_own_question_and_counted_apart(app, client_of):
    gero = client_of(app)
    with app.app_context():
        order = db.session.scalar(select(Order).where(Order.number == "TT-204733"))
        token = sign_ins.begin(db.session.get(Person, app.extensions["cast"]["gero"]), device="test", scope="order", scope_id=order.id)[1]
    gero.set_cookie(cookie_name(app), token)
    asked = {"subject": "Boots", "body": "Which size?", "topic": "orders", "channel": "callback", "order": "TT-204733", "client_id": "call-me-back-0004"}
    form = gero.post("/ask", data=asked).headers["Location"]
    assert gero.post(form, data={"number": "+49 171 3920014", "wanted": "now"}).status_code == 303
    assert "You are next: we call you soon" in gero.get(form.removesuffix("/callback")).text
    assert client_of(app, "maja").get(form).status_code == 404
