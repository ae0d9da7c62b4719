"""What is done on a page before `make screenshots` pictures it: typing, pressing, and the story of one question."""
import re
import sqlite3
from urllib.parse import urlsplit

AWAY = 1800  # seconds after which whoever left has lost what he had
WAIT = 20_000  # milliseconds for something to appear on a busy machine
OLD_ORDERS = """\
order_number,placed_at,email,name,sku,title,quantity,unit_price
A-1001,2024-03-05 10:12,eva@mail.example,Eva Berg,OLD-14,Camping kettle,1,39.90
A-1001,2024-03-05 10:12,eva@mail.example,Eva Berg,OLD-20,Folding cup,2,7.50
A-1002,2024-03-06 11:40,uwe@mail.example,Uwe Krall,OLD-14,Camping kettle,many,39.90
A-1003,2024-03-09 08:03,,,OLD-31,Storm lantern,1,64.00
"""


def nothing(page, stage):
    """The page as it is."""


def fill(submit: str = "", **values):
    """Type into the fields of these names, then perhaps press the button with these words."""

    def act(page, stage):
        for name, value in values.items():
            page.locator(f"main [name={name}]").last.fill(value)
        if submit:
            page.locator(submit).last.click()
            page.wait_for_load_state()

    return act


def typed(selector: str, text: str, wait: str):
    """Type as a person does, key by key, and wait for the answer to it."""

    def act(page, stage):
        page.locator(selector).first.press_sequentially(text, delay=15)
        page.locator(wait).first.wait_for(timeout=WAIT)

    return act


def as_guest(page, stage):
    """Gero proves his order once; then he is where he wanted to be."""
    if urlsplit(page.url).path != stage.target:
        page.goto("/track")
        fill("main button.btn-primary", number="TT-204733", proof="13597")(page, stage)
        page.wait_for_url(lambda address: not address.endswith("/track"))
        page.goto(stage.target)


def available(page, stage):
    page.goto("/desk")
    button = page.locator(".sb-empty form[action$=presence] button")
    if button.count():
        button.click()
    page.locator("html[data-live=connected]").wait_for(timeout=WAIT)


def ask(subject: str, body: str, channel: str = "chat"):
    """Maja asks about her late order and is led to her question."""

    def act(page, stage):
        page.goto("/ask?order=TT-204817")
        fill(subject=subject, body=body)(page, stage)
        page.locator(f"main [name=channel][value={channel}]").check()
        page.locator("main form.sb-ask button.btn-primary").click()
        page.wait_for_url(re.compile(r"/questions/\d+"))
        stage.kept["question"] = re.search(r"/questions/(\d+)", page.url).group(1)

    return act


def accepted(page, stage):
    """Ines takes what rings until she has Maja's question, and both write."""
    available(page, stage)
    for _ in range(4):
        page.locator(".sb-offer").wait_for(timeout=WAIT)
        page.keyboard.press("Alt+a")
        page.wait_for_url(re.compile(r"/desk/tickets/\d+"))
        if page.url.split("/")[-1].split("#")[0] == stage.kept["question"]:
            break
    say(page, "Hello Maja, your tent is held at the depot in Hamburg. I am asking Norpost right now when it leaves.")
    maja = stage.page("maja")
    say(maja, "Thank you! We leave on Saturday morning, so Friday would still be fine.")
    page.locator(".sb-msg", has_text="Friday would still be fine").wait_for(timeout=WAIT)
    page.locator("[data-kind=note]").click()
    say(page, "Norpost, Hamburg: four parcels stuck since Saturday, all leave tonight. Reference 88-201.")


def say(page, text: str) -> None:
    page.locator("#f-body").fill(text)
    page.locator("#f-body").press("Control+Enter")
    page.locator("[role=log] :is(.sb-msg, .sb-note):not([data-pending])", has_text=text[:30]).wait_for(timeout=WAIT)  # stored: what comes from the other side first would send it back


def at_ticket(page, stage):
    page.goto(f"/desk/tickets/{stage.kept['talk']}?pane=work")
    page.locator("html[data-live=connected]").wait_for(timeout=WAIT)


def talked(page, stage):
    ask("Tent parcel has not moved since Saturday", "We leave this Saturday. Will my tent be here in time?")(page, stage)
    stage.kept["talk"] = stage.kept["question"]


def rings(page, stage):
    """A second question of Maja's rings while Ines has the first one open."""
    at_ticket(page, stage)
    ask("Can I change the address?", "We moved last week. Can the second parcel still go to the new flat?")(stage.page("maja"), stage)
    stage.kept["second"] = stage.kept["question"]
    page.locator(".sb-offer").wait_for(timeout=WAIT)


def declined(page, stage):
    page.locator(".sb-decline summary").click()
    page.locator(".sb-decline button").first.click()


def note(page, stage):
    at_ticket(page, stage)
    page.locator("[data-kind=note]").click()
    page.locator("#f-body").fill("She was promised Friday twice already. If Norpost misses it, send a new tent by courier.")


def in_ticket(selector: str):
    """Open a menu of the ticket."""

    def act(page, stage):
        at_ticket(page, stage)
        page.locator(selector).first.click()

    return act


def to_passing(page, stage):
    """From the ticket to the page on which it is passed on."""
    at_ticket(page, stage)
    page.get_by_label("More for this ticket").click()
    page.locator("a[href$='/passing']").click()
    page.locator("#f-to").wait_for(timeout=WAIT)


def solved(page, stage):
    desk = stage.page("ines")
    at_ticket(desk, stage)
    desk.wait_for_timeout(3000)  # what was written without a connection is sent now, and the head of the ticket fetched anew
    if (take := desk.locator("form[action$='/pull'] .btn-primary")).count():  # she was away for so long that it went back into the line
        take.first.click()
    desk.locator("#resolve summary").click()
    desk.locator("#resolve select").select_option(index=1)
    desk.locator("#resolve .btn-primary").click()
    page.goto(f"/questions/{stage.kept['talk']}")
    page.locator("#rating").wait_for(timeout=WAIT)


def rated(page, stage):
    page.goto(f"/questions/{stage.kept['talk']}")
    page.locator("#rating button[value='5']").click()
    page.locator("#rating textarea").wait_for(timeout=WAIT)


def returned(page, stage):
    """The story of the second question: Ines declined it, Lena took it by hand and went away, so it went back to the line."""
    lena = stage.page("lena")
    available(lena, stage)
    lena.goto(f"/desk/tickets/{stage.kept['second']}")
    lena.locator("form[action$='/pull'] .btn-primary").first.click()
    lena.locator("#resolve").wait_for(timeout=WAIT)
    lena.goto("about:blank")
    stage.shop.move_clock(AWAY)
    for _ in range(WAIT // 1000):
        page.goto(f"/tickets/{stage.kept['second']}")
        if page.locator("main textarea[name=body]").count() == 0:  # nobody has it, so there is nobody to leave a note for
            return
        page.wait_for_timeout(1000)
    raise RuntimeError("the question did not go back to the line")


def stuck(page, stage):
    """Deliveries of earlier screens as if one had failed for long, one just now, and one had been dropped."""
    fates = (("due", 9, "OperationalError", None), ("due", 2, "ConnectionRefusedError", None), ("dropped", 14, "KeyError", "The mailbox it was for does not exist any more, and nobody misses it."))
    with sqlite3.connect(stage.shop.folder / "switchboard.db") as database:
        chosen = database.execute("SELECT event_id, listener FROM delivery WHERE state = 'done' ORDER BY position LIMIT ?", [len(fates)]).fetchall()
        for (event_id, listener), fate in zip(chosen, fates, strict=True):
            database.execute("UPDATE delivery SET state = ?, attempts = ?, error = ?, reason = ?, next_at = '2999-01-01 00:00:00.000000' WHERE event_id = ? AND listener = ?", [*fate, event_id, listener])
    page.reload()


def with_files(page, stage):
    """The question about a jacket, with its picture and its file."""
    addresses = page.locator("main a[href^='/questions/']").evaluate_all("links => links.map((link) => link.getAttribute('href'))")
    for address in addresses:
        page.goto(address)
        if page.locator(".sb-files img").count():
            stage.kept["files"] = address.rsplit("/", 1)[1]
            page.wait_for_function("() => [...document.querySelectorAll('.sb-files img')].every((image) => image.complete)")
            return
    raise RuntimeError("no question of Maja's carries a picture")


def attached(page, stage):
    """The same at the desk, where two more files wait to be sent and one cannot be."""
    page.goto(f"/desk/tickets/{stage.kept['files']}?pane=work")
    page.locator("[data-attachments-target=button]").wait_for(timeout=WAIT)
    papers = [("return-label.pdf", b"%PDF-1.4\n"), ("how to measure a sleeve without a second person.txt", b"Arms out."), ("nothing.txt", b"")]
    page.set_input_files("#f-files", [{"name": name, "mimeType": "application/octet-stream", "buffer": content} for name, content in papers])
    page.locator(".sb-attach-row [data-part=ready]:not([hidden])").nth(1).wait_for(timeout=WAIT)


def offline(page, stage):
    at_ticket(page, stage)
    page.context.set_offline(True)
    page.locator("[data-connection]:not([hidden])").wait_for(timeout=2 * WAIT)
    page.locator("#f-body").fill("I have asked again; they answer until four o'clock.")
    page.locator("#f-body").press("Control+Enter")


def online(page, stage):
    page.context.set_offline(False)
    page.reload()


def busy(page, stage):
    """Give simulated people time to come and ask."""
    page.wait_for_timeout(45_000)


def mailed(page, stage):
    """Open the address of the newest mail."""
    page.goto(stage.mailed_address())


def brought(page, stage):
    """A file of old orders, of which one row is wrong."""
    page.set_input_files("main [name=file]", {"name": "orders-2024.csv", "mimeType": "text/csv", "buffer": OLD_ORDERS.encode()})
    page.locator("main [name=source]").fill("old_shop")
    page.locator("main button.btn-primary").first.click()
    page.locator("#map-h").wait_for(timeout=WAIT)


def tried(page, stage):
    """The trial of that file and its report."""
    page.locator("#import-progress form:has([name=dry]) button").click()
    page.locator("#import-progress a[href$='rejects.csv']").wait_for(timeout=2 * WAIT)


def field_open(page, stage):
    """A field of the people × skills table opened beside it."""
    page.locator(".sb-skill--soon").first.click()
    page.locator(".sb-panel").wait_for(timeout=WAIT)
