"""The shop's logo as a file of its own, from the database or the setting, so that every process serves the same."""
from flask import Blueprint, Response

from support import shop
from support.errors import NotFound
from support.web.assets import kept_by

ALONE = "default-src 'none'; base-uri 'none'; form-action 'none'; sandbox; frame-ancestors 'none'"  # whoever opens it in a tab gets a picture and nothing else

bp = Blueprint("logo", __name__)


def init_app(app, settings) -> None:
    app.register_blueprint(bp)
    app.jinja_env.globals["logo_url"] = logo_url


def logo_url() -> str:
    """Address of the logo, which changes with it; "" when the shop has none."""
    logo = shop.profile().logo
    return f"/logo?v={logo.mark}" if logo else ""


@bp.get("/logo", endpoint="static")
def picture():
    """The logo; without one there is nothing here."""
    logo = shop.profile().logo
    if logo is None:
        raise NotFound()
    response = Response(logo.content, content_type=logo.kind)
    response.headers["Content-Security-Policy"] = ALONE
    return kept_by(response, logo.mark)
