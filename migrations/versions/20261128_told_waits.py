"""waits as they were announced, to compare them with what came true.

Revision 20261128_told_waits, made 2026-11-28 00:24:00.
"""
import sqlalchemy as sa
from alembic import op

from support.database import JSONData, UTCDateTime

revision = '20261128_told_waits'
down_revision = '20261127_files'
branch_labels = None
depends_on = None


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        # The next revision needs it: asked for after work_item it could wait for somebody who accepts, and he for us.
        op.execute("LOCK TABLE certificate IN ACCESS EXCLUSIVE MODE")
    op.create_table('told_wait',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('work_item_id', sa.Integer(), nullable=False),
    sa.Column('queue_id', sa.Integer(), nullable=False),
    sa.Column('told_at', UTCDateTime(), nullable=False),
    sa.Column('limit_seconds', sa.Integer(), nullable=False),
    sa.Column('limit_at', UTCDateTime(), nullable=False),
    sa.Column('seen', JSONData, nullable=False),
    sa.ForeignKeyConstraint(['queue_id'], ['queue.id'], name=op.f('fk_told_wait_queue_id_queue')),
    sa.ForeignKeyConstraint(['work_item_id'], ['work_item.id'], name=op.f('fk_told_wait_work_item_id_work_item')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_told_wait')),
    sa.UniqueConstraint('work_item_id', name=op.f('uq_told_wait_work_item_id'))
    )
    with op.batch_alter_table('told_wait', schema=None) as batch_op:
        batch_op.create_index('ix_told_wait_at', ['told_at'], unique=False)
        batch_op.create_index('ix_told_wait_queue', ['queue_id', 'told_at'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('told_wait', schema=None) as batch_op:
        batch_op.drop_index('ix_told_wait_queue')
        batch_op.drop_index('ix_told_wait_at')

    op.drop_table('told_wait')
