"""a voucher of the shop works once.

Revision 20261127_vouchers, made 2026-11-27 11:50:36.
"""
import sqlalchemy as sa
from alembic import op

from support.database import UTCDateTime

revision = '20261127_vouchers'
down_revision = '20261127_run_numbers'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'used_voucher',
        sa.Column('mark', sa.String(length=64), nullable=False),
        sa.Column('expires_at', UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint('mark', name=op.f('pk_used_voucher')),
    )
    with op.batch_alter_table('used_voucher', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_used_voucher_expires_at'), ['expires_at'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('used_voucher', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_used_voucher_expires_at'))
    op.drop_table('used_voucher')
