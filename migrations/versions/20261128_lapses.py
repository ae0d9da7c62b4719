"""what holders of certificates were told of their end.

Revision 20261128_lapses, made 2026-11-28 00:55:10.
"""
import sqlalchemy as sa
from alembic import op

from support.database import UTCDateTime

revision = '20261128_lapses'
down_revision = '20261128_told_waits'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('certificate', sa.Column('warned_days', sa.Integer(), nullable=True))
    op.add_column('certificate', sa.Column('lapse_told_at', UTCDateTime(), nullable=True))
    # What ended before this version could tell is no news.
    op.execute("UPDATE certificate SET warned_days = 7, lapse_told_at = valid_until WHERE valid_until <= CURRENT_TIMESTAMP")


def downgrade() -> None:
    with op.batch_alter_table('certificate') as batch:
        batch.drop_column('lapse_told_at')
        batch.drop_column('warned_days')
