"""Forms: what is read, what is refused, and that nothing typed is lost."""
import datetime

import pytest

from support.database import db
from support.errors import Invalid
from support.people.person import Person
from support.web import forms


class Sample(forms.Form):
    title = forms.Text(required=True, most=10)
    body = forms.Text(lines=True)
    email = forms.Email()
    secret = forms.Secret()
    kind = forms.Choice(["a", "b"])
    yes = forms.Flag()
    count = forms.Whole(least=1, most=5)
    day = forms.Day()
    ids = forms.Several(forms.Whole(least=0, most=99))


def read(app, data=None, **kwargs):
    with app.test_request_context("/", method="POST", data=data, **kwargs):
        return forms.read(Sample)


def refused(app, **data):
    with pytest.raises(Invalid) as told:
        read(app, {"title": "x", **data})
    return told.value.errors


def test_values_come_clean_and_typed(app):
    values = read(app, {
        "title": "  two \n words ", "body": " first\r\nsecond ", "email": "Maja@Mail.Example", "secret": "  as typed ", "kind": "b", "yes": "yes", "count": "3",
        "day": "2026-11-24", "ids": ["1", "2"], "role": "administrator",
    })
    assert values == {
        "title": "two words", "body": "first\nsecond", "email": "maja@mail.example", "secret": "  as typed ", "kind": "b", "yes": True, "count": 3,
        "day": datetime.date(2026, 11, 24), "ids": [1, 2],
    }


def test_what_is_missing_has_a_quiet_default(app):
    assert read(app, {"title": "x"}) == {
        "title": "x", "body": "", "email": "", "secret": "", "kind": "", "yes": False, "count": None, "day": None, "ids": [],
    }
    assert read(app, {"title": "x", "count": "", "day": ""})["count"] is None


@pytest.mark.parametrize(("field", "value", "word"), [
    ("title", "", "Fill this in"), ("title", "   ", "Fill this in"), ("title", "x" * 11, "at most 10"), ("email", "nobody", "name@example.org"), ("kind", "c", "Choose one"),
    ("count", "9", "from 1 to 5"), ("count", "three", "not look right"), ("count", "9" * 400, "not look right"), ("day", "24.11.", "2026-11-24"), ("ids", ["1", "x"], "not look right"),
])
def test_each_wrong_field_gets_one_sentence(app, field, value, word):
    errors = refused(app, **{field: value})
    assert set(errors) == {field} and word in str(errors[field])


def test_AZ_11_fields_that_the_form_does_not_have_are_ignored(app, client_of):
    client = client_of(app, "maja")
    client.post("/account", data={"name": "Maja L.", "locale": "en", "role": "administrator", "email": "x@evil.example", "active": "", "id": "1", "created_at": "2020-01-01"})
    with app.app_context():
        maja = db.session.get(Person, app.extensions["cast"]["maja"])
        assert (maja.name, maja.role, maja.email, maja.active) == ("Maja L.", "customer", "maja@mail.example", True)


def test_json_is_read_by_the_same_schema_and_odd_json_is_a_clean_refusal(app):
    assert read(app, json={"title": "x", "count": 2})["count"] == 2
    for body in ("[]", "{", '{"title": {"a": 1}}', '{"title": ' + "[" * 5000 + "]" * 5000 + "}"):
        with pytest.raises(Invalid):
            read(app, body, content_type="application/json")


def test_wrong_input_shows_the_page_again_with_what_was_typed_and_where_it_is_wrong(app, client_of):
    answer = client_of(app, "maja").post("/account/addresses/new", data={"name": "Maja", "street": "Long Lane 7", "postcode": "", "city": "Bree", "country": "DE"})
    assert answer.status_code == 422
    assert "<title>Error: " in answer.text
    assert 'value="Long Lane 7"' in answer.text
    assert 'href="#f-postcode"' in answer.text and 'id="f-postcode-error"' in answer.text


def test_a_script_gets_the_errors_as_json(app, client_of):
    answer = client_of(app, "maja").post("/account/addresses/new", data={"name": "Maja"}, headers={"Accept": "application/json"})
    assert answer.status_code == 422 and answer.json["errors"]["street"] == "Write the street and the number."


def test_markup_in_what_was_typed_comes_back_as_text(app, client_of):
    answer = client_of(app, "maja").post("/account/addresses/new", data={"name": '"><script>alert(1)</script>'})
    assert "<script>alert" not in answer.text


def test_too_large_a_request_gets_a_clean_answer(app, client_of):
    answer = client_of(app, "maja").post("/account", data={"name": "x" * 3_000_000})
    assert answer.status_code == 413 and "too much" in answer.text
