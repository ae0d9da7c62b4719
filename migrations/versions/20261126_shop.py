"""the shop keeps a profile.

Revision 20261126_shop, made 2026-11-26 21:02:40.221661.
"""
import sqlalchemy as sa
from alembic import op
from support.database import JSONData

revision = '20261126_shop'
down_revision = '20261124_first'
branch_labels = None
depends_on = None


def upgrade() -> None:
    shop = op.create_table('shop',
    sa.Column('id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('name', sa.String(length=80), nullable=True),
    sa.Column('zone', sa.String(length=60), nullable=True),
    sa.Column('country', sa.String(length=2), nullable=True),
    sa.Column('languages', JSONData, nullable=True),
    sa.Column('currency', sa.String(length=3), nullable=True),
    sa.Column('mail', sa.String(length=254), nullable=True),
    sa.Column('phone', sa.String(length=40), nullable=True),
    sa.Column('colour', sa.String(length=7), nullable=True),
    sa.Column('logo', sa.LargeBinary(), nullable=True),
    sa.Column('logo_type', sa.String(length=40), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_shop'))
    )
    op.bulk_insert(shop, [{'id': 1, 'version': 1}])  # empty columns leave the word to the settings


def downgrade() -> None:
    op.drop_table('shop')
