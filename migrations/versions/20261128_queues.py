"""what a queue does when it is full, slow or closed, and how what it prefers relaxes.

Revision 20261128_queues, made 2026-11-28 03:40:00.
"""
import sqlalchemy as sa
from alembic import op

from support.database import JSONData, UTCDateTime

revision = '20261128_queues'
down_revision = '20261128_classify'
branch_labels = None
depends_on = None

# One name, value and kind for each column that must have a value in the rows that are there already.
GIVEN = (
    ('steps', '[]', JSONData), ('when_full', 'go_on', sa.String(10)), ('when_closed', 'form', sa.String(10)), ('closed_text', '', sa.Text()),
    ('closing_minutes', '15', sa.Integer()),
)


def upgrade() -> None:
    with op.batch_alter_table('queue') as batch:
        for name, value, kind in GIVEN:
            batch.add_column(sa.Column(name, kind, nullable=False, server_default=value))
        batch.add_column(sa.Column('most_waiting', sa.Integer(), nullable=True))
        batch.add_column(sa.Column('longest_wait_seconds', sa.Integer(), nullable=True))
        batch.add_column(sa.Column('overflow_id', sa.Integer(), nullable=True))
        batch.create_foreign_key(op.f('fk_queue_overflow_id_queue'), 'queue', ['overflow_id'], ['id'])
    with op.batch_alter_table('queue') as batch:
        for name, _value, _kind in GIVEN:
            batch.alter_column(name, server_default=None)
    with op.batch_alter_table('work_item') as batch:
        batch.add_column(sa.Column('came_from_id', sa.Integer(), nullable=True))
        batch.add_column(sa.Column('written', sa.String(10), nullable=True))
        batch.add_column(sa.Column('seen_at', UTCDateTime(), nullable=True))
        batch.create_foreign_key(op.f('fk_work_item_came_from_id_queue'), 'queue', ['came_from_id'], ['id'])
    op.add_column('dispatch_turn', sa.Column('looked_at', UTCDateTime(), nullable=True))


def downgrade() -> None:
    op.drop_column('dispatch_turn', 'looked_at')
    with op.batch_alter_table('work_item') as batch:
        batch.drop_constraint(op.f('fk_work_item_came_from_id_queue'), type_='foreignkey')
        for name in ('seen_at', 'written', 'came_from_id'):
            batch.drop_column(name)
    with op.batch_alter_table('queue') as batch:
        batch.drop_constraint(op.f('fk_queue_overflow_id_queue'), type_='foreignkey')
        for name in ('overflow_id', 'longest_wait_seconds', 'most_waiting', *(name for name, _value, _kind in GIVEN)):
            batch.drop_column(name)
