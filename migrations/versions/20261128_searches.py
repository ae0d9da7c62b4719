"""searches made, and what came of them.

Revision 20261128_searches, made 2026-11-28 04:08:00.
"""
import sqlalchemy as sa
from alembic import op

from support.database import UTCDateTime

revision = '20261128_searches'
down_revision = '20261128_search_words'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'search_made',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('at', UTCDateTime(), nullable=False),
        sa.Column('text', sa.String(length=200), nullable=False),
        sa.Column('language', sa.String(length=20), nullable=False),
        sa.Column('visitor', sa.String(length=40), nullable=True),
        sa.Column('results', sa.Integer(), nullable=False),
        sa.Column('opened_id', sa.Integer(), nullable=True),
        sa.Column('outcome', sa.String(length=10), nullable=False),
        sa.ForeignKeyConstraint(['opened_id'], ['article.id'], name=op.f('fk_search_made_opened_id_article')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_search_made')),
    )
    op.create_index('ix_search_made_at', 'search_made', ['at'])
    op.create_index('ix_search_made_visitor', 'search_made', ['visitor', 'at'])


def downgrade() -> None:
    op.drop_table('search_made')
