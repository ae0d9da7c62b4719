"""The customer's own pages: profile, mail address, password, sign-ins, addresses, consent."""
import pytest
from sqlalchemy import select

from support.database import db
from support.events import Event
from support.people.addresses import Address
from support.people.consent import Consent
from tests.people.door import PASSWORD, is_in, mailed, said, sign_in

HOME = {"name": "Maja Lindqvist", "street": "Mill Lane 7", "postcode": "10405", "city": "Berlin", "country": "DE"}


def addresses(app, key="maja"):
    with app.app_context():
        rows = db.session.scalars(select(Address).where(Address.person_id == app.extensions["cast"][key]).order_by(Address.id))
        return {row.street: (row.id, row.is_default) for row in rows}


def test_the_profile_can_be_changed(app, client_of):
    client = client_of(app, "maja")
    assert client.post("/account", data={"name": "Maja Holm", "phone": "+49 30 1234", "locale": "en"}).status_code == 303
    page = client.get("/account").text
    assert 'value="Maja Holm"' in page and 'value="+49 30 1234"' in page and "Your profile is saved." in page


def test_a_language_the_shop_does_not_speak_is_refused(app, client_of):
    answer = client_of(app, "maja").post("/account", data={"name": "Maja", "locale": "tlh"})
    assert answer.status_code == 422


@pytest.mark.parametrize("settings", [{"shop_languages": ("en", "de")}], indirect=True)
def test_the_chosen_language_is_that_of_the_person_on_every_device(app, client_of):
    client_of(app, "maja").post("/language", data={"language": "de"})
    assert '<html lang="de"' in client_of(app, "maja").get("/account").text
    stranger = client_of(app)
    assert '<html lang="en"' in stranger.get("/sign-in", headers={"Accept-Language": "fr"}).text
    assert '<html lang="de"' in stranger.get("/sign-in", headers={"Accept-Language": "de-AT,de;q=0.9"}).text
    stranger.post("/language", data={"language": "de"})
    assert '<html lang="de"' in stranger.get("/sign-in", headers={"Accept-Language": "en"}).text


def test_a_new_mail_address_counts_when_its_mailbox_is_proven(app, client_of):
    client = client_of(app, "maja")
    client.post("/account/email", data={"email": "maja@new.example", "current_password": PASSWORD})
    assert "maja@mail.example" in client.get("/account").text
    assert sign_in(client_of(app), "maja@new.example").status_code == 422
    client.post(mailed(app, "verify", "maja@new.example")[0])
    assert "maja@new.example" in client.get("/account").text
    assert sign_in(client_of(app), "maja@new.example").status_code == 303


def test_the_mail_address_changes_only_with_the_password(app, client_of):
    client = client_of(app, "maja")
    answer = client.post("/account/email", data={"email": "maja@new.example", "current_password": "wrong-password"})
    assert answer.status_code == 422 and mailed(app, "verify") == []
    statuses = [client.post("/account/email", data={"email": "maja@new.example", "current_password": "wrong-password"}).status_code for _try in range(6)]
    assert statuses[-1] == 429, "the open browser of somebody else is no way to guess the password"


def test_a_new_address_that_somebody_has_gets_the_same_answer_and_nothing_happens(app, client_of):
    client = client_of(app, "maja")
    taken = client.post("/account/email", data={"email": "odile@mail.example", "current_password": PASSWORD})
    free = client.post("/account/email", data={"email": "free@mail.example", "current_password": PASSWORD})
    assert (taken.status_code, taken.location) == (free.status_code, free.location)
    assert mailed(app, "verify", "odile@mail.example") == []


def test_AUTH_04_changing_the_password_ends_the_other_sign_ins_and_keeps_this_one(app, client_of):
    elsewhere, here = client_of(app, "maja"), client_of(app, "maja")
    answer = here.post("/account/password", data={"current_password": PASSWORD, "new_password": "seven quiet herons"})
    assert answer.status_code == 303
    assert is_in(here) and not is_in(elsewhere)


def test_the_password_changes_only_with_the_present_one_and_to_a_good_one(app, client_of):
    client = client_of(app, "maja")
    wrong = client.post("/account/password", data={"current_password": "wrong-password", "new_password": "seven quiet herons"})
    weak = client.post("/account/password", data={"current_password": PASSWORD, "new_password": "password123"})
    assert wrong.status_code == weak.status_code == 422
    assert 'id="f-current_password-error"' in wrong.text and 'id="f-new_password-error"' in weak.text
    assert sign_in(client_of(app)).status_code == 303


def test_one_sees_where_one_is_signed_in_and_can_end_one_of_them(app, client_of):
    here, elsewhere = client_of(app), client_of(app)
    sign_in(here)
    elsewhere.environ_base["HTTP_USER_AGENT"] = "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0"
    sign_in(elsewhere)
    page = here.get("/account/sign-ins")
    assert "2 browsers" in said(page) and "Firefox, Linux" in said(page) and "This browser" in said(page)
    end = next(part.split('"')[0] for part in page.text.split('action="')[1:] if part.startswith("/account/sign-ins/") and "end-all" not in part)
    assert here.post(end).status_code == 303
    assert is_in(here) and not is_in(elsewhere)


def test_signing_out_everywhere_ends_this_one_too(app, client_of):
    here, elsewhere = client_of(app, "maja"), client_of(app, "maja")
    assert here.post("/account/sign-ins/end-all").location == "/sign-in"
    assert not is_in(here) and not is_in(elsewhere)


def test_the_sign_in_of_somebody_else_cannot_be_ended(app, client_of):
    odile = client_of(app, "odile")
    page = odile.get("/account/sign-ins").text
    assert "1 browser" in page
    maja = client_of(app, "maja")
    for number in range(1, 6):
        maja.post(f"/account/sign-ins/{number}/end")
    assert is_in(odile)


def test_the_first_address_becomes_the_default_and_there_is_never_more_than_one(app, client_of):
    client = client_of(app, "odile")
    client.post("/account/addresses/new", data={**HOME, "is_default": "yes"})
    client.post("/account/addresses/new", data={**HOME, "street": "Mill Lane 8"})
    book = addresses(app, "odile")
    assert [street for street, (_id, default) in book.items() if default] == ["Mill Lane 7"]
    client.post(f"/account/addresses/{book['Mill Lane 7'][0]}/delete")
    assert sum(default for _id, default in addresses(app, "odile").values()) == 1


def test_an_address_can_be_changed(app, client_of):
    client = client_of(app, "maja")
    number = next(iter(addresses(app).values()))[0]
    assert client.get(f"/account/addresses/{number}").status_code == 200
    client.post(f"/account/addresses/{number}", data={**HOME, "street": "New Street 1"})
    assert "New Street 1" in client.get("/account/addresses").text


@pytest.mark.parametrize("way", ["read", "change", "delete"])
def test_AZ_02_the_address_book_of_somebody_else_does_not_exist(app, client_of, way):
    before = addresses(app)
    number = next(iter(before.values()))[0]
    client = client_of(app, "odile")
    path = f"/account/addresses/{number}"
    answer = {"read": lambda: client.get(path), "change": lambda: client.post(path, data=HOME), "delete": lambda: client.post(f"{path}/delete")}[way]()
    absent = client.get("/account/addresses/999999")
    assert answer.status_code == absent.status_code == 404
    assert "Rosenthaler" not in answer.text
    assert addresses(app) == before


def test_PRIV_05_consent_is_given_and_withdrawn_by_rows_that_are_never_overwritten(app, client_of):
    client = client_of(app, "maja")
    assert 'value="marketing.email" checked' not in client.get("/account/consent").text
    client.post("/account/consent", data={"given": ["marketing.email", "not.asked"]})
    client.post("/account/consent", data={"given": ["marketing.email"]})
    client.post("/account/consent", data={})
    with app.app_context():
        rows = db.session.scalars(select(Consent).order_by(Consent.id)).all()
        assert [(row.purpose, row.channel, row.granted, row.source) for row in rows] == [("marketing", "email", True, "account"), ("marketing", "email", False, "account")]
        assert "offers" in rows[0].text
    page = said(client.get("/account/consent"))
    assert "Withdrawn on" in page and page.count("new things and offers") >= 3


def test_words_of_people_are_in_no_event(app, client_of):
    client = client_of(app, "maja")
    client.post("/account", data={"name": "Very Private Name", "phone": "+49 151 999", "locale": "en"})
    client.post("/account/addresses/new", data={**HOME, "street": "Private Street 9"})
    with app.app_context():
        told = " ".join(str(row.data) for row in db.session.scalars(select(Event)))
        assert "Private" not in told and "151" not in told
