"""how a file is laid out is called layout; what a logo is follows from its bytes.

Revision 20261127_layout, made 2026-11-27 02:50:00.
"""
import sqlalchemy as sa
from alembic import op
from support.database import JSONData

revision = '20261127_layout'
down_revision = '20261126_ticket_origin'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('import_run', schema=None) as batch_op:
        batch_op.alter_column('form', new_column_name='layout', existing_type=JSONData, existing_nullable=False)
    _rename('kind', 'syntax')
    with op.batch_alter_table('shop', schema=None) as batch_op:
        batch_op.drop_column('logo_type')


def downgrade() -> None:
    with op.batch_alter_table('shop', schema=None) as batch_op:
        batch_op.add_column(sa.Column('logo_type', sa.String(length=40), nullable=True))
    _rename('syntax', 'kind')
    with op.batch_alter_table('import_run', schema=None) as batch_op:
        batch_op.alter_column('layout', new_column_name='form', existing_type=JSONData, existing_nullable=False)


def _rename(name: str, to: str) -> None:
    runs = sa.table('import_run', sa.column('id', sa.Integer), sa.column('layout', JSONData))
    for run_id, layout in op.get_bind().execute(sa.select(runs.c.id, runs.c.layout)).all():
        layout = {to if key == name else key: value for key, value in layout.items()}
        op.get_bind().execute(runs.update().where(runs.c.id == run_id).values(layout=layout))
