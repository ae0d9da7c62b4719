"""Finds a Chromium for the browser tests: one on the machine, else Debian's package.

The headless shell is the same engine without the windows around it: fewer packages to install, and less work for each page.
"""
import os
import shutil
import subprocess
from pathlib import Path

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge")
PLACES = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
PACKAGES = ("chromium-headless-shell", "libatomic1")  # Playwright's own driver does not start without libatomic1
OLDER = ("chromium", "libatomic1")  # where there is no such package yet
MISSING = (
    "The browser tests need Chromium: install Chromium or Google Chrome (on Debian or Ubuntu: "
    f"apt-get install --no-install-recommends {' '.join(PACKAGES)}, or {OLDER[0]} where there is no {PACKAGES[0]})."
)


def find():
    """The path of a Chromium, or None. CHROMIUM in the environment wins."""
    chosen = os.environ.get("CHROMIUM")
    if chosen:
        return chosen
    on_path = (shutil.which(name) for name in NAMES)
    in_place = (place for place in PLACES if Path(place).exists())
    return next((path for path in (*on_path, *in_place) if path), None)


def bring(driver_works) -> None:
    """Install what is missing when this is a Debian and we are root; raises RuntimeError with a sentence otherwise.

    `driver_works` tells whether Playwright's driver can start.
    """
    if find() and driver_works():
        return
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise RuntimeError(MISSING)
    install = ["apt-get", "install", "-qq", "-y", "--no-install-recommends"]
    _first_that_works([["apt-get", "update", "-qq"]])
    _first_that_works([[*install, *PACKAGES], [*install, *OLDER]])


def _first_that_works(commands: list[list[str]]) -> None:
    """Run one after the other until one works; RuntimeError with what the last one said when none does."""
    said = ""
    for command in commands:
        done = subprocess.run(command, env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"}, capture_output=True, text=True)
        if done.returncode == 0:
            return
        said = done.stderr.strip()
    raise RuntimeError(f"{MISSING} Installing it here failed: {said.splitlines()[-1] if said else 'no reason given'}")
