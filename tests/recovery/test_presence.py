"""FLT-15 on both sizes, with real pages and real workers: several tabs are one person, a worker that is killed takes nobody away."""
import pytest
from playwright.sync_api import expect

from support import routing
from support.clock import now
from support.database import db
from support.routing.models import Presence
from tests.desk import Desk
from tests.recovery.caller import until
from tests.worlds import SHIFT

GONE, RELEASED = 46, 11  # seconds, a little more than OFFLINE_SECONDS and RELEASE_SECONDS
CUT = ("WebSocket", "ERR_CONNECTION", "ERR_EMPTY", "ERR_FAILED", "Failed to fetch", "Failed to load", "status of 50", "NetworkError")


class Room:
    """The shop in its opening hours, with Ines in a live chat that she took."""

    def __init__(self, server, desk, clock, new_page):
        self.server, self.desk, self.clock, self.new_page = server, desk, clock, new_page
        self.chat = desk.taken(body="My tent is late, where is it?")
        self.place = desk.work_item(self.chat).entered_at

    def opens(self, key: str, path: str):
        page = self.new_page(self.server, key, allow=CUT)
        page.clock.install()
        return self.shows(page, path)

    def shows(self, page, path: str):
        page.goto(path)
        expect(page.locator("html")).to_have_attribute("data-live", "connected")
        return page

    def second_tab(self, page):
        other = page.context.new_page()
        other.clock.install()
        return self.shows(other, "/desk")

    def later(self, seconds: float) -> None:
        self.clock.move(seconds)
        self.server.move_clock(self.clock.by - SHIFT)

    def silent_for(self, seconds: float) -> None:
        """So long after her last sign of life, whatever a slow machine has taken since."""
        self.later(seconds - (now() - self.presence().seen_at).total_seconds())

    def beats(self, page, seconds: int = 16) -> None:
        """So many seconds pass on the page; it gives a sign of life that the server notes."""
        before = self.presence().seen_at
        page.clock.run_for(seconds * 1000)
        until(lambda: page.wait_for_timeout(20) or self.presence().seen_at > before, "a sign of life arrives")

    def presence(self) -> Presence:
        with self.desk.app.app_context():
            return db.session.query(Presence).filter_by(person_id=self.desk.app.extensions["cast"]["ines"]).one()

    def sweep(self) -> None:
        """What the loop of the server does every few seconds."""
        with self.desk.app.app_context():
            routing.sweep()

    def shown(self) -> str:
        with self.desk.app.app_context():
            return next(row.shown for row in routing.board().agents if row.person_id == self.desk.app.extensions["cast"]["ines"])

    def is_hers(self) -> bool:
        return self.desk.work_item(self.chat).state == "assigned"

    def assert_nothing_changed(self) -> None:
        self.sweep()
        assert (self.shown(), self.is_hers()) == ("busy", True)

    def assert_gone_and_back_in_its_place(self) -> None:
        self.sweep()
        assert self.shown() == "offline"
        self.later(RELEASED)
        until(lambda: not self.is_hers(), "the server's own sweep gives the chat back")
        assert self.desk.work_item(self.chat).entered_at == self.place


@pytest.fixture
def room(live, settle, client_of, clock, new_page):
    desk = Desk(live.app, settle, client_of)
    desk.opens(clock)
    live.move_clock(clock.by - SHIFT)
    return Room(live, desk, clock, new_page)


def test_FLT_15_one_of_two_tabs_changes_nothing_the_last_one_gives_the_chat_back(room):
    first = room.opens("ines", "/desk")
    second = room.second_tab(first)
    first.close()
    for _twice in range(2):
        room.silent_for(GONE - 10)
        room.beats(second)
        room.assert_nothing_changed()
    second.close()
    room.later(GONE)
    room.assert_gone_and_back_in_its_place()


def test_FLT_15_killed_workers_take_nobody_away_whose_page_comes_back_in_time(room):
    page = room.opens("ines", "/desk")
    room.silent_for(20)
    room.beats(page)
    room.server.kill("web")
    expect(page.locator("html")).not_to_have_attribute("data-live", "connected")
    room.silent_for(GONE - 31)  # the rest is for workers that start on a slow machine: the clock goes on meanwhile
    room.server.start("web")
    before = room.presence().seen_at
    until(lambda: page.clock.run_for(2_000) or room.presence().seen_at > before, "the page comes back and gives a sign of life")
    room.silent_for(GONE - 15)
    room.assert_nothing_changed()


def test_FLT_15_killed_workers_and_a_page_that_stays_away_are_as_a_tab_that_is_gone(room):
    ines = room.opens("ines", f"/desk/tickets/{room.chat}")
    hanna = room.opens("hanna", f"/desk/tickets/{room.chat}")
    expect(hanna.get_by_text("Ines Duarte looks at this too")).to_be_visible()
    room.server.kill("web")
    ines.close()
    room.later(GONE)
    room.server.start("web")
    until(lambda: hanna.clock.run_for(2_000) or hanna.locator("html").get_attribute("data-live") == "connected", "her page comes back")
    expect(hanna.get_by_text("Ines Duarte looks at this too")).to_have_count(0)
    room.assert_gone_and_back_in_its_place()
