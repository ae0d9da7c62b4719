"""What the shop sells: products with price and stock, as customers see them and orders name them."""

from __future__ import annotations

from sqlalchemy import Select, select

from support.catalogue.model import Product
from support.database import db
from support.errors import NotFound

__all__ = ["SEARCHED", "SORTS", "Product", "categories", "find_product", "visible"]

SORTS = {"name": Product.name, "price": Product.price, "category": Product.category}
SEARCHED = [Product.name, Product.description, Product.sku]


def visible(category: str | None = None) -> Select:
    """The products on sale, of one category if given. Anybody may see them."""
    products = select(Product).where(Product.active)
    return products.where(Product.category == category) if category else products


def categories() -> list[str]:
    """The categories that have something on sale, by name."""
    return list(db.session.scalars(select(Product.category).where(Product.active).distinct().order_by(Product.category)))


def find_product(slug: str) -> Product:
    """The product on sale with this slug. Raises NotFound."""
    product = db.session.scalar(visible().where(Product.slug == slug))
    if product is None:
        raise NotFound()
    return product
