"""Finds a Chromium for the browser tests: one on the machine, else Debian's package."""
import os
import shutil
import subprocess
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge")
PLACES = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
PACKAGES = ("chromium", "libatomic1")  # Playwright's own driver does not start without libatomic1
MISSING = "The browser tests need Chromium: install Chromium or Google Chrome (on Debian or Ubuntu: apt-get install --no-install-recommends {}).".format(
    " ".join(PACKAGES)
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
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["apt-get", "update", "-qq"], ["apt-get", "install", "-qq", "-y", "--no-install-recommends", *PACKAGES]):
        done = subprocess.run(command, env=quiet, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(f"{MISSING} Installing it here failed: {done.stderr.strip().splitlines()[-1:] or 'no reason given'}")
