"""What the shop sells: products with price and stock, as customers see them and orders name them."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Select, select

from support.catalogue.demo import products
from support.catalogue.model import Product
from support.database import db
from support.demo import part
from support.errors import NotFound
from support.listing import Listing

__all__ = ["Product", "categories", "find_product", "init_app", "list_products", "visible"]


def init_app(app, settings) -> None:
    part(app, 40, products)


def visible(category: str | None = None) -> Select:
    """The products on sale, of one category if given. Anybody may see them."""
    products = select(Product).where(Product.active)
    return products.where(Product.category == category) if category else products


def list_products(args: Mapping) -> Listing:
    """The products on sale as a list: searched, by name or price, of one `category`."""
    listing = Listing(
        args, sorts={"name": Product.name, "price": Product.price}, default="name", per_page=24,
        search=[Product.name, Product.description, Product.sku, Product.category], filters={"category": categories()},
    )
    return listing.apply(visible(listing.filters.get("category")))


def categories() -> list[str]:
    """The categories that have something on sale, by name."""
    return list(db.session.scalars(select(Product.category).where(Product.active).distinct().order_by(Product.category)))


def find_product(slug: str) -> Product:
    """The product on sale with this slug. Raises NotFound."""
    product = db.session.scalar(visible().where(Product.slug == slug))
    if product is None:
        raise NotFound()
    return product
