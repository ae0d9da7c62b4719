"""Passwords: argon2id, checked exactly as typed, weak ones refused. Hashing never happens inside a transaction."""
from functools import cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask import current_app
from flask_babel import gettext as _

from support import shop
from support.errors import Invalid
from support.offload import offload

LEAST, MOST = 8, 200
COMMON = Path(__file__).with_name("common_passwords.txt")

# Tests and the demo sign in all the time and protect nothing; production takes the library's recommended cost.
CHEAP = {"time_cost": 1, "memory_cost": 64, "parallelism": 1}


def init_app(app, settings) -> None:
    hasher = PasswordHasher(**(CHEAP if settings.mode in ("demo", "test") else {}))
    app.extensions["passwords"] = hasher
    # What an unknown address is compared with, so that it takes as long as a known one.
    app.extensions["password_nobody_has"] = hasher.hash("nobody has this password")


def hashed(password: str) -> str:
    """The argon2id hash to store."""
    return offload(_hasher().hash, password)


def matches(password_hash: str | None, password: str) -> bool:
    """Whether the password is the one; takes as long when there is no hash at all."""
    known = password_hash or current_app.extensions["password_nobody_has"]
    fits = offload(_fits, _hasher(), known, password[: MOST + 1])
    return fits and password_hash is not None


def is_old(password_hash: str) -> bool:
    """Whether the hash was made with less cost than today's and should be made anew at this sign-in."""
    return _hasher().check_needs_rehash(password_hash)


def check(password: str, *names: str) -> None:
    """Raise Invalid for a password that is too short, too long or easily guessed; `names` are words it may not be."""
    if len(password) < LEAST:
        raise Invalid({"password": _("Use at least %(least)s characters.", least=LEAST)})
    if len(password) > MOST:
        raise Invalid({"password": _("Use at most %(most)s characters.", most=MOST)})
    plain = _letters(password)
    if password.casefold() in _common() or plain in _common() or plain in _names(names) or len(set(password)) < 3:
        raise Invalid({"password": _("This password is easy to guess. A few unrelated words make a good one.")})


def _fits(hasher: PasswordHasher, known: str, password: str) -> bool:
    try:
        return hasher.verify(known, password)
    except (VerificationError, InvalidHashError):
        return False


def _hasher() -> PasswordHasher:
    return current_app.extensions["passwords"]


def _names(names) -> set[str]:
    """The names of the product, the shop and the person, and what people put behind them."""
    words = {_letters(name) for name in ("switchboard", shop.profile().name, *names) if name}
    return {word for word in words if word}


def _letters(text: str) -> str:
    """Without case, spaces, and the digits and signs that are put at the ends of a word."""
    return "".join(c for c in text.casefold() if not c.isspace()).strip("0123456789!?.,-_*#$&")


@cache
def _common() -> frozenset[str]:
    return frozenset(COMMON.read_text(encoding="utf8").split())
