"""Files come in parts, may be cut anywhere, and are seen when they are whole; the same on both databases."""
import hashlib
import io
import random
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select

from support import files, tickets
from support.clock import now
from support.database import db
from support.files import StoredFile
from support.files import uploads as uploading
from tests.files.sending import JSON, Sender, photo

pytestmark = pytest.mark.both_stores
TEN = random.Random(7).randbytes(3 * 512 * 1024 + 77)


def rows(app) -> list[StoredFile]:
    with app.app_context():
        return list(db.session.scalars(select(StoredFile).order_by(StoredFile.id)))


def test_a_file_in_parts_arrives_equal_byte_for_byte_and_both_see_it(desk, sender, kept):
    ticket_id, maja = desk.taken(), sender("maja")
    key = maja.upload("film.bin", TEN)
    assert maja.says(f"/questions/{ticket_id}/messages", key, body="").status_code == 303
    for who, page in (("maja", f"/questions/{ticket_id}"), ("ines", f"/desk/tickets/{ticket_id}"), ("hanna", f"/tickets/{ticket_id}")):
        reader = desk.client_of(desk.app, who)
        assert f"/files/{key}" in reader.get(page).text and "film.bin" in reader.get(page).text, who
        answer = reader.get(f"/files/{key}")
        assert answer.data == TEN and answer.headers["Content-Disposition"] == "attachment; filename=film.bin", who
    [row] = rows(desk.app)
    assert (row.digest, row.parts, row.ticket_id) == (hashlib.sha256(TEN).hexdigest(), [], ticket_id)


def test_FLT_24_a_cut_upload_goes_on_where_it_was_and_nobody_sees_half_of_it(desk, sender, blobs):
    ticket_id, maja = desk.taken(), sender("maja")
    key = maja.begin("film.bin", len(TEN)).json["key"]
    maja.bring(key, 0, TEN[:1000])
    assert maja.end(key).status_code == 409
    assert maja.says(f"/questions/{ticket_id}/messages", key, body="").json["errors"]["files"]
    assert maja.client.get(f"/files/{key}").status_code == 404 and f"/files/{key}" not in maja.client.get(f"/questions/{ticket_id}").text
    again = sender("maja")  # another tab, another day
    assert again.progress(key).json["offset"] == 1000
    assert again.bring(key, 0, TEN[:1000]).status_code == 409, "a part that was thought lost comes again"
    assert again.bring(key, 500, TEN[500:700]).status_code == 409
    for offset in range(1000, len(TEN), 400_000):
        assert again.bring(key, offset, TEN[offset:offset + 400_000]).status_code == 200
    assert again.bring(key, len(TEN), b"more").json["errors"]["files"], "more than was said"
    assert again.end(key).status_code == again.end(key).status_code == 200
    assert blobs() == [f"{key[:2]}/{key}"], "no part is left"
    assert maja.client.get(f"/files/{key}").data == TEN


def test_two_that_bring_the_same_part_at_once_make_no_other_file(desk, sender, kept, blobs, monkeypatch):
    """The second one has written its part before the first one noted his."""
    maja, noted = sender("maja"), []
    key = maja.begin("film.bin", len(TEN)).json["key"]
    put = files.stores.Folder.put

    def meanwhile(store, name, content, size):
        put(store, name, content, size)
        if not noted:
            noted.append(True)
            assert sender("maja").bring(key, 0, TEN[:1000]).status_code == 200

    monkeypatch.setattr(files.stores.Folder, "put", meanwhile)
    assert maja.bring(key, 0, b"?" * 1000).status_code == 409
    maja.bring(key, 1000, TEN[1000:400_000])
    for offset in range(400_000, len(TEN), 400_000):
        maja.bring(key, offset, TEN[offset:offset + 400_000])
    assert maja.end(key).status_code == 200 and kept(key) == TEN and len(blobs()) == 1


def test_a_file_that_is_taken_back_leaves_nothing_whatever_was_on_its_way(desk, sender, blobs):
    maja = sender("maja")
    key = maja.begin("film.bin", len(TEN)).json["key"]
    maja.bring(key, 0, TEN[:1000])
    ready = maja.upload("photo.jpg", photo())
    for one in (key, ready):
        assert maja.client.post(f"/files/{one}/withdrawal").status_code == maja.client.post(f"/files/{one}/withdrawal").status_code == 204
    assert rows(desk.app) == [] and blobs() == [] and maja.progress(key).status_code == 404


def test_what_was_never_sent_expires_with_its_bytes_and_what_was_sent_stays(desk, sender, blobs, clock, settle):
    ticket_id, maja = desk.taken(), sender("maja")
    sent = maja.upload("photo.jpg", photo())
    maja.says(f"/questions/{ticket_id}/messages", sent)
    maja.bring(maja.begin("film.bin", len(TEN)).json["key"], 0, TEN[:1000])
    maja.upload("other.jpg", photo())
    clock.move(23 * 3600)
    settle(desk.app)
    assert len(rows(desk.app)) == 3
    clock.move(2 * 3600)
    settle(desk.app)
    assert [row.key for row in rows(desk.app)] == [sent] and blobs() == [f"{sent[:2]}/{sent}", f"{sent[:2]}/{sent}-small"]


def test_what_the_store_does_not_let_go_of_holds_up_nothing_else(desk, sender, clock, settle):
    maja, home = sender("maja"), desk.app.config["SETTINGS"].data_dir / "files"
    stuck, other = maja.upload("notes.txt", b"stuck"), maja.upload("notes.txt", b"other")
    path = home / stuck[:2] / stuck
    path.unlink()
    path.mkdir()
    clock.move(25 * 3600)
    settle(desk.app)
    assert [row.key for row in rows(desk.app)] == [stuck] and not (home / other[:2] / other).exists()
    path.rmdir()
    clock.move(3600)
    settle(desk.app)
    assert not rows(desk.app)


def test_a_process_that_dies_at_any_step_leaves_nothing_for_ever(desk, sender, blobs, clock, settle, monkeypatch):
    maja = sender("maja")
    key = maja.begin("film.bin", len(TEN)).json["key"]
    with desk.app.app_context():
        uploading.store().put(f"parts/{key}/000000000000-00000000", io.BytesIO(b"dead"), 4)
        uploading.store().put(f"parts/{'0' * 32}/000000000000-00000000", io.BytesIO(b"dead"), 4)
    doomed = maja.upload("photo.jpg", photo())
    monkeypatch.setattr(uploading, "delete_blobs", lambda *what: (_ for _ in ()).throw(RuntimeError("killed")))
    with pytest.raises(RuntimeError), desk.app.app_context():
        files.cancel(desk.person("maja"), doomed)
    monkeypatch.undo()
    assert maja.says("/questions/1/messages", doomed).status_code != 303 and maja.progress(doomed).status_code == 404
    clock.move(3 * 86_400)
    settle(desk.app)
    assert rows(desk.app) == [] and blobs() == []


def test_the_same_message_sent_again_carries_the_same_files_once(desk, sender):
    ticket_id, maja = desk.taken(), sender("maja")
    key = maja.upload("photo.jpg", photo())
    first, second = (maja.says(f"/questions/{ticket_id}/messages", key) for _ in range(2))
    assert (first.status_code, second.status_code) == (303, 303)
    assert maja.client.get(f"/questions/{ticket_id}").text.count(f'href="/files/{key}"') == 1
    assert maja.says(f"/questions/{ticket_id}/messages", key, number=2).json["errors"]["files"], "and hangs on no other message"


@pytest.mark.parametrize("settings", [{"file_megabytes": 1, "ticket_file_megabytes": 2, "upload_megabytes_per_day": 4, "files_per_message": 2}], indirect=True)
def test_UP_02_sizes_and_totals_hold_and_what_is_refused_leaves_nothing(desk, sender, blobs):
    ticket_id, maja, most = desk.taken(), sender("maja"), 1024 * 1024
    address = f"/questions/{ticket_id}/messages"
    assert maja.begin("large.bin", most + 1).json["errors"]["files"] and maja.begin("empty.bin", 0).status_code == 422
    assert maja.client.post(f"/files/{'0' * 32}/parts?offset=0", data=b"x" * (3 * most)).status_code == 422
    assert rows(desk.app) == []
    keys = [maja.upload(f"{n}.bin", b"x" * (most - 1)) for n in range(3)]
    assert maja.says(address, *keys).json["errors"]["files"] == "Send at most 2 files with one message."
    assert maja.says(address, *keys[:2], number=2).status_code == 303
    assert "2 MB together" in maja.says(address, keys[2], number=3).json["errors"]["files"]
    assert maja.begin("fourth.bin", most).status_code == 201
    refused = maja.begin("fifth.bin", most)
    assert refused.status_code == 429 and "in a day" in refused.json["error"], refused.text
    assert Sender(desk.client_of(desk.app, "odile")).begin("other.bin", most).status_code == 201, "others are not slowed"
    assert len(blobs()) == 3


def test_a_reply_to_a_closed_question_takes_its_files_along_to_the_new_one(desk, sender):
    ticket_id, maja = desk.taken(), sender("maja")
    with desk.app.app_context():
        code = desk.disposition()
    desk.client_of(desk.app, "ines").post(f"/desk/tickets/{ticket_id}/resolution", data={"disposition": code})
    with desk.app.app_context():
        tickets.close(ticket_id, now() + timedelta(hours=1))
    key = maja.upload("photo.jpg", photo())
    answer = maja.client.post(f"/questions/{ticket_id}/messages", data={"body": "", "client_id": "client-follow-01", "files": key}, headers=JSON)
    assert answer.status_code == 303 and f"/files/{key}" in maja.client.get(answer.location).text


def test_a_file_comes_in_a_bounded_number_of_parts(desk, sender, blobs):
    """Each is a blob and a place in the row: a byte at a time would be millions of both."""
    maja, size = sender("maja"), 1024 * 1024
    key = maja.begin("film.bin", size).json["key"]
    answers = [maja.bring(key, offset, b"x") for offset in range(40)]
    refused = [answer for answer in answers if answer.status_code != 200]
    assert refused and refused[0].status_code == 422 and refused[0].json["errors"]["files"]
    assert len(blobs()) == len(answers) - len(refused) < 40


def test_whoever_says_the_end_twice_at_once_gets_the_same_file(desk, sender, kept, blobs, monkeypatch):
    """The second one begins to read the parts as the first one has put them together."""
    maja, ended = sender("maja"), []
    key = maja.begin("film.bin", 1000).json["key"]
    maja.bring(key, 0, TEN[:1000])
    read = files.stores.Folder.open

    def meanwhile(store, name):
        if not ended:
            ended.append(True)
            assert sender("maja").end(key).json["ready"]
        return read(store, name)

    monkeypatch.setattr(files.stores.Folder, "open", meanwhile)
    assert maja.end(key).json["ready"] and kept(key) == TEN[:1000] and len(blobs()) == 1


@pytest.mark.parametrize("key", ["\0", "a\0b", "../..", "\U0001f600" * 300])
def test_a_key_that_no_file_can_have_is_said_beside_the_field(desk, sender, key):
    ticket_id, maja, ines = desk.taken(), sender("maja"), sender("ines")
    question = {"subject": "S", "topic": "orders", "channel": "form"}
    for who, place, more in ((maja, f"/questions/{ticket_id}/messages", {}), (ines, f"/desk/tickets/{ticket_id}/messages", {"kind": "note"}), (maja, "/ask", question)):
        answer = who.says(place, key, **more)
        assert answer.status_code == 422 and answer.json["errors"]["files"], place


def test_only_a_few_files_are_looked_at_at_once(desk, sender, monkeypatch):
    """A small picture may take 200 MB while it is made."""
    keys = []
    for who in ("maja", "odile", "ines"):
        person = sender(who)
        for _file in range(2):
            key = person.begin("notes.txt", 5).json["key"]
            assert person.bring(key, 0, b"notes").status_code == 200
            keys.append((person, key))
    at_work, most, assemble = [], [], uploading.assemble

    def slow(*args):
        at_work.append(args)
        until = time.monotonic() + 5
        while len(at_work) < files.LOOKS and time.monotonic() < until:
            time.sleep(0.005)
        time.sleep(0.05)  # for one too many to come
        most.append(len(at_work))
        at_work.pop()
        return assemble(*args)

    monkeypatch.setattr(uploading, "assemble", slow)
    with ThreadPoolExecutor(6) as pool:
        statuses = list(pool.map(lambda each: each[0].end(each[1]).status_code, keys))
    assert statuses == [200] * 6 and max(most) == files.LOOKS
