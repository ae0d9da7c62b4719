"""The blueprint of the shared templates, and what every page needs: the way back, the language."""
from urllib.parse import urlsplit

from flask import Blueprint, redirect, request

from support.people import profile
from support.web import language
from support.web.identity import EVERYBODY, allow, me

bp = Blueprint("web", __name__, template_folder="templates")


def way_back(default: str) -> str:
    """Where `next` of the form or the address leads, if that is a page of ours; else `default`."""
    asked = request.form.get("next") or request.args.get("next") or ""
    return asked if is_own_path(asked) else default


def is_own_path(address: str) -> bool:
    """Whether an address stays on this site in every browser: one plain path, no host hidden in it."""
    if not address.startswith("/") or len(address) > 2000:
        return False
    # Browsers read a backslash as a slash and skip control characters, so "/\evil" and "/\n/evil" would leave us.
    if address.startswith("//") or "\\" in address or not address.isprintable():
        return False
    parts = urlsplit(address)
    return not parts.scheme and not parts.netloc


@bp.post("/language")
@allow(*EVERYBODY)
def choose_language():
    """The language from now on: of this browser, and of the person when one is signed in."""
    code = request.form.get("language", "")
    if me().has_account:
        profile.choose_language(me(), code)
    return language.remember(redirect(way_back("/"), 303), code)
