"""words that administrators teach the search.

Revision 20261128_search_words, made 2026-11-28 03:55:00.
"""
import sqlalchemy as sa
from alembic import op

revision = '20261128_search_words'
down_revision = '20261128_lapses'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'search_words',
        sa.Column('id', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('same', sa.Text(), nullable=False),
        sa.Column('ignored', sa.Text(), nullable=False),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_search_words')),
    )


def downgrade() -> None:
    op.drop_table('search_words')
