"""The row of the shop: one, made with its table. A column that is empty leaves the word to the settings."""
from sqlalchemy import LargeBinary, String
from sqlalchemy.event import listens_for
from sqlalchemy.orm import Mapped, mapped_column

from support.database import Base, JSONData


class ShopRow(Base):
    """What an administrator said about the shop."""

    __tablename__ = "shop"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str | None] = mapped_column(String(80))
    zone: Mapped[str | None] = mapped_column(String(60))
    country: Mapped[str | None] = mapped_column(String(2))
    languages: Mapped[list | None] = mapped_column(JSONData)  # codes, the first one the default
    currency: Mapped[str | None] = mapped_column(String(3))
    mail: Mapped[str | None] = mapped_column(String(254))
    phone: Mapped[str | None] = mapped_column(String(40))
    colour: Mapped[str | None] = mapped_column(String(7))  # #rrggbb
    logo: Mapped[bytes | None] = mapped_column(LargeBinary)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


THE_ROW = 1


@listens_for(ShopRow.__table__, "after_create")
def _the_row(table, connection, **options) -> None:
    connection.execute(table.insert().values(id=THE_ROW, version=1))
