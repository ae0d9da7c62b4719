"""The shop itself: its name, zone, country, languages, currency, how it is reached, and its face (colour, logo).

Everybody asks `shop.profile()`. What the environment sets (SHOP_NAME and so on) wins over what an administrator stored.
"""
from pathlib import Path

from flask import Flask

from support import demo
from support.shop import demo_logo
from support.shop.languages import WRITTEN, words_of, written_languages
from support.shop.logo import LARGEST as LARGEST_LOGO
from support.shop.logo import Logo, logo_file, read_logo
from support.shop.model import THE_ROW, ShopRow
from support.shop.picture import LARGEST_SIDE
from support.shop.profile import CHANGED, FIELDS, Shop, profile, row_for_change, save_profile

__all__ = [
    "CHANGED", "FIELDS", "LARGEST_LOGO", "LARGEST_SIDE", "THE_ROW", "Logo", "Shop", "ShopRow", "WRITTEN", "profile", "read_logo", "row_for_change", "save_profile", "words_of", "written_languages",
]


def init_app(app: Flask, settings) -> None:
    """Stop the start when the logo of the settings is none."""
    if settings.shop_logo:
        logo_file(Path(settings.shop_logo))
    demo.part(app, 5, demo_logo.logo)
