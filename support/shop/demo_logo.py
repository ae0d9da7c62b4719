"""The logo of the demo shop, uploaded like any other. The small world of the tests has none."""
from pathlib import Path

from support.database import db
from support.shop.model import THE_ROW, ShopRow

FILE = Path(__file__).with_name("demo_logo.png")


def logo(world) -> None:
    if world.full:
        db.session.get(ShopRow, THE_ROW).logo = FILE.read_bytes()
