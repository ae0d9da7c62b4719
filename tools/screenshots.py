"""`make screenshots`: pictures of every screen and state of the demo and of a new shop, in both themes, on a phone and on a desk, with a contact sheet.

    make screenshots                                  all of them, into var/screenshots
    make screenshots ARGS="portal desk-ringing"       groups or single screens (those they build on are walked through, not pictured)
    make screenshots ARGS="--languages en,de --themes dark --widths 390"
    make screenshots ARGS=--readme                    the six small ones of the README, into docs/pictures
"""
import argparse
import base64
import os
import re
import shutil
import sys
import tempfile
import time
from itertools import product
from pathlib import Path

from playwright.sync_api import Error, sync_playwright

from tools import chromium, sheets
from tools.demo_server import ROOT, Shop
from tools.screens import SCREENS, Screen

PASSWORD = "lantern-over-tarn"
MAILS = {"maja": "maja@mail.example", "odile": "odile@mail.example"}  # the others are staff
HEIGHTS = {390: 844, 1440: 900}
README = (  # screen and theme
    ("portal-home-typing", "light"), ("portal-order", "light"), ("desk-ticket", "light"), ("desk-ringing", "dark"), ("board-traffic", "light"), ("supervision-story", "dark"),
)
THEMSELVES = ("nobody", "gero", "founder", "recruit", "newcomer")  # come in by what is done on their first page, or not at all
STORY = ("new-overview", "portal-question-waiting", "desk-ticket", "desk-ringing", "portal-question-solved")  # what later screens build on
TALLEST = 2600  # pixels of one picture; what is longer is cut
WHOLE = """() => {
  const main = document.querySelector("main"), hidden = main ? main.scrollHeight - main.clientHeight : 0
  return Math.max(document.documentElement.scrollHeight, innerHeight + hidden)
}"""


class Stage:
    """The open pages of everybody in one language, and what earlier screens left for later ones (`kept`)."""

    def __init__(self, browser, shop: Shop, language: str):
        self.browser, self.shop, self.language = browser, shop, language
        self.pages, self.kept, self.target = {}, {}, ""

    def page(self, who: str):
        """The page of one person, signed in by the form as people do it."""
        if who not in self.pages:
            context = self.browser.new_context(base_url=self.shop.url, locale=self.language.replace("_", "-"), reduced_motion="reduce")
            context.set_default_timeout(30_000)
            self.pages[who] = page = context.new_page()
            if who not in THEMSELVES:
                page.goto("/sign-in" if who in MAILS else "/staff/sign-in")
                page.fill("main [name=email]", MAILS.get(who, f"{who}@tarn-thistle.example"))
                page.fill("main [name=password]", PASSWORD)
                page.press("main [name=password]", "Enter")
                page.wait_for_url(lambda address: "sign-in" not in address)
        return self.pages[who]

    def open(self, screen: Screen):
        """The page of a screen, in its state."""
        page = self.page(screen.who)
        page.set_viewport_size({"width": 1440, "height": HEIGHTS[1440]})
        self.target = self.address(page, screen.path, screen.at)
        page.goto(self.target)
        screen.act(page, self)
        return page

    def address(self, page, path: str, at: str) -> str:
        """The path itself, or for a route the first link of its form on the page `at`, which may be a route too."""
        if "<" not in path:
            return path
        if path in self.kept:
            return self.kept[path]
        outer = next((screen for screen in SCREENS if screen.path == at), None)
        page.goto(self.address(page, at, outer.at if outer else ""))
        form = re.compile(re.sub(r"<[^>]+>", lambda part: r"\d+" if part.group().startswith("<int:") else r"[^/?#]+", path) + r"$")
        links = [link.get_attribute("href") for link in page.locator("main a[href]").all()]
        found = next((link for link in links if form.match(link) and not link.endswith("/new")), None)
        if found is None:
            raise RuntimeError(f"no link to {path} on {at}")
        self.kept[path] = found
        return found

    def mailed_address(self) -> str:
        """The link in the newest mail; it may take a moment to be written."""
        for _ in range(50):
            if (found := re.findall(re.escape(self.shop.url) + r"(/[\w/.~-]+)", self.shop.newest_mail())) and found[0] not in self.kept.get("mails", ()):
                self.kept.setdefault("mails", set()).add(found[0])
                return found[0]
            time.sleep(0.2)
        raise RuntimeError("no mail with a link came")

    def close(self) -> None:
        for page in self.pages.values():
            page.context.close()


def shoot(page, file: Path, width: int, theme: str) -> None:
    """One picture as WebP: the whole page as far as it reasonably goes."""
    page.set_viewport_size({"width": width, "height": HEIGHTS.get(width, 900)})
    page.emulate_media(color_scheme=theme)
    page.wait_for_timeout(150)
    height = min(TALLEST, page.evaluate(WHOLE))
    page.set_viewport_size({"width": width, "height": height})  # bars that are fixed to an edge go where the page ends
    session = page.context.new_cdp_session(page)
    clip = {"x": 0, "y": 0, "width": width, "height": height, "scale": 1}
    taken = session.send("Page.captureScreenshot", {"format": "webp", "quality": 82, "captureBeyondViewport": True, "clip": clip})
    session.detach()
    file.write_bytes(base64.b64decode(taken["data"]))


def take(stage: Stage, chosen: set, options, folder: Path) -> list[str]:
    """All chosen screens in one language; returns what went wrong, a sentence each."""
    faults, living = [], False
    here = [screen for screen in SCREENS if screen.empty == stage.shop.empty]
    last = max((number for number, screen in enumerate(here) if screen in chosen), default=-1)
    for screen in here[:last + 1]:
        wanted = screen in chosen
        if not wanted and screen.name not in STORY:
            continue
        try:
            if screen.traffic and not living:
                living = True
                stage.shop.start(traffic=True)
            page = stage.open(screen)
            for width in options.widths if wanted else ():
                for theme in options.themes:
                    shoot(page, folder / f"{screen.name}.{stage.language}.{width}.{theme}.webp", width, theme)
            screen.after(page, stage)
            if wanted:
                print(f"  {screen.name}", flush=True)
        except (Error, RuntimeError) as error:
            faults.append(f"{screen.name} ({stage.language}): {str(error).splitlines()[0]}")
            print(f"  {faults[-1]}", flush=True)
    return faults


def choose(names: list[str]) -> set:
    """The screens with these names or of these groups; all without a name. Raises SystemExit for a name that is none."""
    known = {screen.name for screen in SCREENS} | {screen.group for screen in SCREENS}
    if wrong := sorted(set(names) - known):
        sys.exit(f"screenshots: there is no screen or group called {', '.join(wrong)}; known are {', '.join(sorted(known))}.")
    return {screen for screen in SCREENS if not names or screen.name in names or screen.group in names}


def main() -> None:
    parser = argparse.ArgumentParser(prog="make screenshots", description="Pictures of every screen of the demo.")
    parser.add_argument("names", nargs="*", help="screens or groups; all without a name")
    parser.add_argument("--languages", default="en", type=lambda text: text.split(","), help="such as en,de")
    parser.add_argument("--widths", default=[390, 1440], type=lambda text: [int(width) for width in text.split(",")])
    parser.add_argument("--themes", default=["light", "dark"], type=lambda text: text.split(","))
    parser.add_argument("--readme", action="store_true", help="only what the README shows, small, into docs/pictures")
    parser.add_argument("--into", default=ROOT / "var" / "screenshots", type=Path)
    options = parser.parse_args()
    if options.readme:
        options.names, options.widths = [name for name, _theme in README], [1440]
    chosen, path, faults = choose(options.names), chromium.find(), []
    if path is None:
        sys.exit(f"screenshots: {chromium.MISSING}")
    options.into.mkdir(parents=True, exist_ok=True)
    flags = ["--disable-gpu", *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=flags)
        for language, empty in product(options.languages, sorted({screen.empty for screen in chosen})):
            data = Path(tempfile.mkdtemp(prefix="screenshots-"))
            shop = Shop(data, ",".join([language, *(other for other in options.languages if other != language)]), empty)
            stage = Stage(browser, shop, language)
            try:
                shop.make()
                shop.start()
                faults += take(stage, chosen, options, options.into)
            finally:
                stage.close()
                shop.stop()
                shutil.rmtree(data, ignore_errors=True)
        sheets.write(browser, options.into, [screen.name for screen in SCREENS])
        for name, theme in README if options.readme else ():
            picture = options.into / f"{name}.{options.languages[0]}.1440.{theme}.webp"
            sheets.small(browser, picture, ROOT / "docs" / "pictures" / f"{name}.png")
        browser.close()
    print(f"{len(list(options.into.glob('*.webp')))} pictures: {options.into / 'index.html'}")
    if faults:
        sys.exit("screenshots: some screens could not be pictured:\n  " + "\n  ".join(faults))


if __name__ == "__main__":
    main()
