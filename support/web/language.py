"""Language and zone of the reader: the person's own choice, else this browser's, else the shop's first.

English is written in the program. Another language is one file, `support/translations/<code>.po`, and its code in SHOP_LANGUAGES.
`ar_001` there shows the product from right to left in an English nobody speaks (`mirrored.py`).
"""
from io import BytesIO
from pathlib import Path

import structlog
from babel import Locale, UnknownLocaleError
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import Flask, g, has_request_context, request
from flask_babel import Babel, Domain, get_locale
from sqlalchemy.exc import SQLAlchemyError

from support import shop
from support.settings import SettingsError
from support.web import identity, mirrored

COOKIE = "language"
SECONDS = 365 * 86400

log = structlog.get_logger(__name__)


class Catalogue(Domain):
    """The words of each language, read from its .po file when first needed, so nothing has to be compiled."""

    def get_translations(self) -> NullTranslations:
        code = str(get_locale() or shop.WRITTEN)
        if code not in self.cache:
            self.cache[code] = _mirrored() if code == mirrored.CODE else read(shop.words_of(code))
        return self.cache[code]


def init_app(app: Flask, settings) -> None:
    app.config["BABEL_DEFAULT_LOCALE"] = settings.shop_languages[0]
    app.config["BABEL_DEFAULT_TIMEZONE"] = settings.shop_zone
    babel = Babel(app, locale_selector=locale, timezone_selector=zone)
    babel.domain_instance = Catalogue()
    app.add_template_filter(name_of, "language")
    for code in settings.shop_languages:
        _check(code)


def read(path: Path) -> NullTranslations:
    """The words in a .po file; without a file, the English of the program."""
    if not path.is_file():
        return NullTranslations()
    with path.open("rb") as file:
        return _packed(read_po(file, locale=path.stem))


def _mirrored() -> Translations:
    return _packed(mirrored.catalogue(shop.words_of("messages").with_suffix(".pot")))


def _packed(catalogue) -> Translations:
    packed = BytesIO()
    write_mo(packed, catalogue)
    packed.seek(0)
    return Translations(packed)


def _check(code: str) -> None:
    """Stop the start for what is no language; say so when one has no words yet (its dates and numbers are right all the same)."""
    try:
        Locale.parse(code)
    except (ValueError, UnknownLocaleError):
        raise SettingsError(f"SHOP_LANGUAGES names “{code}”, which is no language; write codes such as en or pt_BR.") from None
    if code not in (shop.WRITTEN, mirrored.CODE) and not shop.words_of(code).is_file():
        log.warning("no words in this language; pages show English", language=code, wanted=f"support/translations/{code}.po")


def locale() -> str:
    """The language of this request, always one of the shop's."""
    offered = shop.profile().languages
    if not has_request_context():
        return offered[0]
    if identity.is_embedded():  # the language of the page around it, whoever reads
        asked = request.args.get("language", "").replace("-", "_")
        return asked if asked in offered else request.accept_languages.best_match(offered) or offered[0]
    own = _of_person("locale") if _of_person("has_account") else None  # a guest has chosen nothing but in this browser
    for asked in (own, request.cookies.get(identity.cookie_name(COOKIE))):
        if asked in offered:
            return asked
    return request.accept_languages.best_match(offered) or offered[0]


def spoken() -> str:
    """The language in which the reader will be written to: nobody writes in the mirrored one."""
    code = locale()
    return shop.WRITTEN if code == mirrored.CODE else code


def zone() -> str:
    """The zone times are shown in."""
    own = _of_person("zone") if has_request_context() else None
    return own or shop.profile().zone


def remember(response, code: str):
    """Keep a visitor's choice in this browser; what the shop does not offer is ignored."""
    if code in shop.profile().languages:
        identity.set_cookie(response, COOKIE, code, SECONDS)
    return response


def name_of(code: str, own: bool = False) -> str:
    """A language by its name, in the reader's language or (`own`) in itself; a code that is none stays as it is."""
    if code == mirrored.CODE:
        return mirrored.NAME
    try:
        asked = Locale.parse(code.replace("-", "_"))
    except (ValueError, UnknownLocaleError):
        return code
    name = asked.get_display_name(asked if own else get_locale()) or code
    return name[:1].upper() + name[1:] if own else name


def _of_person(attribute: str) -> str | None:
    """The page that says the database is gone still needs a language."""
    try:
        if "me" in g:
            return getattr(g.me, attribute)
        return getattr(identity.me(), attribute)
    except SQLAlchemyError:
        return None
