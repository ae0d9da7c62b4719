"""tickets of another helpdesk know where they come from.

Revision 20261126_ticket_origin, made 2026-11-26 23:27:39.
"""
import sqlalchemy as sa
from alembic import op
from support.database import JSONData, UTCDateTime

revision = '20261126_ticket_origin'
down_revision = '20261126_past_orders'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('staff_reference',
    sa.Column('source', sa.String(length=40), nullable=False),
    sa.Column('reference', sa.String(length=220), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_staff_reference_person_id_person')),
    sa.PrimaryKeyConstraint('source', 'reference', name=op.f('pk_staff_reference'))
    )
    op.create_index(op.f('ix_staff_reference_person_id'), 'staff_reference', ['person_id'], unique=False)
    op.create_table('ticket_origin',
    sa.Column('ticket_id', sa.Integer(), nullable=False),
    sa.Column('source', sa.String(length=40), nullable=False),
    sa.Column('reference', sa.String(length=80), nullable=False),
    sa.Column('run_id', sa.Integer(), nullable=False),
    sa.Column('status', sa.String(length=60), nullable=False),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('tags', JSONData, nullable=False),
    sa.Column('resolved_at', UTCDateTime(), nullable=True),
    sa.Column('closed_at', UTCDateTime(), nullable=True),
    sa.Column('messages', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('imported_at', UTCDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['ticket_id'], ['ticket.id'], name=op.f('fk_ticket_origin_ticket_id_ticket')),
    sa.PrimaryKeyConstraint('ticket_id', name=op.f('pk_ticket_origin')),
    sa.UniqueConstraint('source', 'reference', name=op.f('uq_ticket_origin_source_reference'))
    )
    op.create_index('ix_ticket_origin_reference', 'ticket_origin', ['reference'], unique=False)
    op.create_index('ix_ticket_origin_run', 'ticket_origin', ['run_id', 'state'], unique=False)


def downgrade() -> None:
    op.drop_table('ticket_origin')
    op.drop_table('staff_reference')
