"""The shop's colour on its portal: a small stylesheet of its own, because the security policy allows no style in a page."""
import hashlib
from functools import lru_cache

from flask import Blueprint, Response

from support import shop
from support.shop import colour
from support.web.assets import kept_by

bp = Blueprint("face", __name__)


def init_app(app, settings) -> None:
    app.register_blueprint(bp)
    app.jinja_env.globals["face_url"] = face_url


def face_url() -> str:
    """Address of the stylesheet in the shop's colour, which changes with the colour; "" when the shop has none."""
    chosen = shop.profile().colour
    return f"/face.css?v={_sheet(chosen)[1]}" if colour.is_colour(chosen) else ""


@bp.get("/face.css", endpoint="static")
def sheet():
    """The accents made from the shop's colour; without one an empty sheet, and the product's own stay."""
    chosen = shop.profile().colour
    text, mark = _sheet(chosen if colour.is_colour(chosen) else "")
    return kept_by(Response(text, content_type="text/css; charset=utf-8"), mark)


@lru_cache(8)
def _sheet(chosen: str) -> tuple[str, str]:
    text = colour.stylesheet(chosen) if chosen else ""
    return text, hashlib.sha256(text.encode()).hexdigest()[:12]
