"""What the tests of orders order, and where it goes."""

from sqlalchemy import select

from support import orders
from support.catalogue import Product
from support.database import db

TENT, LANTERN = "TT-TE-SK2", "TT-LI-MOT"  # the lantern is not in stock
TO = orders.Destination("Maja Lindqvist", "Rosenthaler Straße 40", "10178", "Berlin", "DE")


def product(sku: str) -> Product:
    return db.session.scalar(select(Product).where(Product.sku == sku))
