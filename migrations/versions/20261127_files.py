"""files of conversations, and which messages carry some.

Revision 20261127_files, made 2026-11-27 12:26:52.
"""
import sqlalchemy as sa
from alembic import op

from support.database import JSONData, UTCDateTime

revision = '20261127_files'
down_revision = '20261127_receipts'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('stored_file',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(length=32), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('sign_in_id', sa.Integer(), nullable=True),
    sa.Column('ticket_id', sa.Integer(), nullable=True),
    sa.Column('message_id', sa.Integer(), nullable=True),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('received', sa.Integer(), nullable=False),
    sa.Column('parts', JSONData, nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=True),
    sa.Column('small_width', sa.Integer(), nullable=True),
    sa.Column('small_height', sa.Integer(), nullable=True),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('created_at', UTCDateTime(), nullable=False),
    sa.Column('touched_at', UTCDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['message_id'], ['message.id'], name=op.f('fk_stored_file_message_id_message')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_stored_file_person_id_person')),
    sa.ForeignKeyConstraint(['sign_in_id'], ['sign_in.id'], name=op.f('fk_stored_file_sign_in_id_sign_in')),
    sa.ForeignKeyConstraint(['ticket_id'], ['ticket.id'], name=op.f('fk_stored_file_ticket_id_ticket')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_stored_file')),
    sa.UniqueConstraint('key', name=op.f('uq_stored_file_key'))
    )
    with op.batch_alter_table('stored_file', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_stored_file_message_id'), ['message_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_stored_file_ticket_id'), ['ticket_id'], unique=False)
        batch_op.create_index('ix_stored_file_unsent', ['message_id', 'touched_at'], unique=False)

    with op.batch_alter_table('message', schema=None) as batch_op:
        batch_op.add_column(sa.Column('has_files', sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    with op.batch_alter_table('message', schema=None) as batch_op:
        batch_op.drop_column('has_files')

    with op.batch_alter_table('stored_file', schema=None) as batch_op:
        batch_op.drop_index('ix_stored_file_unsent')
        batch_op.drop_index(batch_op.f('ix_stored_file_ticket_id'))
        batch_op.drop_index(batch_op.f('ix_stored_file_message_id'))

    op.drop_table('stored_file')