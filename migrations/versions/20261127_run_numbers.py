"""the number of an import that was forgotten is not given again.

Revision 20261127_run_numbers, made 2026-11-27 06:20:00.
"""
from alembic import op

revision = '20261127_run_numbers'
down_revision = '20261127_layout'
branch_labels = None
depends_on = None


def upgrade() -> None:
    _make_anew(keeps_count=True)


def downgrade() -> None:
    _make_anew(keeps_count=False)


def _make_anew(keeps_count: bool) -> None:
    """Only SQLite gives a number again, and only a table made anew can be told not to."""
    if op.get_bind().dialect.name == 'sqlite':
        with op.batch_alter_table('import_run', schema=None, recreate='always', table_kwargs={'sqlite_autoincrement': keeps_count}):
            pass
