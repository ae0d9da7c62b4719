"""The page of the portal for the time without a connection, and the worker by which browsers keep it. Both know no person."""
import hashlib

from flask import Blueprint, Response, current_app, g, render_template, request
from flask_babel import force_locale

from support import shop
from support.people.person import NOBODY
from support.web import assets
from support.web.identity import EVERYBODY, allow
from support.web.language import locale
from support.web.look import Look

WORKER = "js/offline_worker.js"

bp = Blueprint("offline", __name__)


def init_app(app, settings) -> None:
    app.register_blueprint(bp)


@bp.get("/offline")
@allow(*EVERYBODY)
def page():
    """The page in one of the shop's languages; the same for everybody, whoever asks."""
    g.me, g.sign_in = NOBODY, None
    with force_locale(_language()):
        return _page()


@bp.get("/service-worker.js")
@allow(*EVERYBODY)
def worker():
    """The worker; it differs whenever the page does, so that browsers bring the page anew."""
    with force_locale(_language()):
        mark = hashlib.sha256(_page().encode()).hexdigest()[:12]
    return Response(f'const VERSION = "{mark}"\n' + assets.text_of(WORKER), content_type=assets.KINDS[".js"])


def _page() -> str:
    return render_template("shared/offline.html", look=Look(current_app.config["SETTINGS"]))


def _language() -> str:
    """The language of the address, as browsers write it, if the shop offers it; without one that of the reader; else the shop's first."""
    asked = request.args.get("language", locale()).replace("-", "_")
    offered = shop.profile().languages
    return asked if asked in offered else offered[0]
