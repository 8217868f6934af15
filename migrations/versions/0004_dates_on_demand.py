"""dates computed on demand

Revision: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade():
    column = sa.Column("on_demand", sa.Boolean(), server_default=sa.false(), nullable=False)
    op.add_column("snapshot_run", column)


def downgrade():
    # not in a batch: making the table anew would drop every snapshot that refers to it
    op.drop_column("snapshot_run", "on_demand")
