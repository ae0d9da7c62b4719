"""What a browser reads to put the pages on a home screen: one manifest for the shop's portal, one for the desk."""
from flask import Blueprint, json
from flask_babel import gettext as _

from support import shop
from support.web.assets import static_url
from support.web.identity import EVERYBODY, allow
from support.web.logo import logo_url

KIND = "application/manifest+json"
SMALLEST = 144  # pixels a side, below which no home screen takes a picture

bp = Blueprint("icons", __name__)


def init_app(app, settings) -> None:
    app.register_blueprint(bp)


@bp.get("/manifest.webmanifest")
@allow(*EVERYBODY)
def of_portal():
    """The portal under the shop's name, with its logo where that fits."""
    ours = shop.profile()
    logo = ours.logo
    fits = logo and logo.is_square and min(logo.width, logo.height) >= SMALLEST
    icons = [{"src": logo_url(), "sizes": f"{logo.width}x{logo.height}", "type": logo.kind}] if fits else _icons()
    about = {"name": _("%(shop)s, help centre", shop=ours.name), "short_name": ours.name, "start_url": "/", "background_color": "#ffffff", "theme_color": "#ffffff"}
    return _manifest({**about, "display": "minimal-ui", "icons": icons})


@bp.get("/staff/manifest.webmanifest")
@allow(*EVERYBODY)
def of_desk():
    """The desk under its own name: staff of two shops tell them apart by the address."""
    about = {"name": "Switchboard", "short_name": "Switchboard", "start_url": "/desk", "background_color": "#f5f6f9", "theme_color": "#f5f6f9"}
    return _manifest({**about, "display": "standalone", "icons": _icons()})


def _manifest(told: dict):
    return json.dumps({**told, "id": told["start_url"], "scope": "/"}), {"Content-Type": KIND}


def _icons() -> list[dict]:
    sizes = (("icon-192.png", "192x192", "any"), ("icon-512.png", "512x512", "any"), ("icon-512-full.png", "512x512", "maskable"))
    return [{"src": static_url(f"img/{name}"), "sizes": size, "type": "image/png", "purpose": purpose} for name, size, purpose in sizes]
