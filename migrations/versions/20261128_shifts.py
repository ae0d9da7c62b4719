"""shifts, what is different on some days, and hours without anybody trained on shift.

Revision 20261128_shifts, made 2026-11-28 03:50:00.
"""
import sqlalchemy as sa
from alembic import op

from support.database import JSONData, UTCDateTime

revision = '20261128_shifts'
down_revision = '20261128_courses'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('shift_plan',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('zone', sa.String(length=60), nullable=False),
    sa.Column('week', JSONData, nullable=False),
    sa.Column('breaks', JSONData, nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.Column('valid_until', sa.Date(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_shift_plan_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_shift_plan'))
    )
    op.create_table('shift_exception',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('zone', sa.String(length=60), nullable=False),
    sa.Column('first_day', sa.Date(), nullable=False),
    sa.Column('last_day', sa.Date(), nullable=False),
    sa.Column('slots', JSONData, nullable=False),
    sa.Column('breaks', JSONData, nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_shift_exception_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_shift_exception'))
    )
    op.create_table('coverage_hole',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('queue_id', sa.Integer(), nullable=False),
    sa.Column('language', sa.String(length=8), nullable=False),
    sa.Column('starts_at', UTCDateTime(), nullable=False),
    sa.Column('ends_at', UTCDateTime(), nullable=False),
    sa.Column('hours', sa.Integer(), nullable=False),
    sa.Column('found_at', UTCDateTime(), nullable=False),
    sa.Column('told_at', UTCDateTime(), nullable=True),
    sa.Column('closed_at', UTCDateTime(), nullable=True),
    sa.Column('outcome', sa.String(length=10), nullable=True),
    sa.ForeignKeyConstraint(['queue_id'], ['queue.id'], name=op.f('fk_coverage_hole_queue_id_queue')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_coverage_hole'))
    )
    with op.batch_alter_table('shift_plan', schema=None) as batch_op:
        batch_op.create_index('ix_shift_plan_person', ['person_id'], unique=False)
    with op.batch_alter_table('shift_exception', schema=None) as batch_op:
        batch_op.create_index('ix_shift_exception_person', ['person_id', 'last_day'], unique=False)
    with op.batch_alter_table('coverage_hole', schema=None) as batch_op:
        batch_op.create_index('ix_coverage_hole_closed', ['closed_at', 'starts_at'], unique=False)


def downgrade() -> None:
    op.drop_table('coverage_hole')
    op.drop_table('shift_exception')
    op.drop_table('shift_plan')
