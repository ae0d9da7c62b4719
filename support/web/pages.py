"""The blueprint of the shared templates, and what every page needs: the way back, the language, the way out."""
from urllib.parse import urlsplit

from flask import Blueprint, current_app, redirect, request

from support.people import profile, sign_ins
from support.web import language
from support.web.identity import EVERYBODY, allow, me, sign_in_address, signed_in, signed_out
from support.web.look import Look

bp = Blueprint("web", __name__, template_folder="templates")


def way_back(default: str) -> str:
    """Where `next` of the form or the address leads, if that is a page of ours; else `default`."""
    asked = request.form.get("next") or request.args.get("next") or ""
    return asked if is_own_path(asked) else default


def home() -> str:
    """Where the person of this request starts: customers at the front page, staff at their first area."""
    areas = Look(current_app.config["SETTINGS"]).areas if me().is_staff else []
    return areas[0][1] if areas else "/"


def enter(sign_in, token: str):
    """The answer to a sign-in that worked: a new cookie, and the page that was wanted. What this browser had before ends."""
    former = me()
    if former.sign_in_id is not None:
        sign_ins.end(former, former.sign_in_id)
    response = signed_in(redirect("/", 303), sign_in, token)
    response.location = way_back(home())
    return response


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


@bp.post("/sign-out")
@allow(*EVERYBODY)
def sign_out():
    """End this browser's sign-in, in the database too: a copied cookie is worth nothing afterwards."""
    person = me()
    if person.sign_in_id is not None:
        sign_ins.end(person, person.sign_in_id)
    return signed_out(redirect(sign_in_address("staff") if person.is_staff else "/", 303))
