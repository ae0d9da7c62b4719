"""Help and chat on a shop's page of another origin, in a real browser: strict policy of the page around, no cookies of other sites."""
import pytest
from playwright.sync_api import expect

from support import tickets
from support.database import db, transaction
from support.people import sign_ins
from support.people.sign_ins import SignIn
from support.web import crowd
from tests.desk import Desk
from tests.pages import axe, until
from tests.portal.embedding import SECRET, voucher
from tests.portal.shop_site import ShopSite
from tests.servers import default_size

pytestmark = pytest.mark.browser
SCRIPT = "<img src=x onerror=\"document.title='broken in'\"> & <b>bold</b>"


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """One server with the embedded chat, and the shop's site that may show it."""
    sites = []

    def prepare(server):
        sites.append(ShopSite(server.url))
        server.env |= {"EMBED_ORIGINS": sites[0].url, "EMBED_SECRET": SECRET}

    for server in default_size(tmp_path_factory.mktemp("embedded"), prepare):
        server.site = sites[0]
        yield server
    sites[0].close()


@pytest.fixture
def site(served):
    served.site.more, served.site.language, served.site.direction = "", "en", "ltr"
    return served.site


@pytest.fixture
def desk(served, settle, client_of):
    found = Desk(served.app, settle, client_of)
    found.rings_for(120)
    return found


class Widget:
    """The shop's page in a browser, its button and what stands in the frame."""

    def __init__(self, page, site):
        self.page, self.frame = page, page.frame_locator("iframe")
        page.goto(site.url)
        self.button = page.locator("switchboard-chat").get_by_role("button", name="Help and chat")

    def open(self) -> "Widget":
        self.button.click()
        expect(self.frame.get_by_role("heading", name="How can we help?")).to_be_visible()
        return self

    def inner(self):
        return next(frame for frame in self.page.frames if "/embed" in frame.url)

    def ask(self, body: str, email: str = "zoe@mail.example") -> "Widget":
        frame = self.frame
        frame.get_by_role("link", name="Ask us").click()
        frame.get_by_label("Your name").fill("Zoe Adler")
        frame.get_by_label("Your mail address").fill(email)
        frame.get_by_role("button", name="Continue").click()
        frame.get_by_role("radio", name="Orders").check()
        frame.get_by_role("radio", name="Chat").check()
        frame.get_by_label("What happened?").fill(body)
        frame.get_by_role("button", name="Send question").press("Enter")  # by key: answers for the words appear meanwhile and move what is below them
        expect(frame.get_by_label("Add a message")).to_be_visible()
        return self

    def write(self, text: str) -> None:
        self.frame.get_by_label("Add a message").fill(text)
        self.frame.get_by_role("button", name="Send").press("Enter")  # by key: what is told above about the question may just grow or shrink


def test_XSS_08_a_customer_asks_an_agent_answers_both_see_it_live_and_it_survives_a_reload(served, site, desk, new_page):
    shop = Widget(new_page(served), site).open().ask(f"Is the zip mended by you? {SCRIPT}")
    desk.comes("ines")
    agent = new_page(served, "ines")
    agent.goto("/desk")
    agent.get_by_role("button", name="Accept").click()
    expect(agent.get_by_role("log")).to_contain_text(SCRIPT)
    expect(shop.frame.get_by_text("Ines is here for you")).to_be_visible()
    agent.locator("textarea[name=body]").fill(f"Yes, within a week. {SCRIPT}")
    agent.locator("textarea[name=body]").press("Control+Enter")
    expect(shop.frame.get_by_role("log")).to_contain_text(f"Yes, within a week. {SCRIPT}")
    shop.write(f"Thank you! {SCRIPT}")
    expect(agent.get_by_role("log")).to_contain_text(f"Thank you! {SCRIPT}")
    shop.page.reload()
    expect(shop.frame.get_by_role("log")).to_contain_text("Thank you!")
    shop.page.get_by_role("link", name="The next page").click()
    expect(shop.frame.get_by_role("log")).to_contain_text("Thank you!")
    assert shop.page.evaluate("document.activeElement.tagName") == "BODY"
    shop.page.locator("switchboard-chat").get_by_role("button", name="Close").click()
    expect(shop.button).to_be_focused()
    agent.locator("textarea[name=body]").fill("One thing more")
    agent.locator("textarea[name=body]").press("Control+Enter")
    expect(shop.page.locator("switchboard-chat").get_by_role("button", name="Help and chat, 1 unread")).to_be_visible()
    shop.button.click()
    expect(shop.frame.get_by_role("log")).to_contain_text("One thing more")
    expect(shop.page.locator("switchboard-chat").get_by_role("button", name="Help and chat", exact=True)).to_be_visible()
    assert agent.title() != "broken in" and shop.inner().evaluate("document.title") == "Help and chat – Tarn & Thistle"
    assert shop.page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])") == '[{"switchboard":"talks"},{"switchboard":"open"}]'


def test_what_was_read_is_not_counted_any_more_however_slowly_the_server_hears_of_it(served, site, desk, new_page):
    shop, held = Widget(new_page(served), site).open().ask("Do you mend stoves?", "stoves@mail.example"), []
    shop.inner().wait_for_selector("html[data-live=connected]")
    shop.page.locator("switchboard-chat").get_by_role("button", name="Close").click()
    expect(shop.button).to_be_focused()
    number = shop.inner().evaluate("sessionStorage.getItem('embedded:view')").rsplit("/", 1)[1]
    with served.app.app_context():
        tickets.post(desk.person("hanna"), int(number), "Yes, we do", "answer-stoves-0001")
    expect(shop.page.locator("switchboard-chat").get_by_role("button", name="Help and chat, 1 unread")).to_be_visible()
    shop.page.route("**/reading", lambda route: held.append(route) if "seen=2" in route.request.post_data else route.continue_())
    shop.button.click()
    until(shop.page, lambda: held, "the frame says that it was read")
    shop.page.wait_for_timeout(1500)  # longer than the count waits for more that is read
    held[0].continue_()
    expect(shop.page.locator("switchboard-chat").get_by_role("button", name="Help and chat", exact=True)).to_be_visible()


def test_a_customer_of_the_shop_is_known_and_forgotten(served, site, new_page):
    site.more = f' data-customer="{voucher()}"'
    shop = Widget(new_page(served), site).open()
    shop.frame.get_by_label("Search answers and your orders").fill("tent")
    expect(shop.frame.get_by_role("option", name="in your order TT-204817")).to_be_visible()
    site.more = f' data-customer="{voucher(email="odile@mail.example", sub="4712")}"'  # another customer of the shop at the same machine
    with shop.page.expect_response("**/embed/unread"):  # each piece asks for it once; if that were heard after she is forgotten it would be refused
        shop.page.reload()
        expect(shop.frame.get_by_label("Search answers and your orders")).to_be_visible()
    with shop.page.expect_response("**/embed/unread"):
        shop.frame.get_by_role("link", name="Ask us").click()
        expect(shop.frame.get_by_label("Which order is it about?")).to_contain_text("TT-204790")
    assert "TT-204817" not in shop.inner().content()
    shop.page.evaluate("Switchboard.forget()")
    expect(shop.frame.get_by_label("Search answers", exact=True)).to_be_visible()
    assert shop.inner().evaluate("sessionStorage.getItem('embedded:customer')") is None


def test_nobody_elses_start_is_shown_while_a_customer_is_being_recognised(served, site, new_page):
    page, held = new_page(served), []
    page.route("**/embed/customer", lambda route: held.append(route))
    site.more = f' data-customer="{voucher()}"'
    shop = Widget(page, site)
    shop.button.click()
    until(page, lambda: held, "the frame asks who it is")
    page.wait_for_timeout(3000)  # longer than the frame waits for a page that says nothing
    expect(shop.frame.get_by_text("One moment…")).to_be_visible()
    held[0].continue_()
    expect(shop.frame.get_by_label("Search answers and your orders")).to_be_visible()


@pytest.mark.parametrize("how", ["another one cannot be proven", "forgotten before the frame is there"])
def test_the_former_customer_is_not_shown_to_the_next_one(served, site, new_page, how):
    site.more = f' data-customer="{voucher()}"'
    shop = Widget(new_page(served, allow=("403", "customer refused")), site).open()
    shop.frame.get_by_label("Search answers and your orders").fill("tent")
    expect(shop.frame.get_by_role("option", name="in your order TT-204817")).to_be_visible()
    if how == "another one cannot be proven":
        site.more = f' data-customer="{voucher(sub="4712")[:-4]}AAAA"'
        shop.page.reload()
    else:
        site.more = ""
        shop.page.add_init_script("addEventListener('DOMContentLoaded', () => window.Switchboard?.forget())")
        shop.page.reload()
    expect(shop.frame.get_by_label("Search answers", exact=True)).to_be_visible()
    assert not shop.inner().evaluate("sessionStorage.getItem('embedded:customer')")


def test_cookies_of_ours_are_nothing_in_the_frame(served, site, new_page):
    page = new_page(served, "maja")
    expect(Widget(page, site).open().frame.get_by_label("Search answers", exact=True)).to_be_visible()
    page.goto(f"{served.url}/embed")  # not even where they are sent
    expect(page.get_by_role("heading", name="How can we help?")).to_be_visible()
    expect(page.get_by_label("Search answers", exact=True)).to_be_visible()


def test_a_sign_in_that_was_ended_is_gone_from_the_open_frame(served, site, new_page):
    shop = Widget(new_page(served, allow=("401",)), site).open().ask("Do you mend boots?", "ended@mail.example")
    shop.inner().wait_for_selector("html[data-live=connected]")
    token = shop.inner().evaluate("localStorage.getItem('embedded:guest')")
    with served.app.app_context(), transaction() as session:
        row = session.query(SignIn).filter_by(token_hash=sign_ins.hashed(token)).one()
        sign_ins.end(row.person, row.id)
    with served.app.app_context():
        assert db.session.query(SignIn).filter_by(token_hash=sign_ins.hashed(token)).one().ended_at is not None
    expect(shop.frame.get_by_role("heading", name="How can we help?")).to_be_visible(timeout=8000)
    expect(shop.frame.get_by_text("Do you mend boots?")).to_have_count(0)
    assert shop.inner().evaluate("localStorage.getItem('embedded:guest')") is None


def test_a_sign_in_that_was_ended_is_gone_from_a_frame_without_a_socket_too(served, site, new_page):
    page = new_page(served, allow=("401", "WebSocket"))
    page.route_web_socket("**/socket.io/**", lambda socket: socket.close())
    shop = Widget(page, site).open().ask("Do you mend gloves?", "ended-too@mail.example")
    token = shop.inner().evaluate("localStorage.getItem('embedded:guest')")
    with served.app.app_context(), transaction() as session:
        row = session.query(SignIn).filter_by(token_hash=sign_ins.hashed(token)).one()
        sign_ins.end(row.person, row.id)
    expect(shop.frame.get_by_role("heading", name="How can we help?")).to_be_visible(timeout=30_000)
    expect(shop.frame.get_by_text("Do you mend gloves?")).to_have_count(0)


def test_a_failure_of_ours_ends_no_sign_in_in_the_frame(served, site, new_page, monkeypatch):
    shop = Widget(new_page(served, allow=("503",)), site).open().ask("Is anybody there?")
    token = shop.inner().evaluate("localStorage.getItem('embedded:guest')")
    with monkeypatch.context() as busy:
        busy.setattr(served.app.extensions["crowd"], "free", 0)
        busy.setattr(crowd, "LONG", 0.0)
        refused = served.app.test_client().get("/embed/home", headers={"Authorization": f"Bearer {token}"})
    assert refused.status_code == 503
    shop.page.route("**/embed/home", lambda route: route.fulfill(status=503, headers=dict(refused.headers), body=refused.text))
    shop.frame.get_by_role("link", name="Back to the start").click()
    expect(shop.frame.get_by_text("More people ask us right now")).to_be_visible()
    assert token and shop.inner().evaluate("localStorage.getItem('embedded:guest')") == token
    shop.page.unroute("**/embed/home")
    shop.frame.get_by_role("link", name="Back to the start").click()
    expect(shop.frame.get_by_text("Is anybody there?").first).to_be_visible()


def test_CSRF_07_no_other_page_and_no_other_site_frames_us(served, site, new_page):
    page = new_page(served, allow=("frame-ancestors", "X-Frame-Options", "ERR_BLOCKED_BY_RESPONSE", "chrome-error", "postMessage"))
    page.goto(site.url)
    for path in ("/", "/sign-in", "/embed/home", "/answers"):
        blocked = page.evaluate("src => new Promise(done => { const it = document.createElement('iframe'); it.addEventListener('load', () => done(true)); it.src = src; document.body.append(it) })", served.url + path)
        assert blocked
    until(page, lambda: [frame.url for frame in page.frames[1:]] == ["chrome-error://chromewebdata/"] * 4, "all four show the browser's own page")
    stranger = ShopSite(served.url)
    page.goto(stranger.url)
    page.evaluate("() => new Promise(done => { Switchboard.open(); document.querySelector('switchboard-chat').shadowRoot.querySelector('iframe').addEventListener('load', () => done()) })")
    expect(page.locator("switchboard-chat").get_by_role("button", name="Close")).to_be_visible()
    until(page, lambda: [frame.url for frame in page.frames[1:]] == ["chrome-error://chromewebdata/"], "the frame shows the browser's own page")
    stranger.close()


def test_messages_of_strangers_are_ignored_on_both_sides(served, site, new_page):
    shop = Widget(new_page(served), site).open().ask("Have you got left-handed stoves?", "left@mail.example")
    shop.page.evaluate("for (const said of [{switchboard: 'state', unread: 50}, {switchboard: 'close'}, null, 'close']) postMessage(said, '*')")
    shop.inner().evaluate("for (const said of [{switchboard: 'closed'}, {switchboard: 'forget'}, {switchboard: 'hello', customer: 'x.y.z'}, null, 7]) postMessage(said, '*')")
    shop.page.evaluate("for (const said of [{switchboard: 7}, {}, [], 'forget', {switchboard: 'nothing'}, {switchboard: 'open', focus: {}}]) document.querySelector('switchboard-chat').shadowRoot.querySelector('iframe').contentWindow.postMessage(said, '*')")
    shop.write("Still here")
    expect(shop.frame.get_by_role("log")).to_contain_text("Still here")
    expect(shop.button).to_have_accessible_name("Help and chat")
    expect(shop.page.locator("switchboard-chat").get_by_role("dialog")).to_be_visible()


def test_by_keyboard_in_and_back(served, site, new_page):
    shop = Widget(new_page(served), site)
    expect(shop.button).to_be_visible()
    shop.page.keyboard.press("Tab")
    shop.page.keyboard.press("Tab")
    expect(shop.button).to_be_focused()
    shop.page.keyboard.press("Enter")
    expect(shop.frame.get_by_role("heading", name="How can we help?")).to_be_focused()
    shop.page.keyboard.press("Escape")
    expect(shop.page.locator("switchboard-chat").get_by_role("dialog")).to_be_hidden()
    expect(shop.button).to_be_focused()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_the_smallest_phone_it_fills_the_screen_and_axe_finds_nothing(served, site, new_page, scheme):
    page = new_page(served, viewport={"width": 320, "height": 568}, color_scheme=scheme, reduced_motion="reduce")
    shop = Widget(page, site)
    assert axe(page) == []
    shop.open()
    box = page.locator("switchboard-chat").get_by_role("dialog").bounding_box()
    assert (box["x"], box["y"], box["width"], box["height"]) == (0, 0, 320, 568)
    assert _whole(shop) == []
    shop.frame.get_by_role("link", name="Ask us").click()
    expect(shop.frame.get_by_role("heading", name="Who asks?")).to_be_visible()
    assert _whole(shop) == []
    shop.frame.get_by_role("link", name="Back to the start").click()
    shop.ask("What is the smallest tent that you have, and how small is it?", f"{scheme}@mail.example")
    assert _whole(shop) == []
    shop.frame.get_by_role("link", name="Back to the start").click()
    expect(shop.frame.get_by_role("heading", name="My questions")).to_be_visible()
    shop.frame.get_by_label("Search answers").fill("were is my parcle")
    shop.frame.get_by_role("option").first.click()
    expect(shop.frame.get_by_role("heading", name="Did this help?")).to_be_visible()
    assert _whole(shop) == []
    page.keyboard.press("Escape")
    expect(shop.button).to_be_focused()


def _whole(shop) -> list[str]:
    """Accessibility faults of the frame as it is now, and whether it scrolls sideways."""
    inner = shop.inner()
    wide = inner.evaluate("document.documentElement.scrollWidth") > 320
    return axe(inner) + ["it scrolls sideways"] * wide


def test_from_right_to_left_and_in_another_corner(served, site, new_page):
    page = new_page(served)
    site.direction = "rtl"
    assert Widget(page, site).button.bounding_box()["x"] < 100
    site.more = ' data-position="start"'
    assert Widget(page, site).button.bounding_box()["x"] > 1000
