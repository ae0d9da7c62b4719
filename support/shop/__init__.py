"""The shop itself: its name, zone, country, languages, currency, how it is reached, and its face (colour, logo).

Everybody asks `shop.profile()`. What the environment sets (SHOP_NAME and so on) wins over what an administrator stored.
"""
from support.shop.languages import WRITTEN, words_of, written_languages
from support.shop.model import THE_ROW, ShopRow
from support.shop.profile import CHANGED, FIELDS, Shop, profile, row_for_change, save_profile

__all__ = ["CHANGED", "FIELDS", "THE_ROW", "Shop", "ShopRow", "WRITTEN", "profile", "row_for_change", "save_profile", "words_of", "written_languages"]
