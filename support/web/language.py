"""Language and zone of the reader: the person's own choice, else this browser's, else the shop's first."""
from flask import Flask, current_app, g, has_request_context, request
from flask_babel import Babel
from sqlalchemy.exc import SQLAlchemyError

from support.web import identity

COOKIE = "language"
SECONDS = 365 * 86400


def init_app(app: Flask, settings) -> None:
    app.config["BABEL_DEFAULT_LOCALE"] = settings.shop_languages[0]
    app.config["BABEL_DEFAULT_TIMEZONE"] = settings.shop_zone
    app.config.setdefault("BABEL_TRANSLATION_DIRECTORIES", "support/translations")
    Babel(app, locale_selector=locale, timezone_selector=zone)


def locale() -> str:
    """The language of this request, always one of the shop's."""
    offered = current_app.config["SETTINGS"].shop_languages
    if not has_request_context():
        return offered[0]
    for asked in (_of_person("locale"), request.cookies.get(identity.cookie_name(COOKIE))):
        if asked in offered:
            return asked
    return request.accept_languages.best_match(offered) or offered[0]


def zone() -> str:
    """The zone times are shown in."""
    own = _of_person("zone") if has_request_context() else None
    return own or current_app.config["SETTINGS"].shop_zone


def remember(response, code: str):
    """Keep a visitor's choice in this browser; what the shop does not offer is ignored."""
    if code in current_app.config["SETTINGS"].shop_languages:
        identity.set_cookie(response, COOKIE, code, SECONDS)
    return response


def _of_person(attribute: str) -> str | None:
    """The page that says the database is gone still needs a language."""
    if "me" in g:
        return getattr(g.me, attribute)
    try:
        return getattr(identity.me(), attribute)
    except SQLAlchemyError:
        return None
