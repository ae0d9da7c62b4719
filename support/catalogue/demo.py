"""The products of the demo shop, by article number in `world.products`; kept in demo_products.toml."""

import re
import tomllib
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

from support.catalogue.model import Product
from support.database import db

FILE = Path(__file__).with_name("demo_products.toml")


def products(world) -> None:
    """Everything on sale, also in the world of the tests: reading the file takes a few milliseconds."""
    today = world.now.astimezone(world.settings.zone).date()
    for entry in tomllib.loads(FILE.read_text(encoding="utf8"))["product"]:
        product = Product(
            sku=entry["sku"], slug=slug(entry["name"]), name=entry["name"], description=entry["description"], category=entry["category"],
            price=Decimal(entry["price"]), currency=world.settings.shop_currency, stock=entry["stock"],
            restock_on=today + timedelta(days=entry["back"]) if "back" in entry else None,
        )
        db.session.add(product)
        world.products[product.sku] = product


def slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
