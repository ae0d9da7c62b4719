"""how questions without a chosen queue are sorted: rules, what was learned, what people said.

Revision 20261128_classify, made 2026-11-28 03:44:00.
"""
import sqlalchemy as sa
from alembic import op

from support.database import JSONData, UTCDateTime

revision = '20261128_classify'
down_revision = '20261128_callbacks'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('sorting_rule',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('phrases', sa.Text(), nullable=False),
    sa.Column('only_subject', sa.Boolean(), nullable=False),
    sa.Column('queue_id', sa.Integer(), nullable=True),
    sa.Column('priority', sa.String(length=10), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['queue_id'], ['queue.id'], name=op.f('fk_sorting_rule_queue_id_queue')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sorting_rule'))
    )
    op.create_table('classifier_training',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('live', sa.Boolean(), nullable=True),
    sa.Column('wanted_at', UTCDateTime(), nullable=False),
    sa.Column('leased_until', UTCDateTime(), nullable=True),
    sa.Column('ended_at', UTCDateTime(), nullable=True),
    sa.Column('examples', sa.Integer(), nullable=False),
    sa.Column('accuracy', sa.Double(), nullable=True),
    sa.Column('by_queue', JSONData, nullable=False),
    sa.Column('weights', sa.LargeBinary(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_classifier_training'))
    )
    with op.batch_alter_table('classifier_training', schema=None) as batch_op:
        batch_op.create_index('uq_classifier_training_live', ['live'], unique=True)

    op.create_table('ticket_sorting',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('ticket_id', sa.Integer(), nullable=False),
    sa.Column('at', UTCDateTime(), nullable=False),
    sa.Column('way', sa.String(length=8), nullable=False),
    sa.Column('topic', sa.String(length=60), nullable=False),
    sa.Column('suggested', sa.String(length=60), nullable=True),
    sa.Column('confidence', sa.Double(), nullable=True),
    sa.Column('rule_id', sa.Integer(), nullable=True),
    sa.Column('training_id', sa.Integer(), nullable=True),
    sa.Column('settled_at', UTCDateTime(), nullable=True),
    sa.Column('settled_by_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['rule_id'], ['sorting_rule.id'], name=op.f('fk_ticket_sorting_rule_id_sorting_rule')),
    sa.ForeignKeyConstraint(['settled_by_id'], ['person.id'], name=op.f('fk_ticket_sorting_settled_by_id_person')),
    sa.ForeignKeyConstraint(['ticket_id'], ['ticket.id'], name=op.f('fk_ticket_sorting_ticket_id_ticket')),
    sa.ForeignKeyConstraint(['training_id'], ['classifier_training.id'], name=op.f('fk_ticket_sorting_training_id_classifier_training')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ticket_sorting')),
    sa.UniqueConstraint('ticket_id', name=op.f('uq_ticket_sorting_ticket_id'))
    )
    with op.batch_alter_table('ticket_sorting', schema=None) as batch_op:
        batch_op.create_index('ix_ticket_sorting_at', ['way', 'at'], unique=False)

    op.add_column('ticket', sa.Column('sorting', sa.String(length=8), server_default='', nullable=False))


def downgrade() -> None:
    op.drop_column('ticket', 'sorting')
    with op.batch_alter_table('ticket_sorting', schema=None) as batch_op:
        batch_op.drop_index('ix_ticket_sorting_at')

    op.drop_table('ticket_sorting')
    with op.batch_alter_table('classifier_training', schema=None) as batch_op:
        batch_op.drop_index('uq_classifier_training_live')

    op.drop_table('classifier_training')
    op.drop_table('sorting_rule')
