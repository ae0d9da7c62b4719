"""why somebody dropped a delivery.

Revision 20261127_dropped, made 2026-11-27 12:10:00.
"""
import sqlalchemy as sa
from alembic import op

revision = '20261127_dropped'
down_revision = '20261127_vouchers'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('delivery', schema=None) as batch_op:
        batch_op.add_column(sa.Column('reason', sa.String(length=300), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table('delivery', schema=None) as batch_op:
        batch_op.drop_column('reason')
