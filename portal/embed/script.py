"""`/embed.js`: the script that a page of the shop includes. Small, the same for everybody, and told beforehand all it must know of us."""
import gzip
import hashlib
import json

from flask import Blueprint, Response, current_app, request
from flask_babel import force_locale
from flask_babel import gettext as _

from portal.embed.blueprint import demand_embedding
from support import shop
from support.shop import colour
from support.web import assets

SOURCE = "embed.js"
OURS = "#3a49c9"  # the accent of tokens.css, for a shop without a colour of its own
FRESH = "public, max-age=300"  # seconds a browser uses what it has without asking

bp = Blueprint("embed_script", __name__)


@bp.get("/embed.js", endpoint="static")
def script():
    """The script with the shop's words and colour in it."""
    demand_embedding()
    text = assets.text_of(SOURCE).replace("__SHOP__", json.dumps(_told(), ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c"))
    packed = "gzip" in request.accept_encodings
    response = Response(gzip.compress(text.encode(), 9, mtime=0) if packed else text, content_type=assets.KINDS[".js"])
    if packed:
        response.headers["Content-Encoding"] = "gzip"
    response.headers["Vary"] = "Accept-Encoding"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"  # the one file that pages of other sites include
    response.headers["Cache-Control"] = FRESH
    response.set_etag(f"{hashlib.sha256(text.encode()).hexdigest()[:12]}{'-gz' if packed else ''}")
    return response.make_conditional(request)


def _told() -> dict:
    chosen = shop.profile().colour
    accents = colour.accents(chosen if colour.is_colour(chosen) else OURS)
    return {
        "base": current_app.config["SETTINGS"].base_url, "fill": accents["accent-fill"], "on": accents["on-accent"],
        "words": {code.replace("_", "-"): _words(code) for code in shop.profile().languages},
    }


def _words(code: str) -> list[str]:
    with force_locale(code):
        return [_("Help and chat"), _("Close"), _("%(n)s unread", n="{n}")]
