"""Files in a real browser against a real server: a cut in the middle, a reload, paste and drop, keys, and two people who see it."""
import base64
import hashlib
import random

import pytest
from sqlalchemy import select

from support import tickets
from support.clock import now
from support.database import db, transaction
from support.files import StoredFile
from support.people.person import Person
from tests.files.sending import photo
from tests.pages import axe, until
from tests.servers import default_size

SEND = ".sb-composer button.btn-primary"
CUT = ("ERR_", "WebSocket connection", "status of 50")
MEGABYTE = 1024 * 1024
FILM = random.Random(11).randbytes(10 * MEGABYTE + 12345)


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    yield from default_size(tmp_path_factory.mktemp("files"))


@pytest.fixture
def question(server):
    """A question of Maja's that is with Ines."""
    with server.app.app_context():
        people = {key: db.session.get(Person, server.app.extensions["cast"][key]) for key in ("maja", "ines")}
        ticket = tickets.open_ticket(
            people["maja"], subject="Tent pole broken", body="It is broken.", topic="orders", channel="chat", client_id=f"question-{now().timestamp()}".replace(".", "-")
        )
        with transaction():
            tickets.assign(db.session.get(tickets.Ticket, ticket.id), db.session.get(Person, people["ines"].id), actor=people["ines"])
        return ticket.id


def stored(server, name: str) -> StoredFile:
    with server.app.app_context():
        return db.session.scalar(select(StoredFile).where(StoredFile.name == name).order_by(StoredFile.id.desc()))


def chosen(page, *files) -> None:
    """Files as (name, kind, content), through the button."""
    with page.expect_file_chooser() as asked:
        page.click("[data-attachments-target=button]")
    asked.value.set_files([{"name": name, "mimeType": kind, "buffer": content} for name, kind, content in files])


def ready(page, name: str) -> None:
    page.wait_for_selector(f".sb-attach-row:has-text('{name}') [data-part=ready]:not([hidden])", timeout=60_000)


def fetched(page, name: str) -> bytes:
    """A file as its link in the conversation brings it."""
    link = page.locator(".sb-files a", has_text=name).last.get_attribute("href")
    return page.context.request.get(link).body()


def test_10_megabytes_cut_in_the_middle_by_a_dead_server_go_on_and_arrive_equal_byte_for_byte(server, new_page, question):
    page, desk = new_page(server, "maja", allow=CUT), new_page(server, "ines", allow=CUT)
    page.goto(f"/questions/{question}")
    desk.goto(f"/desk/tickets/{question}")
    seen = []

    def cut(route):
        seen.append(route.request.url)
        if len(seen) == 9:
            server.kill()
        route.continue_()

    page.route("**/parts?offset=*", cut)
    chosen(page, ("film.bin", "video/mp4", FILM))
    page.wait_for_selector(".sb-attach-row >> text=Waits for the connection")
    half = stored(server, "film.bin").received
    assert 0 < half < len(FILM)
    server.start()
    ready(page, "film.bin")
    after = [int(url.rsplit("=", 1)[1]) for url in seen[9:]]
    assert after and min(after) >= half, "what had come did not come again"
    page.click(SEND)
    for one in (page, desk):
        one.wait_for_selector(".sb-files >> text=film.bin", timeout=30_000)
        assert hashlib.sha256(fetched(one, "film.bin")).digest() == hashlib.sha256(FILM).digest()
    assert stored(server, "film.bin").digest == hashlib.sha256(FILM).hexdigest()


KEPT = """() => new Promise((tell) => {
  const asked = indexedDB.open("switchboard", 1)
  asked.onsuccess = () => {
    const base = asked.result
    const files = base.transaction("files").objectStore("files").count()
    files.onsuccess = () => (base.close(), tell(files.result === 1))
  }
})"""


def test_a_reload_in_the_middle_goes_on_from_where_it_was_with_the_draft(server, new_page, question):
    page = new_page(server, "maja", allow=CUT)
    page.goto(f"/questions/{question}")
    page.fill("#f-body", "Here is the film")
    page.wait_for_selector("text=Draft kept")
    parts, again = [], []

    def cut(route):
        parts.append(route.request.url)
        if len(parts) >= 4 and not again:
            return route.abort()
        route.continue_()

    page.route("**/parts?offset=*", cut)
    chosen(page, ("reloaded.bin", "video/mp4", FILM))
    page.wait_for_selector(".sb-attach-row >> text=Waits for the connection")
    page.wait_for_function(KEPT)
    again.append(True)
    page.reload()
    ready(page, "reloaded.bin")
    offsets = [int(url.rsplit("=", 1)[1]) for url in parts]
    assert offsets[4] == offsets[3] > 0 and offsets.count(0) == 1 and page.input_value("#f-body") == "Here is the film"
    page.reload()  # what is ready stays as well
    ready(page, "reloaded.bin")
    page.click(SEND)
    page.wait_for_selector(".sb-files >> text=reloaded.bin")
    assert fetched(page, "reloaded.bin") == FILM and page.locator(".sb-attach-row").count() == 0
    page.reload()
    page.wait_for_selector("html[data-live=connected]")
    assert page.locator(".sb-attach-row").count() == 0


def test_where_nothing_may_be_kept_the_file_is_asked_for_again_and_goes_on(server, new_page, question):
    page = new_page(server, "maja", allow=CUT)
    page.add_init_script("IDBFactory.prototype.open = () => { throw new Error('forbidden') }")
    page.goto(f"/questions/{question}")
    page.route("**/parts?offset=*", lambda route: route.abort() if route.request.url.endswith(f"={MEGABYTE}") else route.continue_())
    chosen(page, ("again.bin", "video/mp4", FILM[:2 * MEGABYTE]))
    page.wait_for_selector(".sb-attach-row >> text=Waits for the connection")
    page.reload()
    page.wait_for_selector(".sb-attach-row >> text=Choose this file again")
    page.unroute("**/parts?offset=*")  # not sooner: the page that was left would have sent the rest
    page.click(SEND)
    page.wait_for_selector("text=Remove the file that cannot be sent")
    parts = []
    page.on("request", lambda request: parts.append(request.url) if "/parts?" in request.url else None)
    chosen(page, ("again.bin", "video/mp4", FILM[:2 * MEGABYTE]))
    ready(page, "again.bin")
    assert parts[0].endswith(f"={MEGABYTE}")
    page.click("[aria-label='Remove again.bin']")


BRING = """([type, name, kind, content]) => {
  const bytes = Uint8Array.from(atob(content), (sign) => sign.charCodeAt(0))
  const data = new DataTransfer()
  data.items.add(new File([bytes], name, { type: kind }))
  const event = type === "paste" ? new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true })
    : new DragEvent(type, { dataTransfer: data, bubbles: true, cancelable: true })
  document.querySelector("#f-body").dispatchEvent(event)
}"""


def test_paste_and_drop_files_alone_and_both_see_the_picture_small(server, new_page, question):
    page, desk = new_page(server, "maja"), new_page(server, "ines")
    page.goto(f"/questions/{question}")
    desk.goto(f"/desk/tickets/{question}")
    shot, paper = photo(), b"a bill"
    page.evaluate(BRING, ["paste", "shot.jpg", "image/jpeg", base64.b64encode(shot).decode()])
    page.evaluate(BRING, ["drop", "bill.txt", "text/plain", base64.b64encode(paper).decode()])
    for name in ("shot.jpg", "bill.txt"):
        ready(page, name)
    assert axe(page) == []
    page.click(SEND)
    for one in (page, desk):
        picture = one.wait_for_selector(".sb-files img")
        one.wait_for_function("() => document.querySelector('.sb-files img').naturalWidth > 0")
        assert picture.get_attribute("alt") == "Picture: shot.jpg" and picture.bounding_box()["width"] <= 242
        assert fetched(one, "bill.txt") == paper and axe(one) == []
    assert page.locator(".sb-bubble").count() == 1, "a message of files alone has no empty bubble"


def test_sending_waits_until_the_files_have_come(server, new_page, question):
    page, held = new_page(server, "maja"), []
    page.goto(f"/questions/{question}")
    page.route("**/end", lambda route: held.append(route))
    chosen(page, ("late.txt", "text/plain", b"late"))
    page.fill("#f-body", "With a file")
    page.press("#f-body", "Control+Enter")
    page.wait_for_selector("text=It is sent as soon as the files have come")
    assert page.input_value("#f-body") == "With a file"
    until(page, lambda: held, "the end of the file is on its way")
    page.wait_for_timeout(50)
    held[0].continue_()
    message = page.wait_for_selector(".sb-msg:has-text('With a file'):has(.sb-files)")
    assert "late.txt" in message.inner_text() and page.input_value("#f-body") == ""


def test_with_keys_alone_a_file_is_added_and_removed_and_faults_stand_at_their_file(server, new_page, question):
    page = new_page(server, "ines")
    page.goto(f"/desk/tickets/{question}")
    page.wait_for_selector("[data-attachments-target=button]")  # the script shows it
    page.focus("[data-attachments-target=button]")
    with page.expect_file_chooser() as asked:
        page.keyboard.press("Enter")
    asked.value.set_files([{"name": "paper.txt", "mimeType": "text/plain", "buffer": b"x"}, {"name": "empty.txt", "mimeType": "text/plain", "buffer": b""}])
    ready(page, "paper.txt")
    page.wait_for_selector(".sb-attach-row:has-text('empty.txt') >> text=This file is empty")
    page.fill("#f-body", "Words")
    page.press("#f-body", "Control+Enter")
    page.wait_for_selector("text=Remove the file that cannot be sent")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "Remove empty.txt"
    page.keyboard.press("Enter")
    assert page.locator(".sb-attach-row").count() == 1
    assert page.evaluate("document.activeElement.dataset.attachmentsTarget") == "button"
    assert axe(page) == []
    with page.expect_response("**/withdrawal"):
        page.click("[aria-label='Remove paper.txt']")
        page.wait_for_function("() => !document.querySelector('.sb-attach-row')")
    assert stored(server, "paper.txt") is None


def test_a_message_taken_back_brings_its_files_back(server, new_page, question):
    page = new_page(server, "maja", allow=CUT)
    page.goto(f"/questions/{question}")
    chosen(page, ("back.txt", "text/plain", b"back"))
    ready(page, "back.txt")
    page.route("**/messages", lambda route: route.abort())
    page.click(SEND)
    page.wait_for_selector("[data-pending] >> text=Waits for the connection")
    assert "back.txt" in page.locator("[data-pending]").inner_text() and page.locator(".sb-attach-row").count() == 0
    page.click("[data-pending] >> text=Take back")
    ready(page, "back.txt")
    page.unroute("**/messages")
    page.click(SEND)
    page.wait_for_selector(".sb-files >> text=back.txt")


def test_the_form_for_a_question_sends_files_along(server, new_page):
    page = new_page(server, "maja")
    page.goto("/ask")
    page.fill("[name=subject]", "A broken pole")
    page.fill("[name=body]", "See the picture")
    chosen(page, ("pole.jpg", "image/jpeg", photo()))
    ready(page, "pole.jpg")
    page.check("[name=topic] >> nth=0")
    page.check("[name=channel][value=form]")
    page.click("text=Send question")
    page.wait_for_selector(".sb-files img")
    page.goto("/ask")
    page.wait_for_selector("[data-attachments-target=button]:not([hidden])")
    assert page.locator(".sb-attach-row").count() == 0


def test_without_scripts_the_field_is_plain_and_works(server, new_page, question):
    page = new_page(server, "maja", java_script_enabled=False)
    page.goto(f"/questions/{question}")
    page.set_input_files("#f-files", [{"name": "plain.jpg", "mimeType": "image/jpeg", "buffer": photo()}])
    page.fill("#f-body", "Plain")
    page.click(SEND)
    assert page.locator(".sb-files img").get_attribute("alt") == "Picture: plain.jpg"
