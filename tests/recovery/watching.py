"""How old the board on a screen is, and whether it says what the database says."""
import threading
import time
import urllib.request
from contextlib import suppress

import psutil

from support import routing
from support.routing import kinds, screens
from tests.recovery.caller import until
from tests.worlds import SHIFT

SHOWN_ON_THE_BOARD = {*screens.LINE_MOVES, *screens.OFFER_MOVES, kinds.PRESENCE_CHANGED}
SLOW = 0.3  # seconds; a machine that takes longer for nothing stands still, and no board can be blamed
RECORD = """() => {
  window.boards = []; window.torn = []; window.pauses = []
  const read = () => {
    const version = Number(document.getElementById("board-as-of").dataset.boardVersion)
    if (version === boards.at(-1)?.[1]) return
    boards.push([Date.now() / 1000, version])
    const rows = [...document.querySelectorAll("[data-board-queue]")].map((cell) => parseInt(cell.innerText))
    const all = parseInt(document.querySelector("[data-board=waiting]").innerText)
    if (rows.reduce((sum, one) => sum + one, 0) !== all) torn.push([version, all, rows])
  }
  read()
  new MutationObserver(read).observe(document.body, { subtree: true, childList: true, attributes: true, characterData: true })
  let last = Date.now()
  setInterval(() => { const now = Date.now(); if (now - last > 300) pauses.push([last / 1000, now / 1000]); last = now }, 50)
}"""
READ = """() => {
  const number = (node) => parseInt(node.innerText)
  const rows = [...document.querySelectorAll("[id^=board-queue-]")].map((row) => {
    const cells = [...row.querySelectorAll("td")]
    return [Number(row.id.split("-")[2]), number(cells[0]), number(cells[2]), ...(cells[3].textContent.match(/\\d+/g) ?? [0, 0]).map(Number), number(cells[4])]
  })
  return {
    queues: rows,
    tiles: ["waiting", "missed", "free"].map((name) => number(document.querySelector(`#tile-${name} .sb-tile-v`))),
    people: [...document.querySelectorAll("[id^=board-agent-]")].map((one) => [Number(one.id.split("-")[2]), one.dataset.state]),
  }
}"""


class Pulse:
    """Measures when the server itself took long for nothing: (from, until) in seconds of the wall clock."""

    def __init__(self, server):
        self.server, self.pauses, self.stopping = server, [], threading.Event()
        self.thread = threading.Thread(target=self._beat, daemon=True)
        self.thread.start()

    def stop(self) -> None:
        self.stopping.set()
        self.thread.join()

    def _beat(self) -> None:
        while not self.stopping.wait(0.25):
            began = time.time()
            with suppress(OSError), urllib.request.urlopen(f"{self.server.url}/healthz", timeout=20) as answer:  # no answer at all is a pause, too
                answer.read()
            if time.time() - began > SLOW:
                self.pauses.append((began, time.time()))


class Share:
    """How much of the machine others took meanwhile: their part of all processors, 0 to 1."""

    def __init__(self):
        self.all, self.idle, self.own = self._look()

    def of_others(self) -> float:
        total, idle, own = (after - before for after, before in zip(self._look(), (self.all, self.idle, self.own), strict=True))
        return min(0.9, max(0.0, total - idle - own) / total)

    def _look(self) -> tuple[float, float, float]:
        """Processor seconds: of the machine, unused, and used by this test, its servers and its browser."""
        times = psutil.cpu_times()
        ours = [psutil.Process(), *psutil.Process().children(recursive=True), *(one for one in psutil.process_iter(["name"]) if one.info["name"] == "postgres")]
        return sum(times[:8]), times.idle + times.iowait, sum(_used(process) for process in ours)


def _used(process) -> float:
    try:
        return sum(process.cpu_times()[:4])  # with those of children that have ended: Chromium starts and ends them as pages come and go
    except psutil.Error:
        return 0.0  # gone


def equals_the_database(page, app) -> None:
    """Every number on the page is that of the board read from one snapshot, as soon as the last hint has come home."""

    def same():
        with app.app_context():
            board = routing.board()
        shown = page.evaluate(READ)
        wanted = {
            "tiles": [board.waiting, board.missed_today, board.free],
            "queues": [[row.queue_id, row.waiting, row.offered, row.free, row.trained, row.missed_today] for row in board.queues],
            "people": [[row.person_id, row.shown] for row in board.agents],
        }
        same.last = {key: (shown[key], wanted[key]) for key in wanted if shown[key] != wanted[key]}
        return not same.last

    try:
        until(same, "the board equals the database", 15)
    except AssertionError:
        raise AssertionError(f"the board and the database differ (shown, stored): {same.last}") from None


def shows_the_last_of(page, events) -> None:
    """What happened last is hinted last: the page gets there, even if its numbers were right before."""
    last = max((event.position for event in events if event.kind in SHOWN_ON_THE_BOARD), default=0)
    until(lambda: page.evaluate("boards.at(-1)[1]") >= last, f"the board has shown the event at {last}", 15)


def ages(page, pulse: Pulse, events) -> list[float]:
    """For each event that a board shows: seconds until the page showed it, without those in which the machine stood still."""
    shown = page.evaluate("boards")
    pauses = sorted([*pulse.pauses, *map(tuple, page.evaluate("pauses"))])
    found = []
    for event in events:
        if event.kind not in SHOWN_ON_THE_BOARD:
            continue
        happened = event.recorded_at.timestamp() - SHIFT
        seen = next((at for at, version in shown if version >= event.position), None)
        assert seen is not None, f"the board never showed {event.kind} at {event.position}"
        found.append(max(0.0, seen - happened - _stood_still(pauses, happened, seen)))
    return found


def _stood_still(pauses, start: float, end: float) -> float:
    """How long, of a stretch of time; pauses that lie over each other count once."""
    total, reached = 0.0, start
    for began, ended in pauses:
        began, ended = max(began, reached), min(ended, end)
        if ended > began:
            total, reached = total + ended - began, ended
    return total
