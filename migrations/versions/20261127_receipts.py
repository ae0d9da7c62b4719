"""how far each side of a conversation has got the messages, and read them.

Revision 20261127_receipts, made 2026-11-27 12:50:00. What was said before counts as received.
"""
import sqlalchemy as sa
from alembic import op

revision = '20261127_receipts'
down_revision = '20261127_dropped'
branch_labels = None
depends_on = None

NEW = ('customer_got', 'staff_seq', 'staff_got')


def upgrade() -> None:
    with op.batch_alter_table('conversation', schema=None) as batch_op:
        for name in NEW:
            batch_op.add_column(sa.Column(name, sa.Integer(), nullable=False, server_default='0'))
    op.execute('UPDATE conversation SET customer_got = customer_seq, staff_seq = seq, staff_got = seq')
    with op.batch_alter_table('conversation', schema=None) as batch_op:
        for name in NEW:
            batch_op.alter_column(name, server_default=None)


def downgrade() -> None:
    with op.batch_alter_table('conversation', schema=None) as batch_op:
        for name in reversed(NEW):
            batch_op.drop_column(name)
