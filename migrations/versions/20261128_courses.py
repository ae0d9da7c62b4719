"""courses, training records, and who is in training.

Revision 20261128_courses, made 2026-11-28 03:50:00.
"""
import sqlalchemy as sa
from alembic import op

from support.database import UTCDateTime

revision = '20261128_courses'
down_revision = '20261128_searches'
branch_labels = None
depends_on = None


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        # Whoever accepts an offer holds rows and then asks the certificates; asked for last, it could wait for him and he for us.
        op.execute("LOCK TABLE certificate IN ACCESS EXCLUSIVE MODE")
    op.create_table(
        'course',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('name', sa.String(length=120), nullable=False),
        sa.Column('description', sa.Text(), nullable=False),
        sa.Column('valid_for', sa.Integer(), nullable=True),
        sa.Column('valid_unit', sa.String(length=10), nullable=False),
        sa.Column('pass_mark', sa.Integer(), nullable=True),
        sa.Column('active', sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_course')),
    )
    op.create_index('ix_course_name', 'course', ['name'], unique=True)
    op.create_table(
        'course_gives',
        sa.Column('course_id', sa.Integer(), nullable=False),
        sa.Column('skill_id', sa.Integer(), nullable=False),
        sa.Column('level', sa.Integer(), nullable=False),
        sa.CheckConstraint('level between 1 and 5', name=op.f('ck_course_gives_level')),
        sa.ForeignKeyConstraint(['course_id'], ['course.id'], name=op.f('fk_course_gives_course_id_course')),
        sa.ForeignKeyConstraint(['skill_id'], ['skill.id'], name=op.f('fk_course_gives_skill_id_skill')),
        sa.PrimaryKeyConstraint('course_id', 'skill_id', name=op.f('pk_course_gives')),
    )
    op.create_table(
        'training_record',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('course_id', sa.Integer(), nullable=False),
        sa.Column('person_id', sa.Integer(), nullable=False),
        sa.Column('state', sa.String(length=10), nullable=False),
        sa.Column('enrolled_at', UTCDateTime(), nullable=False),
        sa.Column('enrolled_by_id', sa.Integer(), nullable=False),
        sa.Column('due_at', UTCDateTime(), nullable=True),
        sa.Column('score', sa.Integer(), nullable=True),
        sa.Column('attested_by_id', sa.Integer(), nullable=True),
        sa.Column('ended_at', UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(['attested_by_id'], ['person.id'], name=op.f('fk_training_record_attested_by_id_person')),
        sa.ForeignKeyConstraint(['course_id'], ['course.id'], name=op.f('fk_training_record_course_id_course')),
        sa.ForeignKeyConstraint(['enrolled_by_id'], ['person.id'], name=op.f('fk_training_record_enrolled_by_id_person')),
        sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_training_record_person_id_person')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_training_record')),
    )
    is_open = sa.text("state = 'enrolled'")
    op.create_index('ix_training_record_open', 'training_record', ['course_id', 'person_id'], unique=True, sqlite_where=is_open, postgresql_where=is_open)
    op.create_index('ix_training_record_person', 'training_record', ['person_id', 'state'])
    op.create_table(
        'traineeship',
        sa.Column('person_id', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('mentor_id', sa.Integer(), nullable=True),
        sa.Column('until', UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(['mentor_id'], ['person.id'], name=op.f('fk_traineeship_mentor_id_person')),
        sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_traineeship_person_id_person')),
        sa.PrimaryKeyConstraint('person_id', name=op.f('pk_traineeship')),
    )
    with op.batch_alter_table('certificate') as batch:
        batch.add_column(sa.Column('record_id', sa.Integer(), nullable=True))
        batch.create_foreign_key(op.f('fk_certificate_record_id_training_record'), 'training_record', ['record_id'], ['id'])
        batch.create_index('ix_certificate_record', ['record_id', 'skill_id'], unique=True)


def downgrade() -> None:
    with op.batch_alter_table('certificate') as batch:
        batch.drop_index('ix_certificate_record')
        batch.drop_constraint(op.f('fk_certificate_record_id_training_record'), type_='foreignkey')
        batch.drop_column('record_id')
    op.drop_table('traineeship')
    op.drop_table('training_record')
    op.drop_table('course_gives')
    op.drop_table('course')
