"""A real Chromium for tests. A page opened by `new_page` fails its test when it logs an error or breaks the CSP."""
import os
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Error, expect, sync_playwright

from support.database import db
from support.people import sign_ins
from support.people.person import Person
from tools import chromium

AXE = Path(__file__).resolve().parent.parent / "node_modules" / "axe-core" / "axe.min.js"
FLAGS = (
    "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
    "--test-third-party-cookie-phaseout",  # what stands in a frame of another site gets no cookies, as browsers have it more and more
)
PATIENCE = 15_000  # milliseconds, on a busy machine; whichever tests run, and whichever way they wait
EXPECTED = ("status of 422",)  # a form with a mistake in it answers so, and Chromium calls that an error

expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="session")
def playwright():
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def browser(playwright):
    """One Chromium for all tests of this process; each page gets a context of its own."""
    path = chromium.find()
    if path is None:
        pytest.fail(chromium.MISSING, pytrace=False)
    flags = [*FLAGS, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    try:
        started = playwright.chromium.launch(executable_path=path, args=flags)
    except Error as error:
        pytest.fail(f"{path} did not start: {error.message}", pytrace=False)
    yield started
    started.close()


@pytest.fixture
def new_page(browser):
    """`new_page(server, "maja")`: a page signed in as one of the cast, without a key as nobody.

    `allow` holds pieces of console errors that this test expects; other keywords go to the browser context
    (`viewport`, `color_scheme`, `locale`, `java_script_enabled` …).
    """
    opened = []

    def open_page(server, key=None, allow=(), **context):
        page = _open(browser, server, key, context)
        opened.append((page, (*EXPECTED, *allow)))
        return page

    yield open_page
    bad = {f"{page.url}: {text}": 0 for page, allow in opened for text in page.errors if not any(piece in text for piece in allow)}
    for page, _allow in opened:
        page.context.close()
    assert not bad, "the browser's console shows errors:\n" + "\n".join(list(bad)[:20])


def _open(browser, server, key, options):
    context = browser.new_context(**{"base_url": server.url, "viewport": {"width": 1440, "height": 900}, "locale": "en-GB", "service_workers": "block", **options})
    context.set_default_timeout(PATIENCE)
    if key is not None:
        with server.app.app_context():
            _row, token = sign_ins.begin(db.session.get(Person, server.app.extensions["cast"][key]), device="test")
        context.add_cookies([{"name": "switchboard", "value": token, "url": server.url, "httpOnly": True, "sameSite": "Lax"}])
    context.add_init_script(
        "document.addEventListener('securitypolicyviolation', e => console.error(`CSP: ${e.violatedDirective} ${e.blockedURI} ${e.sourceFile}:${e.lineNumber}`))"
    )
    page = context.new_page()
    page.errors = []
    page.on("console", lambda message: page.errors.append(f"{message.text} [{message.location.get('url')}]") if message.type == "error" else None)
    page.on("pageerror", lambda error: page.errors.append(str(error)))
    page.on("filechooser", lambda _chooser: None)  # from the start: turned aside only when a test waits, a key that opens it at once is quicker
    return page


@contextmanager
def arriving(page):
    """What is done inside leads to a page, be it that of the same address; goes on when it stands there, and no piece that came before it is taken for it."""
    page.evaluate("() => { window.arrived = false; document.addEventListener('turbo:load', () => { window.arrived = true }, { once: true }) }")
    yield
    page.wait_for_function("() => window.arrived")


def until(page, reached, what: str):
    """Wait for what no selector of the page tells, such as a request that a route has caught; returns it. The browser's events come meanwhile."""
    end = time.monotonic() + PATIENCE / 1000
    while not (found := reached()):
        assert time.monotonic() < end, f"not within {PATIENCE / 1000:.0f} s: {what}"
        page.wait_for_timeout(20)
    return found


def axe(page, **options) -> list[str]:
    """Accessibility faults of the page as it is now, one line each; empty is good."""
    if not AXE.exists():
        pytest.fail("axe-core is not there; run `make setup`.", pytrace=False)
    if page.evaluate("() => !window.axe"):
        page.evaluate(AXE.read_text(encoding="utf8"))
    found = page.evaluate("options => axe.run(document, options).then(result => result.violations)", options)
    return [f"{fault['id']} ({fault['impact']}): {fault['help']} — {', '.join(str(node['target'][0]) for node in fault['nodes'][:4])}" for fault in found]
