"""The line before the pages: how many at once, in which order, for how long, and what who is sent away is told."""
import threading
import time

import pytest

from support.errors import Crowded
from support.web import crowd
from support.web.crowd import Line


class Comers:
    """Those who stand in a line, each in a thread; `order` has who was let in or sent away, as it happened."""

    def __init__(self, line: Line):
        self.line, self.order = line, []

    def come(self, *names: str) -> "Comers":
        for name in names:
            before = self.seen()
            threading.Thread(target=self._stand, args=(name,), daemon=True).start()
            while self.seen() <= before:  # whoever loses his place to another is missed for a moment
                time.sleep(0.001)
        return self

    def answered(self, times: int) -> list[str]:
        """So many have been let in or sent away by now."""
        while len(self.order) < times:
            time.sleep(0.001)
        return self.order

    def sees(self, clock: "Clock", at: float) -> None:
        """It is so late, and whoever waits has noticed."""
        clock.at = at
        while self.line.seen < at:
            time.sleep(0.001)

    def seen(self) -> int:
        return self.line.waiting + len(self.order)

    def _stand(self, name: str) -> None:
        try:
            self.line.enter(name)
            self.order.append(name)
        except Crowded:
            self.order.append(f"not {name}")

    def served(self, times: int) -> list[str]:
        for _ in range(times):
            seen = len(self.order)
            self.line.leave(next(iter(self.line.inside)))
            while len(self.order) == seen:
                time.sleep(0.001)
        return self.order


def taken(at_once: int = 1, places: int = 100) -> Line:
    """A line behind a place that is taken."""
    line = Line(places, at_once)
    for _ in range(at_once):
        line.enter("first")
    return line


def test_as_many_at_once_as_there_is_room_for_and_the_next_when_one_leaves():
    comers = Comers(taken(at_once=2)).come("a", "b", "c")
    assert comers.order == []
    assert comers.served(2) == ["a", "b"]
    assert comers.served(1) == ["a", "b", "c"]
    for turn in list(comers.line.inside):
        comers.line.leave(turn)
    assert (comers.line.free, comers.line.waiting, len(comers.line.turns)) == (2, 0, 0)


def test_turns_go_round_so_that_the_loud_wait_for_themselves():
    comers = Comers(taken()).come("loud", "loud", "loud", "maja", "loud", "odile")
    assert comers.served(6) == ["loud", "maja", "odile", "loud", "loud", "loud"]


def test_without_room_in_the_line_whoever_has_the_most_in_it_loses_a_place():
    comers = Comers(taken(places=3)).come("loud", "loud", "loud", "maja")
    assert comers.order == ["not loud"]
    comers.come("loud")
    assert comers.order == ["not loud", "not loud"], "she has more than others already"
    assert comers.served(3)[2:] == ["loud", "maja", "loud"]
    assert comers.line.refused.labels("full")._value.get() == 2


class Clock:
    """Time of the line, which only the test moves: nobody in it is late because the machine is busy."""

    def __init__(self):
        self.at = 0.0

    def monotonic(self) -> float:
        return self.at


@pytest.fixture
def line_clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(crowd, "time", clock)
    monkeypatch.setattr(crowd, "LOOK", 0.01)
    monkeypatch.setattr(crowd, "STUCK", 60.0)
    return clock


def test_FLT_21_a_rush_is_waited_out_and_after_a_while_nobody_waits_for_long(line_clock):
    comers = Comers(taken()).come("patient")
    comers.sees(line_clock, 0.5)
    comers.sees(line_clock, 5.6)
    assert comers.come("late").order == []
    line_clock.at = 6.5
    assert comers.answered(1) == ["not late"], "somebody has been waiting for a while"
    assert comers.served(1) == ["not late", "patient"]
    line_clock.at = 7.0
    comers.come("back")
    line_clock.at = 7.9
    assert comers.answered(3)[-1] == "not back", "a moment without a line does not end it"
    line_clock.at = 10.0
    comers.come("later").sees(line_clock, 11.5)
    assert comers.order[-1] == "not back", "now it was over"
    assert comers.served(1)[-1] == "later"
    assert comers.line.refused.labels("late")._value.get() == 2


def test_short_lines_one_after_the_other_are_no_rush(line_clock):
    comers = Comers(taken())
    for _line in range(20):
        comers.come("maja", "odile")
        line_clock.at += 0.3
        comers.served(2)
    assert line_clock.at > crowd.RUSH and not any(name.startswith("not") for name in comers.order)


def test_a_page_that_waits_for_something_else_keeps_no_place_and_gives_back_none(monkeypatch):
    monkeypatch.setattr(crowd, "STUCK", 0.1)
    monkeypatch.setattr(crowd, "LOOK", 0.05)
    monkeypatch.setattr(crowd, "MOST_STUCK", 1)
    line = taken()
    stuck = next(iter(line.inside))
    comers = Comers(line).come("patient")
    while not comers.order:
        time.sleep(0.001)
    assert comers.order == ["patient"]
    comers.come("second")
    time.sleep(0.3)
    assert comers.order == ["patient"], "more of them are not believed"
    monkeypatch.setattr(crowd, "MOST_STUCK", 0)  # else patient is thought to be stuck as soon as there is room for that
    line.leave(stuck)
    assert (line.free, line.waiting, len(line.inside)) == (0, 1, 1), "its place was given to somebody else already"
    assert comers.served(1) == ["patient", "second"]


@pytest.fixture
def full(app, monkeypatch):
    """The application while its line lets nobody in."""
    monkeypatch.setattr(app.extensions["crowd"], "free", 0)
    monkeypatch.setattr(crowd, "LONG", 0.0)
    return app


def test_who_is_sent_away_hears_when_to_come_again_as_a_page_and_by_script(full):
    page = full.test_client().get("/answers", headers={"Accept": "text/html"})
    assert page.status_code == 503 and 2 <= int(page.headers["Retry-After"]) <= 6
    assert "<script" not in page.text and 'href=""' in page.text
    told = full.test_client().get("/answers", headers={"Accept": "application/json"})
    assert told.status_code == 503 and "again" in told.json["error"]
    assert "switchboard_crowded_total" in full.test_client().get("/metrics").text


def test_turns_are_for_people_we_have_met_and_for_addresses_and_not_for_tokens_anybody_can_invent(full, client_of, monkeypatch):
    names, line = [], full.extensions["crowd"]
    maja, stranger = client_of(full, "maja"), full.test_client()
    with monkeypatch.context() as open_again:
        open_again.setattr(line, "free", 1)
        assert maja.get("/questions").status_code == 200
    monkeypatch.setattr(line, "_make_room", names.append)
    monkeypatch.setattr(line, "places", 0)
    maja.get("/questions")
    for token in ("invented", "another"):
        stranger.set_cookie("switchboard", token)
        stranger.get("/questions")
    stranger.delete_cookie("switchboard")
    stranger.get("/answers")
    assert names[0] != "127.0.0.1" and names[1:] == ["127.0.0.1"] * 3


def test_refusals_and_unknown_files_are_no_way_around_the_line(full):
    client = full.test_client()
    assert client.post("/sign-in", data={"email": "maja@mail.example"}).status_code == 503, "also what comes from elsewhere"
    missing = client.get("/static/nothing.css")
    assert (missing.status_code, missing.text) == (404, "")


def test_who_is_sent_away_costs_no_statement(full, client_of, count_statements):
    maja = client_of(full, "maja")
    with count_statements(full) as statements:
        assert maja.get("/questions").status_code == 503
    assert statements.texts == []


def test_a_form_that_is_sent_away_offers_no_second_sending(full):
    page = full.test_client().post("/sign-in", data={"email": "maja@mail.example"}, headers={"Sec-Fetch-Site": "same-origin"})
    assert page.status_code == 503 and 'href=""' not in page.text


def test_files_of_the_pages_and_those_who_watch_have_no_line(full):
    client = full.test_client()
    assert client.get("/healthz").status_code == 200 and client.get("/readyz").status_code == 200
    assert client.get("/static/site.css").status_code == 200


def test_a_place_is_given_back_whatever_becomes_of_the_request(app, monkeypatch):
    line, client = app.extensions["crowd"], app.test_client()
    before = line.free
    for path in ("/answers", "/nowhere", "/questions/1", "/healthz"):
        client.get(path)
    monkeypatch.setitem(app.view_functions, "portal_answers.index", lambda **_given: 1 / 0)
    client.get("/answers")
    assert line.free == before and not line.waiting
