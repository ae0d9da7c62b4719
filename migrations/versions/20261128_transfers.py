"""transfers: who passed which work on, to where and with which note; colleagues asked to join in.

Revision 20261128_transfers, made 2026-11-28 04:40:00.
"""
import sqlalchemy as sa
from alembic import op

from support.database import UTCDateTime

revision = '20261128_transfers'
down_revision = '20261128_queues'
branch_labels = None
depends_on = None

ADDED = (("extra_skill_id", "skill"), ("passed_by_id", "person"), ("passed_note_id", "message"))


def upgrade() -> None:
    with op.batch_alter_table('work_item', schema=None) as batch_op:
        batch_op.add_column(sa.Column('passed_at', UTCDateTime(), nullable=True))
        for name, table in ADDED:
            batch_op.add_column(sa.Column(name, sa.Integer(), nullable=True))
            batch_op.create_foreign_key(op.f(f'fk_work_item_{name}_{table}'), table, [name], ['id'])
    op.create_table('transfer',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('work_item_id', sa.Integer(), nullable=False),
    sa.Column('at', UTCDateTime(), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=False),
    sa.Column('to', sa.String(length=12), nullable=False),
    sa.Column('from_queue_id', sa.Integer(), nullable=False),
    sa.Column('queue_id', sa.Integer(), nullable=False),
    sa.Column('skill_id', sa.Integer(), nullable=True),
    sa.Column('agent_id', sa.Integer(), nullable=True),
    sa.Column('note_id', sa.Integer(), nullable=False),
    sa.Column('looped', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['work_item_id'], ['work_item.id'], name=op.f('fk_transfer_work_item_id_work_item')),
    sa.ForeignKeyConstraint(['by_id'], ['person.id'], name=op.f('fk_transfer_by_id_person')),
    sa.ForeignKeyConstraint(['from_queue_id'], ['queue.id'], name=op.f('fk_transfer_from_queue_id_queue')),
    sa.ForeignKeyConstraint(['queue_id'], ['queue.id'], name=op.f('fk_transfer_queue_id_queue')),
    sa.ForeignKeyConstraint(['skill_id'], ['skill.id'], name=op.f('fk_transfer_skill_id_skill')),
    sa.ForeignKeyConstraint(['agent_id'], ['person.id'], name=op.f('fk_transfer_agent_id_person')),
    sa.ForeignKeyConstraint(['note_id'], ['message.id'], name=op.f('fk_transfer_note_id_message')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_transfer'))
    )
    op.create_index('ix_transfer_item', 'transfer', ['work_item_id', 'at'], unique=False)
    op.create_table('consult',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('work_item_id', sa.Integer(), nullable=False),
    sa.Column('asker_id', sa.Integer(), nullable=False),
    sa.Column('agent_id', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('queue_id', sa.Integer(), nullable=False),
    sa.Column('skill_id', sa.Integer(), nullable=True),
    sa.Column('note_id', sa.Integer(), nullable=False),
    sa.Column('asked_at', UTCDateTime(), nullable=False),
    sa.Column('expires_at', UTCDateTime(), nullable=False),
    sa.Column('joined_at', UTCDateTime(), nullable=True),
    sa.Column('ended_at', UTCDateTime(), nullable=True),
    sa.ForeignKeyConstraint(['work_item_id'], ['work_item.id'], name=op.f('fk_consult_work_item_id_work_item')),
    sa.ForeignKeyConstraint(['asker_id'], ['person.id'], name=op.f('fk_consult_asker_id_person')),
    sa.ForeignKeyConstraint(['agent_id'], ['person.id'], name=op.f('fk_consult_agent_id_person')),
    sa.ForeignKeyConstraint(['queue_id'], ['queue.id'], name=op.f('fk_consult_queue_id_queue')),
    sa.ForeignKeyConstraint(['skill_id'], ['skill.id'], name=op.f('fk_consult_skill_id_skill')),
    sa.ForeignKeyConstraint(['note_id'], ['message.id'], name=op.f('fk_consult_note_id_message')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_consult'))
    )
    live, asked = sa.text("state IN ('asked', 'joined')"), sa.text("state = 'asked'")
    op.create_index('uq_consult_live_item', 'consult', ['work_item_id'], unique=True, sqlite_where=live, postgresql_where=live)
    op.create_index('uq_consult_asked_agent', 'consult', ['agent_id'], unique=True, sqlite_where=asked, postgresql_where=asked)
    op.create_index('ix_consult_state', 'consult', ['state', 'expires_at'], unique=False)
    op.create_index('ix_consult_item', 'consult', ['work_item_id'], unique=False)


def downgrade() -> None:
    op.drop_table('consult')
    op.drop_table('transfer')
    with op.batch_alter_table('work_item', schema=None) as batch_op:
        for name, table in reversed(ADDED):
            batch_op.drop_constraint(op.f(f'fk_work_item_{name}_{table}'), type_='foreignkey')
            batch_op.drop_column(name)
        batch_op.drop_column('passed_at')
