"""AZ-04: a file is for whoever may read the message it hangs on, at every door, and for nobody else."""
import re

import pytest
from sqlalchemy import select

from support.database import db
from support.people import sign_ins
from support.people.person import Person
from tests.files.sending import Sender, photo


def test_AZ_04_a_customers_file_is_hers_and_the_staffs(desk, sender):
    ticket_id, maja = desk.taken(), sender("maja")
    key = maja.upload("photo.jpg", photo())
    for address in (f"/files/{key}", f"/files/{key}/small"):
        for who, status in (("maja", 200), ("odile", 404), ("ines", 404), ("hanna", 404), (None, 303)):
            assert desk.client_of(desk.app, who).get(address).status_code == status, f"{who} before it was sent"
    maja.says(f"/questions/{ticket_id}/messages", key)
    for address in (f"/files/{key}", f"/files/{key}/small"):
        for who, status in (("maja", 200), ("odile", 404), ("ines", 200), ("tomasz", 200), ("hanna", 200), ("arno", 200), (None, 303)):
            answer = desk.client_of(desk.app, who).get(address)
            assert answer.status_code == status, who
            assert status != 200 or answer.headers["Cache-Control"] == "no-store"
    odile = desk.client_of(desk.app, "odile")
    assert re.sub("[0-9a-f]{16}", "", odile.get(f"/files/{key}").text.replace(key, "")).count("<h1") == odile.get(f"/files/{'0' * 32}").text.count("<h1")


def test_AZ_04_a_file_on_a_note_does_not_exist_for_the_customer(desk, sender):
    ticket_id, ines = desk.taken(), sender("ines")
    key = ines.upload("Zqpaper.txt", b"she has been angry before")
    answer = ines.says(f"/desk/tickets/{ticket_id}/messages", key, body="", kind="note")
    assert answer.status_code == 201 and ines.client.get(f"/files/{key}").status_code == 200
    maja = desk.client_of(desk.app, "maja")
    assert maja.get(f"/files/{key}").status_code == maja.get(f"/files/{key}/small").status_code == 404
    assert "Zqpaper" in ines.client.get(f"/desk/tickets/{ticket_id}").text
    assert "Zqpaper" not in maja.get(f"/questions/{ticket_id}").text + maja.get(f"/questions/{ticket_id}/messages").text


@pytest.mark.parametrize("who", ["odile", "ines", "gero"])
def test_an_upload_belongs_to_who_began_it(desk, sender, who):
    ticket_id, maja, other = desk.taken(), sender("maja"), sender(who)
    key, half = maja.upload("photo.jpg", photo()), maja.begin("half.bin", 10).json["key"]
    assert [other.progress(half).status_code, other.bring(half, 0, b"x").status_code, other.end(half).status_code] == [404] * 3
    assert other.client.post(f"/files/{half}/withdrawal").status_code == 204 and maja.progress(half).json["offset"] == 0
    place = f"/desk/tickets/{ticket_id}/messages" if who == "ines" else "/ask"
    question = {"subject": "S", "topic": "orders", "channel": "form"}
    refused = other.says(place, key, **question)
    assert refused.status_code == 422 and refused.json["errors"]["files"]
    assert maja.says(f"/questions/{ticket_id}/messages", key).status_code == 303


def test_two_guests_who_claim_one_customer_are_two(desk):
    """A guest has proven one order or said a name: another guest of the same customer is somebody else."""
    guests = []
    with desk.app.app_context():
        gero = db.session.scalar(select(Person).where(Person.id == desk.app.extensions["cast"]["gero"]))
        tokens = [sign_ins.begin(gero, device="test", scope="order", scope_id=1)[1] for _ in range(2)]
    for token in tokens:
        client = desk.client_of(desk.app)
        client.set_cookie("switchboard", token)
        guests.append(Sender(client))
    key = guests[0].upload("photo.jpg", photo())
    assert guests[0].client.get(f"/files/{key}").status_code == 200
    assert guests[1].client.get(f"/files/{key}").status_code == guests[1].progress(key).status_code == 404


@pytest.mark.parametrize("settings", [{"embed_origins": ("https://shop.example",)}], indirect=True)
def test_in_the_embedded_chat_a_bearer_uploads_and_pictures_have_signed_addresses_for_five_minutes(desk, sender, clock):
    ticket_id = desk.taken()
    with desk.app.app_context():
        token = sign_ins.begin(desk.person("maja"), device="test", scope=sign_ins.EMBEDDED_ACCOUNT)[1]
    frame = desk.client_of(desk.app)
    frame.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token}"
    there = Sender(frame, "/embed/files")
    assert Sender(frame).begin("x", 1).status_code == 401, "a bearer opens no other door"
    key = there.upload("photo.jpg", photo())
    assert there.says(f"/embed/questions/{ticket_id}/messages", key).status_code == 303
    page = frame.get(f"/embed/questions/{ticket_id}").text
    large, small = re.search(r'href="(/files/signed/[^"]+)"', page)[1], re.search(r'src="(/files/signed/[^"]+)"', page)[1]
    picture = desk.client_of(desk.app)  # as an <img> asks: without a header
    assert picture.get(large).data == photo() and picture.get(small).content_type == "image/webp"
    assert picture.get(small).headers["Cache-Control"] == "no-store"
    assert picture.get(large[:-1] + ("A" if large[-1] != "A" else "B")).status_code == picture.get("/files/signed/no.token").status_code == 404
    assert picture.get(f"/embed/files/{key}").status_code == 401 and frame.get(f"/embed/files/{key}").data == photo()
    clock.move(301)
    assert picture.get(large).status_code == picture.get(small).status_code == 404
    fresh = frame.get(re.search('data-file-address="([^"]+)"', page)[1]).json["address"]
    assert picture.get(fresh).data == photo()
    assert f"/files/{key}/small" in sender("maja").client.get(f"/questions/{ticket_id}").text, "whoever has a cookie needs no signature"
    with desk.app.app_context():
        sign_ins.end_all(desk.person("maja"))
    assert picture.get(fresh).status_code == 404, "an address stands for a sign-in, and goes with it"


@pytest.mark.parametrize("settings", [{"embed_origins": ("https://shop.example",), "upload_megabytes_per_day": 20, "tickets_per_hour": 2, "messages_per_minute": 3}], indirect=True)
def test_a_stranger_who_claims_to_be_a_customer_uses_up_nothing_of_hers(desk, sender):
    with desk.app.app_context():
        token = sign_ins.begin(desk.person("maja"), device="test", scope=sign_ins.EMBEDDED_GUEST)[1]
    stranger = Sender(desk.client_of(desk.app), "/embed/files")
    stranger.client.environ_base |= {"HTTP_AUTHORIZATION": f"Bearer {token}", "REMOTE_ADDR": "203.0.113.9"}
    question = {"subject": "S", "topic": "orders", "channel": "form"}
    assert [stranger.begin("film.bin", 20 * 1024 * 1024).status_code for _ in range(2)] == [201, 429]
    asked = [stranger.says("/embed/ask", number=number, **question) for number in range(3)]
    assert [answer.status_code for answer in asked] == [303, 303, 429]
    assert [stranger.says(f"{asked[0].location}/messages", number=10 + number).status_code for number in range(4)][-1] == 429
    maja = sender("maja")
    key = maja.upload("photo.jpg", photo())
    asked = maja.says("/ask", key, number=20, **question)
    assert asked.status_code == 303
    assert maja.says(f"{asked.location.partition('#')[0]}/messages", number=21).status_code == 303
