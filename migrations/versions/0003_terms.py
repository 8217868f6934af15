"""terms may be unknown, and a file's meaning is part of what it is recognised by

A customer's payment term of 30 days stays 30: nobody can tell any more whether it was
stated or filled in. An empty meaning of an import that is there stands for any.

Revision: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

from data.reshape import reshape

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade():
    reshape(op.get_bind(), "customer", nullable={"terms_days": True})
    op.add_column(
        "invoice",
        sa.Column("due_default", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.add_column(
        "import_batch",
        sa.Column("meaning", sa.String(length=64), nullable=False, server_default=""),
    )


def downgrade():
    op.drop_column("import_batch", "meaning")
    op.drop_column("invoice", "due_default")
    op.execute("UPDATE customer SET terms_days = 30 WHERE terms_days IS NULL")
    reshape(op.get_bind(), "customer", nullable={"terms_days": False})
