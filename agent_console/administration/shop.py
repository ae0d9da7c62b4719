"""The profile of the shop: what the portal, mails, dates and prices take from it. For administrators."""
from zoneinfo import available_timezones

from babel import Locale
from babel.core import get_global
from babel.numbers import get_currency_name, get_territory_currencies
from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from agent_console.administration.face import look_of
from support import people, shop
from support.web import forms
from support.web.identity import allow, me

bp = Blueprint("admin_shop", __name__, template_folder="../templates", url_prefix="/admin/shop")

STORED_AS = {"shop_name": "name", "zone": "zone", "country": "country", "currency": "currency", "mail": "mail", "phone": "phone"}


def currencies() -> list[str]:
    """Codes of the money that is paid with somewhere today."""
    return sorted({code for territory in get_global("territory_currencies") for code in get_territory_currencies(territory)})


def zones() -> list[str]:
    """Zones by a place, and UTC; the database of zones also knows old and abstract names that nobody means."""
    return sorted(zone for zone in available_timezones() if zone == "UTC" or "/" in zone and not zone.startswith("Etc/"))


def languages() -> list[str]:
    """Those that have words, and whatever the shop speaks already: the environment may name one without."""
    return list(dict.fromkeys([*shop.written_languages(), *shop.profile().languages]))


class ShopForm(forms.Form):
    shop_name = forms.Text(required=True, most=80, missing=_l("Give the shop a name."))
    zone = forms.Choice(available_timezones, required=True)
    country = forms.Choice(lambda: [code for code, _name in people.countries()], required=True)
    language = forms.Choice(languages, required=True)
    currency = forms.Choice(currencies, required=True)


class ProfileForm(ShopForm):
    also = forms.Several(forms.Choice(shop.written_languages))
    mail = forms.Email(required=True, missing=_l("Write the address customers may write to."))
    phone = forms.Text(most=40)
    version = forms.Whole(required=True)


def choices() -> dict:
    """What the fields of the shop offer, in the reader's language."""
    here = str(get_locale())
    return {
        "fixed": shop.profile().fixed, "countries": people.countries(), "zones": [(zone, zone.replace("_", " ")) for zone in dict.fromkeys([*zones(), shop.profile().zone])],
        "languages": [(code, Locale.parse(code).get_display_name(here)) for code in shop.written_languages()],
        "currencies": sorted(((code, f"{get_currency_name(code, locale=here)} ({code})") for code in currencies()), key=lambda pair: pair[1].casefold()),
    }


def present_values() -> dict:
    """The shop as it is now, by the names of the fields."""
    ours = shop.profile()
    return {**{field: getattr(ours, column) for field, column in STORED_AS.items()}, "language": ours.language}


@bp.get("")
@allow("administrator")
def edit():
    chosen = request.form.getlist("also") if request.method == "POST" else shop.profile().languages
    values = {**present_values(), "version": shop.row_for_change().version}
    return forms.answer("administration/shop/form.html", values=values, also=chosen, all_languages=shop.profile().languages, shown=look_of(shop.profile().colour), **choices())


@bp.post("")
@allow("administrator")
@forms.reshow(edit)
def change():
    told = forms.read(ProfileForm)
    languages = list(dict.fromkeys([told["language"], *told["also"]]))
    values = {**{column: told[field] for field, column in STORED_AS.items()}, "languages": languages}
    fixed = shop.profile().fixed
    shop.save_profile(me(), {column: value for column, value in values.items() if column not in fixed}, told["version"])
    flash(_("The profile of the shop is saved."), "good")
    return redirect(url_for(".edit"), 303)
