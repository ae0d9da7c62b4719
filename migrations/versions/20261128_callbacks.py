"""callbacks: a work item may have its place and stand in no line before a time; a queue says whether it calls back.

Revision 20261128_callbacks, made 2026-11-28 03:50:00.
"""
import sqlalchemy as sa
from alembic import op

from support.database import UTCDateTime

revision = '20261128_callbacks'
down_revision = '20261128_shifts'
branch_labels = None
depends_on = None

LIVE = "state IN ('later', 'waiting', 'offered', 'assigned')"
LIVE_BEFORE = "state IN ('waiting', 'offered', 'assigned')"


def upgrade() -> None:
    with op.batch_alter_table('queue', schema=None) as batch_op:
        batch_op.add_column(sa.Column('callbacks', sa.Boolean(), server_default=sa.false(), nullable=False))
    with op.batch_alter_table('work_item', schema=None) as batch_op:
        batch_op.add_column(sa.Column('later_until', UTCDateTime(), nullable=True))
        batch_op.drop_index('uq_work_item_live')
        batch_op.create_index('uq_work_item_live', ['ticket_id'], unique=True, sqlite_where=sa.text(LIVE), postgresql_where=sa.text(LIVE))
        batch_op.create_index(
            'ix_work_item_later', ['later_until'], unique=False, sqlite_where=sa.text("state = 'later'"), postgresql_where=sa.text("state = 'later'")
        )
    op.create_table('callback',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('ticket_id', sa.Integer(), nullable=False),
    sa.Column('queue_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.String(length=16), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('state_at', UTCDateTime(), nullable=False),
    sa.Column('asked_at', UTCDateTime(), nullable=False),
    sa.Column('chosen', sa.Boolean(), nullable=False),
    sa.Column('wanted_from', UTCDateTime(), nullable=False),
    sa.Column('wanted_until', UTCDateTime(), nullable=True),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('result', sa.String(length=12), nullable=True),
    sa.ForeignKeyConstraint(['queue_id'], ['queue.id'], name=op.f('fk_callback_queue_id_queue')),
    sa.ForeignKeyConstraint(['ticket_id'], ['ticket.id'], name=op.f('fk_callback_ticket_id_ticket')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_callback'))
    )
    live = sa.text("state IN ('waiting', 'due', 'calling', 'no_answer')")
    with op.batch_alter_table('callback', schema=None) as batch_op:
        batch_op.create_index('uq_callback_live', ['ticket_id'], unique=True, sqlite_where=live, postgresql_where=live)
        batch_op.create_index('ix_callback_window', ['queue_id', 'wanted_from'], unique=False)
        batch_op.create_index('ix_callback_state', ['state', 'wanted_from'], unique=False)
        batch_op.create_index('ix_callback_ticket', ['ticket_id'], unique=False)


def downgrade() -> None:
    op.drop_table('callback')
    op.execute("UPDATE work_item SET state = 'waiting' WHERE state = 'later'")
    op.execute("UPDATE work_item SET channel = 'ticket' WHERE channel = 'call'")
    with op.batch_alter_table('work_item', schema=None) as batch_op:
        batch_op.drop_index('ix_work_item_later')
        batch_op.drop_index('uq_work_item_live')
        batch_op.create_index(
            'uq_work_item_live', ['ticket_id'], unique=True, sqlite_where=sa.text(LIVE_BEFORE), postgresql_where=sa.text(LIVE_BEFORE)
        )
        batch_op.drop_column('later_until')
    with op.batch_alter_table('queue', schema=None) as batch_op:
        batch_op.drop_column('callbacks')
