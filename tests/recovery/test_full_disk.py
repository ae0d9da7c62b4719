"""FLT-12: the disk is full while people write. Whoever is refused is told so in a clear sentence, nothing acknowledged is lost, what was typed stays, and all goes on when there is room again."""
import sqlite3

from playwright.sync_api import expect
from sqlalchemy import func, select

from support.database import db
from support.tickets.models import Message
from tests.recovery.caller import Caller, until
from tests.recovery.crowd import Crowd
from tests.recovery.full import Disk
from tests.recovery.test_stopping import all_is_delivered, nothing_was_lost_or_doubled, stored

SENTENCE = "This is not available right now."
HEALED = 20  # seconds
TABLE = "order_number,placed_at,email,name,sku,title,quantity,unit_price\n" + "A-1,2026-01-05 10:00,eva@mail.example,Eva,KT-1,Kettle,1,39.90\n" * 20_000


def count(server) -> int:
    with server.app.app_context():
        db.session.rollback()
        return db.session.scalar(select(func.count()).select_from(Message))


def is_whole(server) -> bool:
    if "work" in server.commands:
        return True
    with sqlite3.connect(server.folder / "switchboard.db") as connection:
        return connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_FLT_12_a_full_disk_refuses_with_a_sentence_loses_nothing_and_heals(server, new_page):
    maja, arno, disk = Caller(server, "maja"), Caller(server, "arno"), Disk(server)
    ticket_id = maja.asks("Before the disk was full", "form")
    path = f"/questions/{ticket_id}"
    crowd = Crowd(server, writers=2, sockets=4, pause=0.1)
    talk, form = (new_page(server, "maja", allow=("status of 503",)) for _page in range(2))
    talk.goto(path)
    talk.wait_for_selector("html[data-live=connected]")
    form.goto("/ask")
    form.locator("#f-subject").fill("Written on a full disk")
    form.locator("#f-body").fill("All of this must stay.")
    until(lambda: crowd.open == 4 and len(crowd.waits) > 20, "the crowd is at work")

    disk.fills()
    until(lambda: len(crowd.failed) > 6, "writing is refused")
    before = count(server)
    status, text = maja.writes(f"{path}/messages", "On a full disk")
    assert status == 503 and SENTENCE in text
    assert [maja.get(each)[0] for each in ("/", path, "/questions", "/healthz")] == [200] * 4, "what is stored can be read"
    status, _address, page = arno.uploads("/admin/imports", "orders.csv", TABLE, kind="orders", source="old_shop")
    assert status == 503 and SENTENCE in page, "a file that does not fit"
    talk.locator("#f-body").fill("From the page, on a full disk")
    talk.keyboard.press("Control+Enter")
    expect(talk.locator("[data-pending-line]")).to_contain_text(SENTENCE)
    for choice in ("topic", "channel"):
        form.locator(f"[name={choice}]").last.check()
    form.get_by_role("button", name="Send question").click()
    expect(form.get_by_text(SENTENCE).first).to_be_visible()
    assert count(server) == before and crowd.open == 4, "nothing is stored, and the sockets stay"

    disk.has_room()
    seen = sum(map(len, crowd.acknowledged.values()))
    until(lambda: sum(map(len, crowd.acknowledged.values())) > seen + 10, "writing goes on", HEALED)
    expect(talk.locator("[data-pending]")).to_have_count(0)
    form.goto("/ask")
    expect(form.locator("#f-body")).to_have_value("All of this must stay.")
    crowd.stop()
    assert set(crowd.failed) == {503}, "a clean refusal each"
    nothing_was_lost_or_doubled(server, crowd)
    all_is_delivered(server, 90)
    assert is_whole(server)
    words = stored(server)[ticket_id]
    assert words.count("From the page, on a full disk") == 1 and "On a full disk" not in words
    print(f"{len(crowd.failed)} tries were refused, {seen} messages acknowledged before, {sum(map(len, crowd.acknowledged.values()))} in the end")
