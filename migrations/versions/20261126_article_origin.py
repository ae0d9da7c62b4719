"""articles keep where they come from.

Revision 20261126_article_origin, made 2026-11-26 21:13:00.
"""
import sqlalchemy as sa
from alembic import op
from support.database import JSONData

revision = '20261126_article_origin'
down_revision = '20261126_imports'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('article', schema=None) as batch_op:
        batch_op.add_column(sa.Column('summary', sa.String(length=1000), server_default='', nullable=False))
        batch_op.add_column(sa.Column('labels', JSONData, server_default='[]', nullable=False))
        batch_op.add_column(sa.Column('words', sa.Text(), nullable=True))
    op.create_table('article_origin',
    sa.Column('article_id', sa.Integer(), nullable=False),
    sa.Column('collection', sa.String(length=60), nullable=False),
    sa.Column('path', sa.String(length=300), nullable=False),
    sa.Column('updated', sa.String(length=60), nullable=False),
    sa.Column('topic', sa.String(length=80), nullable=False),
    sa.Column('source', sa.String(length=200), nullable=False),
    sa.Column('licence', sa.String(length=120), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('links', JSONData, nullable=False),
    sa.ForeignKeyConstraint(['article_id'], ['article.id'], name=op.f('fk_article_origin_article_id_article')),
    sa.PrimaryKeyConstraint('article_id', name=op.f('pk_article_origin')),
    sa.UniqueConstraint('collection', 'path', name=op.f('uq_article_origin_collection_path'))
    )
    op.create_table('article_picture',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('collection', sa.String(length=60), nullable=False),
    sa.Column('path', sa.String(length=300), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_article_picture')),
    sa.UniqueConstraint('collection', 'path', name=op.f('uq_article_picture_collection_path'))
    )


def downgrade() -> None:
    op.drop_table('article_picture')
    op.drop_table('article_origin')
    with op.batch_alter_table('article', schema=None) as batch_op:
        batch_op.drop_column('words')
        batch_op.drop_column('labels')
        batch_op.drop_column('summary')
