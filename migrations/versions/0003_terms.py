"""terms may be unknown, and a file's meaning is part of what it is recognised by

A customer's payment term of 30 days stays 30: nobody can tell any more whether it was
stated or filled in. An empty meaning of an import that is there stands for any.

Revision: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade():
    _may_be_null("customer", "terms_days", True)
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
    _may_be_null("customer", "terms_days", False)


def _may_be_null(table, column, nullable):
    """Take NOT NULL off a column, or put it back.

    SQLite cannot alter that. A copy of the table in its place would take along, through
    ON DELETE CASCADE, the rows that rest on it; what is stored does not change, so the
    table's definition is edited, as sqlite.org/lang_altertable.html (section 7) describes.
    """
    connection = op.get_bind()
    if connection.dialect.name != "sqlite":
        op.alter_column(table, column, existing_type=sa.Integer(), nullable=nullable)
        return
    strict, loose = f"{column} INTEGER NOT NULL", f"{column} INTEGER"
    before, after = (strict, loose) if nullable else (loose, strict)
    version = connection.exec_driver_sql("PRAGMA schema_version").scalar_one()
    connection.exec_driver_sql("PRAGMA writable_schema = ON")
    try:
        done = connection.execute(
            sa.text(
                "UPDATE sqlite_schema SET sql = replace(sql, :before, :after) "
                "WHERE type = 'table' AND name = :table AND instr(sql, :before) > 0"
            ),
            {"before": before, "after": after, "table": table},
        )
        if done.rowcount != 1:
            raise RuntimeError(f"{table}.{column} is not declared as expected")
        connection.exec_driver_sql(f"PRAGMA schema_version = {version + 1}")
    finally:
        connection.exec_driver_sql("PRAGMA writable_schema = RESET")
