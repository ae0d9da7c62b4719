"""The demo as a server of its own for `make screenshots`: free port, data that are thrown away, a clock at an hour when the shop is open."""
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from datetime import datetime, timedelta
from datetime import time as hour
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from zoneinfo import ZoneInfo

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
ZONE = ZoneInfo("Europe/Berlin")
BUSY = 60  # seconds until the demo must answer


class Shop:
    """The demo on a free port, with data of its own that are thrown away; its clock stands at the next Tuesday morning when it starts.

    `empty`: not the demo, but an installation that nobody has set up yet.
    """

    def __init__(self, folder: Path, languages: str, empty: bool = False):
        self.folder, self.empty = folder, empty
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        (folder / "clock").write_text(str(_tuesday().timestamp() - time.time()))
        self.env = {
            "PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), "LANG": "C.UTF-8", "MODE": "demo", "DATA_DIR": str(folder), "PORT": str(self.port),
            "CLOCK_FILE": str(folder / "clock"), "LOG_LEVEL": "WARNING", "SHOP_LANGUAGES": languages, "MAILS_PER_HOUR": "1000", "TICKETS_PER_HOUR": "1000",
        }
        self.process = None

    def make(self) -> None:
        for command in [["database", "upgrade"], *([] if self.empty else [["demo"]])]:
            subprocess.run([BIN / "flask", "--app", "wsgi", *command], cwd=ROOT, env=self.env, check=True, stdout=subprocess.DEVNULL)
        with sqlite3.connect(self.folder / "switchboard.db") as database:  # the language of a person's profile comes before that of a browser
            database.execute("UPDATE person SET locale = ?", (self.env["SHOP_LANGUAGES"].split(",")[0],))

    def setup_code(self) -> str:
        """The code that opens the first page of an installation that nobody has set up."""
        told = subprocess.run([BIN / "flask", "--app", "wsgi", "setup-code"], cwd=ROOT, env=self.env, check=True, capture_output=True, text=True).stdout
        return told.split()[-1]

    def start(self, traffic: bool = False) -> None:
        self.stop()
        with open(self.folder / "server.log", "ab") as log:
            self.process = subprocess.Popen(
                [BIN / "flask", "--app", "wsgi", "serve"], cwd=ROOT, env={**self.env, "DEMO_TRAFFIC": str(int(traffic)), "DEMO_TRAFFIC_PER_MINUTE": "20"},
                stdout=log, stderr=log, start_new_session=True,
            )
        for _ in range(BUSY * 5):
            try:
                urllib.request.urlopen(f"{self.url}/healthz", timeout=2).close()
                return
            except (urllib.error.URLError, OSError):
                time.sleep(0.2)
        raise RuntimeError("The demo did not start:\n" + (self.folder / "server.log").read_text(errors="replace")[-2000:])

    def move_clock(self, seconds: float) -> None:
        """Let time pass in the shop."""
        clock = self.folder / "clock"
        clock.write_text(str(float(clock.read_text()) + seconds))

    def stop(self) -> None:
        if self.process:
            os.killpg(self.process.pid, signal.SIGTERM)
            self.process.wait(timeout=20)
            self.process = None

    def newest_mail(self) -> str:
        """The words of the mail that was written last."""
        mails = sorted(self.folder.rglob("*.eml"), key=lambda path: path.stat().st_mtime)
        return message_from_bytes(mails[-1].read_bytes(), policy=default).get_body(("plain",)).get_content() if mails else ""


def _tuesday() -> datetime:
    """The next Tuesday, 10:20 at the shop. Never in the past: pages take the latest time they hear of from the server for now, and its Date header is real."""
    today = datetime.now(ZONE).date()
    return datetime.combine(today + timedelta(days=(1 - today.weekday()) % 7 or 7), hour(10, 20), ZONE)
