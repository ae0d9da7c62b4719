"""Files without a script: they come within the form, and are still there when it is shown again."""
import email
import io
import re
import time
from email import policy

import pytest

from tests.files.sending import JSON, photo

QUESTION = {"subject": "Tent pole broken", "body": "See the picture.", "topic": "orders", "channel": "form", "client_id": "client-plain-01"}


def within(**more):
    """Fields of a form that brings a picture and a paper."""
    return {**more, "file": [(io.BytesIO(photo()), "pole.jpg"), (io.BytesIO(b"bill"), "bill.txt")]}


def test_the_form_for_a_question_takes_files_along(desk):
    maja = desk.client_of(desk.app, "maja")
    answer = maja.post("/ask", data=within(**QUESTION))
    page = maja.get(answer.location).text
    assert "bill.txt" in page and re.search(r'src="/files/[0-9a-f]{32}/small"', page)


@pytest.mark.parametrize(("who", "page"), [("maja", "/questions/{}"), ("ines", "/desk/tickets/{}")])
def test_a_reply_takes_files_along_also_without_words(desk, who, page):
    ticket_id, client = desk.taken(), desk.client_of(desk.app, who)
    assert client.post(page.format(ticket_id) + "/messages", data=within(body="", client_id="client-plain-02")).status_code == 303
    for reader, place in (("maja", "/questions/{}"), ("ines", "/desk/tickets/{}")):
        assert "bill.txt" in desk.client_of(desk.app, reader).get(place.format(ticket_id)).text
    empty = client.post(page.format(ticket_id) + "/messages", data={"body": "", "client_id": "client-plain-03"})
    assert empty.status_code == 422 and "Write a few words first" in empty.text


@pytest.mark.parametrize("fault", [{"subject": ""}, {"look": "yes"}])
def test_nothing_sent_is_lost_when_the_form_is_shown_again(desk, fault):
    maja = desk.client_of(desk.app, "maja")
    again = maja.post("/ask", data=within(**{**QUESTION, **fault}))
    keys = re.findall(r'name="files" value="([0-9a-f]{32})"', again.text)
    assert len(keys) == 2 and "bill.txt" in again.text
    answer = maja.post("/ask", data={**QUESTION, "files": keys})
    assert answer.status_code == 303 and "bill.txt" in maja.get(answer.location).text


def test_whoever_writes_blindly_over_newer_messages_keeps_the_files_too(desk):
    ticket_id, ines = desk.taken(), desk.client_of(desk.app, "ines")
    desk.customer_writes(ticket_id, "One more thing")
    again = ines.post(f"/desk/tickets/{ticket_id}/messages", data=within(body="Here", client_id="client-plain-04", read_desk_seq="1"))
    assert again.status_code == 409 and len(re.findall(r'name="files" value=', again.text)) == 2


@pytest.mark.parametrize("settings", [{"file_megabytes": 1, "files_per_message": 2}], indirect=True)
def test_UP_02_too_large_and_too_many_are_said_beside_the_field_and_the_text_stays(desk):
    maja, blob = desk.client_of(desk.app, "maja"), b"x" * (1024 * 1024 + 1)
    large = maja.post("/ask", data={**QUESTION, "file": (io.BytesIO(blob), "large.bin")})
    assert large.status_code == 422 and "at most 1 MB" in large.text and "See the picture." in large.text and 'id="f-files-error"' in large.text
    many = maja.post("/ask", data={**QUESTION, "file": [(io.BytesIO(b"x"), f"{n}.txt") for n in range(3)]})
    assert many.status_code == 422 and "at most 2 files" in many.text
    assert maja.post("/ask", data={**QUESTION, "file": (io.BytesIO(blob * 4), "huge.bin")}).status_code == 413


def test_UP_06_a_hundred_thousand_parts_and_huge_fields_are_refused_at_once(desk):
    maja, ticket_id = desk.client_of(desk.app, "maja"), desk.taken()
    line = b'--B\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nx\r\n'
    for body in (line * 100_000 + b"--B--\r\n", b'--B\r\nContent-Disposition: form-data; name="body"\r\n\r\n' + b"x" * 5_000_000 + b"\r\n--B--\r\n"):
        at = time.process_time()
        answer = maja.post(f"/questions/{ticket_id}/messages", data=body, content_type="multipart/form-data; boundary=B", headers=JSON)
        assert answer.status_code == 413 and time.process_time() - at < 2
    assert desk.words(ticket_id) == ["Where is my tent?"]


def test_a_mail_about_an_answer_of_files_alone_says_that_there_are_some(desk, sender, clock, settle):
    ticket_id, ines = desk.taken(channel="form"), sender("ines")
    ines.says(f"/desk/tickets/{ticket_id}/messages", ines.upload("label.pdf", b"%PDF-1.7"), body="")
    settle(desk.app)
    clock.move(180)
    settle(desk.app)
    folder = desk.app.config["SETTINGS"].data_dir / "mail"
    mails = [email.message_from_bytes(path.read_bytes(), policy=policy.default) for path in folder.glob("*.eml")]
    told = [mail.get_body(("plain",)).get_content() for mail in mails if "An answer" in mail["Subject"]]
    assert len(told) == 1 and "1 file came with it." in told[0]
