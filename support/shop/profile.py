"""What everybody knows of the shop, and how an administrator changes it."""
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from flask import current_app, g
from flask_babel import lazy_gettext as _l
from sqlalchemy.exc import SQLAlchemyError

from support.database import db, lock, transaction
from support.errors import Stale
from support.events import declare, record
from support.kept import Kept
from support.shop.logo import Logo, logo_file, stored_logo
from support.shop.model import THE_ROW, ShopRow

CHANGED = declare("shop.changed", "the profile of the shop was changed (subject: shop; data: fields)", _l("{actor} changed the profile of the shop"))

# Column of the row → setting that wins over it when the environment names it.
FIELDS = {
    "name": "shop_name", "zone": "shop_zone", "country": "shop_country", "languages": "shop_languages", "currency": "shop_currency",
    "mail": "shop_mail", "phone": "shop_phone", "colour": "shop_colour", "logo": "shop_logo",
}


@dataclass(frozen=True)
class Shop:
    """The shop as it is now. `fixed` names the fields that the environment sets and no page can change."""

    name: str
    zone: str
    country: str
    languages: tuple[str, ...]
    currency: str
    mail: str
    phone: str
    colour: str  # "" means the product's own
    logo: Logo | None
    fixed: frozenset[str]

    @property
    def language(self) -> str:
        """The language of everybody who asks for none that is offered."""
        return self.languages[0]

    @property
    def zone_info(self) -> ZoneInfo:
        return ZoneInfo(self.zone)


def _row(session) -> ShopRow | None:
    """The row, held by the session: a transaction that asks for many days asks the database once."""
    session.info["shop"] = session.get(ShopRow, THE_ROW)
    return session.info["shop"]


_kept = Kept(_row, models=(ShopRow,), kinds=(CHANGED,))


def profile() -> Shop:
    """The shop; kept in memory. Without a database it is as it was last, else what the settings say: error pages need a name and a language too."""
    if g.get("failed"):
        return _merged(_kept.last())
    try:
        return _merged(_kept())
    except SQLAlchemyError:
        if db.session.info.get("writing"):
            raise
        return _merged(_kept.last())


def row_for_change() -> ShopRow:
    """The stored row, with the version a form must send back."""
    return db.session.get(ShopRow, THE_ROW)


def save_profile(actor, values: dict, version: int | None = None) -> None:
    """Change columns of the profile; None leaves one to the settings again. Raises Stale when somebody was faster."""
    with transaction() as session:
        row = lock(session, ShopRow, THE_ROW)
        if version is not None and version != row.version:
            raise Stale()
        changed = [column for column, value in values.items() if getattr(row, column) != value]
        for column in changed:
            setattr(row, column, values[column])
        if changed:
            record(CHANGED, subject=("shop", row.id), actor=actor, fields=changed)


def _merged(row: ShopRow | None) -> Shop:
    settings = current_app.config["SETTINGS"]
    fixed = frozenset(field for field, setting in FIELDS.items() if setting in settings.given)

    def told(field: str, default):
        stored = getattr(row, field, None)
        return getattr(settings, FIELDS[field], default) if field in fixed or stored is None else stored

    return Shop(
        **{field: told(field, "") for field in ("name", "zone", "country", "currency", "mail", "phone", "colour")},
        languages=tuple(told("languages", ())), logo=_logo(row, settings), fixed=fixed,
    )


def _logo(row: ShopRow | None, settings) -> Logo | None:
    if settings.shop_logo:
        return logo_file(Path(settings.shop_logo))
    return stored_logo(row.logo) if row is not None and row.logo else None
