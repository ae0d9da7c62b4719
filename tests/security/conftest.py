"""What the security tests share: the desk of the console's tests, and a look at everything that is stored."""
import pytest

from support.database import Base, db

MOVING = {("sign_in", "seen_at"), ("presence", "seen_at")}


@pytest.fixture
def stored():
    """`stored(app)`: everything in the database, to compare before and after; times of last sight left out."""

    def look(app) -> dict[str, list]:
        with app.app_context():
            return {
                table.name: sorted(map(repr, db.session.execute(table.select().with_only_columns(*_columns(table)))))
                for table in Base.metadata.sorted_tables
            }

    return look


def _columns(table) -> list:
    return [column for column in table.columns if (table.name, column.name) not in MOVING]
