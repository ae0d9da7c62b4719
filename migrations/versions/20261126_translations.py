"""answers in several languages.

Revision 20261126_translations, made 2026-11-26 21:10:00.
"""
import sqlalchemy as sa
from alembic import op

revision = '20261126_translations'
down_revision = '20261126_shop'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('article', schema=None) as batch_op:
        batch_op.add_column(sa.Column('translation_of_id', sa.Integer(), nullable=True))
        batch_op.create_foreign_key(batch_op.f('fk_article_translation_of_id_article'), 'article', ['translation_of_id'], ['id'])
        batch_op.create_index('uq_article_translation', ['translation_of_id', 'language'], unique=True)


def downgrade() -> None:
    with op.batch_alter_table('article', schema=None) as batch_op:
        batch_op.drop_index('uq_article_translation')
        batch_op.drop_constraint(batch_op.f('fk_article_translation_of_id_article'), type_='foreignkey')
        batch_op.drop_column('translation_of_id')
