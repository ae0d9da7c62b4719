"""orders of the past.

Revision 20261126_past_orders, made 2026-11-26 21:19:36.184665.
"""
import sqlalchemy as sa
from alembic import op
from support.database import UTCDateTime

revision = '20261126_past_orders'
down_revision = '20261126_article_origin'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('customer_reference',
    sa.Column('source', sa.String(length=40), nullable=False),
    sa.Column('reference', sa.String(length=80), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_customer_reference_person_id_person')),
    sa.PrimaryKeyConstraint('source', 'reference', name=op.f('pk_customer_reference'))
    )
    with op.batch_alter_table('customer_reference', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_customer_reference_person_id'), ['person_id'], unique=False)

    op.add_column('import_run', sa.Column('holder', sa.String(length=300), nullable=True))
    op.add_column('import_run', sa.Column('taken_at', UTCDateTime(), nullable=True))
    op.add_column('import_run', sa.Column('taken_from', sa.Integer(), server_default='0', nullable=False))
    with op.batch_alter_table('order', schema=None) as batch_op:
        batch_op.add_column(sa.Column('source', sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column('credit', sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.alter_column('person_id',
               existing_type=sa.INTEGER(),
               nullable=True)
        batch_op.alter_column('total',
               existing_type=sa.NUMERIC(precision=12, scale=2),
               type_=sa.Numeric(precision=16, scale=4),
               existing_nullable=False)
        batch_op.alter_column('ship_country',
               existing_type=sa.VARCHAR(length=2),
               type_=sa.String(length=60),
               existing_nullable=False)

    with op.batch_alter_table('order_line', schema=None) as batch_op:
        batch_op.drop_constraint('quantity_positive', type_='check')
        batch_op.drop_constraint('pieces_add_up', type_='check')
        batch_op.create_check_constraint('quantity_not_zero', 'quantity <> 0')
        batch_op.create_check_constraint('pieces_add_up', 'shipped >= 0 AND backordered >= 0 AND (quantity < 0 OR shipped + backordered <= quantity)')
        batch_op.add_column(sa.Column('charged', sa.Numeric(precision=16, scale=4), nullable=True))
        batch_op.add_column(sa.Column('added_at', UTCDateTime(), nullable=True))
        batch_op.add_column(sa.Column('reference', sa.String(length=60), nullable=True))
        batch_op.add_column(sa.Column('supplier', sa.String(length=120), nullable=True))
        batch_op.alter_column('title',
               existing_type=sa.VARCHAR(length=120),
               type_=sa.String(length=200),
               existing_nullable=False)
        batch_op.alter_column('unit_price',
               existing_type=sa.NUMERIC(precision=12, scale=2),
               type_=sa.Numeric(precision=16, scale=4),
               existing_nullable=False)

    with op.batch_alter_table('parcel', schema=None) as batch_op:
        batch_op.add_column(sa.Column('mode', sa.String(length=40), nullable=True))

    with op.batch_alter_table('person', schema=None) as batch_op:
        batch_op.alter_column('email',
               existing_type=sa.VARCHAR(length=254),
               nullable=True)


def downgrade() -> None:
    raise NotImplementedError("orders of the past do not fit the older tables; bring back the copy made before the upgrade")
