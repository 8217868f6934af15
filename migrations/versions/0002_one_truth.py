"""One truth: dated cards, movements of receivables, answers nobody signed, snapshots that keep
what a customer was on their date.

Every row is kept. What is new is filled from what is known: the day a card was made is that of
China (UTC+8), where the store's days begin; snapshots made before keep their figures, with
manager, province and the rest as the cards say now; their satisfaction and everything else is
right after the next refresh, which the raised revision of the facts asks for.

Revision: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

from data.reshape import reshape

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

DATES = "BETWEEN '1990-01-01' AND '2099-12-31'"
OLD_KINDS = (
    "customers",
    "contacts",
    "products",
    "stock_counts",
    "orders",
    "invoices",
    "receipts",
    "credit_notes",
    "contracts",
    "credit_surveys",
    "complaints",
    "visits",
    "answers",
)
NEW_KINDS = (
    "allocations",
    "reversals",
    "write_offs",
    "payment_schedules",
    "credit_grades",
    "credit_limits",
    "owner_changes",
    "card_changes",
    "acquisition_costs",
    "loss_events",
    "collection_actions",
    "key_account_decisions",
    "survey_items",
    "waves",
    "supervision_items",
)
PROVENANCE = (
    "collection_action",
    "key_account_override",
    "owner_history",
    "supervision_item",
    "survey",
    "survey_item",
    "wave",
)
LIVE = "ended_on IS NULL"
CARD = {
    "owner_id": "INTEGER DEFAULT 0 NOT NULL",
    "status": "VARCHAR(24) DEFAULT 'active' NOT NULL",
    "province": "VARCHAR(40) DEFAULT '' NOT NULL",
    "industry": "VARCHAR(40) DEFAULT '' NOT NULL",
    "parent_id": "INTEGER",
    "csi_before_n": "INTEGER DEFAULT 0 NOT NULL",
    "csi_wave_id": "INTEGER",
    "headline_sum": "FLOAT DEFAULT 0 NOT NULL",
    "headline_n": "INTEGER DEFAULT 0 NOT NULL",
}
HEADLINE = {
    "headline_sum": "FLOAT DEFAULT 0 NOT NULL",
    "headline_n": "INTEGER DEFAULT 0 NOT NULL",
    "headline_customers": "INTEGER DEFAULT 0 NOT NULL",
}
WHOLE_COMPANY = {
    "csi_sum": "FLOAT DEFAULT 0 NOT NULL",
    "csi_customers": "INTEGER DEFAULT 0 NOT NULL",
    "csi_n": "INTEGER DEFAULT 0 NOT NULL",
}


def upgrade():
    connection = op.get_bind()
    _new_tables()
    _kinds(connection, (*OLD_KINDS, *NEW_KINDS))
    for table in PROVENANCE:
        reshape(
            connection,
            table,
            add={"batch_id": "INTEGER", "batch_line": "INTEGER"},
            bind={
                f"fk_{table}_batch_id_import_batch": "FOREIGN KEY(batch_id) "
                "REFERENCES import_batch (id)"
            },
            nullable={"decided_by": True} if table == "key_account_override" else {},
        )
        op.create_index(f"ix_{table}_batch_id", table, ["batch_id"])
    reshape(
        connection,
        "owner_history",
        add={
            "recorded_by": "INTEGER",
            "created_at": f"{_instant(connection)} DEFAULT '1990-01-01 00:00:00' NOT NULL",
        },
        bind={
            "fk_owner_history_recorded_by_app_user": "FOREIGN KEY(recorded_by) "
            "REFERENCES app_user (id)"
        },
    )
    reshape(connection, "response", nullable={"customer_id": True})
    reshape(connection, "customer", add={"created_on": "DATE DEFAULT '1990-01-01' NOT NULL"})
    made_on = _china(connection, "created_at")
    op.execute(f"UPDATE customer SET created_on = {made_on}")  # noqa: S608 - our own words
    _allocations(connection)
    _snapshots(connection)
    op.execute(
        "UPDATE store_state SET facts_revision = facts_revision + 1, revision = revision + 1"
    )


def _instant(connection):
    return "DATETIME" if connection.dialect.name == "sqlite" else "TIMESTAMP WITH TIME ZONE"


def _china(connection, column):
    if connection.dialect.name == "sqlite":
        return f"date({column}, '+8 hours')"
    return f"({column} AT TIME ZONE 'Asia/Shanghai')::date"


def _kinds(connection, kinds):
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    for table in ("import_batch", "import_mapping"):
        rule = f"ck_{table}_kind"
        reshape(connection, table, unbind=[rule], bind={rule: f"CHECK (kind IN ({listed}))"})


def _allocations(connection):
    people = {
        f"fk_allocation_{column}_app_user": f"FOREIGN KEY({column}) REFERENCES app_user (id)"
        for column in ("recorded_by", "ended_by")
    }
    reshape(
        connection,
        "allocation",
        add={
            "ended_on": "DATE",
            "ended_reason": "VARCHAR(200) DEFAULT '' NOT NULL",
            "recorded_by": "INTEGER",
            "ended_by": "INTEGER",
        },
        unbind=["uq_allocation_credit_note_id_invoice_id", "uq_allocation_receipt_id_invoice_id"],
        bind={
            "ck_allocation_ended_later": "CHECK ((ended_on IS NULL) OR (ended_on >= allocated_on))",
            "ck_allocation_ended_on_range": f"CHECK (ended_on {DATES})",
            **people,
        },
    )
    for source in ("receipt", "credit_note"):
        op.create_index(f"ix_allocation_{source}_id", "allocation", [f"{source}_id"])
        op.create_index(
            f"uq_allocation_{source}_live",
            "allocation",
            [f"{source}_id", "invoice_id", "allocated_on"],
            unique=True,
            sqlite_where=sa.text(LIVE),
            postgresql_where=sa.text(LIVE),
        )


def _snapshots(connection):
    reshape(connection, "snapshot", add=CARD)
    card = "(SELECT {} FROM customer WHERE customer.id = snapshot.customer_id)"
    sets = [
        f"{name} = coalesce({card.format(name)}, {empty})"
        for name, empty in (
            ("owner_id", "0"),
            ("status", "'active'"),
            ("province", "''"),
            ("industry", "''"),
            ("parent_id", "NULL"),
        )
    ]
    op.execute(f"UPDATE snapshot SET {', '.join(sets)}")  # noqa: S608 - names of our own columns
    reshape(connection, "snapshot_total", add=HEADLINE, drop=list(WHOLE_COMPANY))
    _invoices_anew(
        connection,
        [
            sa.Column("position", sa.Integer(), nullable=False),
            sa.Column("due_on", sa.Date(), nullable=False),
            sa.Column("amount", sa.BigInteger(), nullable=False),
        ],
        ("as_of", "customer_id", "invoice_id", "position"),
        "position, due_on, amount",
        "0, i.due_on, i.amount",
        "JOIN invoice i ON i.id = kept.invoice_id",
    )


def _invoices_anew(connection, more, key, names, values, joined):
    """`snapshot_invoice` with another key: its rows wait in a temporary table."""
    op.execute("CREATE TEMPORARY TABLE kept_invoice AS SELECT * FROM snapshot_invoice")
    op.drop_table("snapshot_invoice")
    op.create_table(
        "snapshot_invoice",
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("invoice_id", sa.Integer(), nullable=False),
        *more,
        sa.Column("outstanding", sa.BigInteger(), nullable=False),
        sa.Column("overdue_days", sa.Integer(), nullable=False),
        sa.Column("invoice_age", sa.Integer(), nullable=False),
        sa.Column("bucket", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["as_of"],
            ["snapshot_run.as_of"],
            name="fk_snapshot_invoice_as_of_snapshot_run",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(*key, name="pk_snapshot_invoice"),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_snapshot_invoice_as_of_overdue_days", "snapshot_invoice", ["as_of", "overdue_days"]
    )
    same = "as_of, customer_id, invoice_id, outstanding, overdue_days, invoice_age, bucket"
    kept = ", ".join(f"kept.{name}" for name in same.split(", "))
    extra, given = (f", {names}", f", {values}") if names else ("", "")
    op.execute(
        f"INSERT INTO snapshot_invoice ({same}{extra}) "  # noqa: S608 - names of our own columns
        f"SELECT {kept}{given} FROM kept_invoice kept {joined}"
    )
    op.execute("DROP TABLE kept_invoice")


def _new_tables():
    op.create_table(
        "snapshot_response",
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("wave_id", sa.Integer(), nullable=False),
        sa.Column("response_id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("index", sa.Float(), nullable=True),
        sa.ForeignKeyConstraint(
            ["as_of"],
            ["snapshot_run.as_of"],
            name="fk_snapshot_response_as_of_snapshot_run",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("as_of", "wave_id", "response_id", name="pk_snapshot_response"),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_snapshot_response_as_of_customer_id", "snapshot_response", ["as_of", "customer_id"]
    )
    op.create_table(
        "card_history",
        *_imported("card_history"),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("status", sa.String(length=24), nullable=False),
        sa.Column("industry", sa.String(length=40), nullable=False),
        sa.Column("province", sa.String(length=40), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("terms_days", sa.Integer(), nullable=True),
        *_recorded("card_history"),
        sa.CheckConstraint(
            "status IN ('prospect', 'active', 'closed')", name="ck_card_history_status"
        ),
        _range("card_history", "since"),
        sa.CheckConstraint("terms_days BETWEEN 0 AND 720", name="ck_card_history_terms_range"),
        _refers("card_history", "customer_id", "customer", ondelete="CASCADE"),
        _refers("card_history", "parent_id", "customer"),
        sa.UniqueConstraint("customer_id", "since", name="uq_card_history_customer_id_since"),
    )
    op.create_index("ix_card_history_batch_id", "card_history", ["batch_id"])
    op.create_table(
        "reversal",
        *_imported("reversal"),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("receipt_id", sa.Integer(), nullable=True),
        sa.Column("credit_note_id", sa.Integer(), nullable=True),
        sa.Column("reversed_on", sa.Date(), nullable=False),
        *_amount("reversal"),
        sa.Column("kind", sa.String(length=24), nullable=False),
        *_recorded("reversal"),
        sa.CheckConstraint(
            "kind IN ('bounced', 'refunded', 'void')", name="ck_reversal_reversal_kind"
        ),
        sa.CheckConstraint(
            "(receipt_id IS NULL) <> (credit_note_id IS NULL)", name="ck_reversal_one_source"
        ),
        _range("reversal", "reversed_on"),
        _refers("reversal", "receipt_id", "receipt", ondelete="CASCADE"),
        _refers("reversal", "credit_note_id", "credit_note", ondelete="CASCADE"),
        sa.UniqueConstraint("code", name="uq_reversal_code"),
    )
    op.create_index("ix_reversal_batch_id", "reversal", ["batch_id"])
    for source in ("receipt_id", "credit_note_id"):
        op.create_index(f"ix_reversal_{source}_reversed_on", "reversal", [source, "reversed_on"])
    op.create_table(
        "invoice_schedule",
        *_imported("invoice_schedule"),
        sa.Column("invoice_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        *_amount("invoice_schedule"),
        *_recorded("invoice_schedule"),
        sa.CheckConstraint("position >= 1", name="ck_invoice_schedule_position_from_one"),
        _range("invoice_schedule", "since"),
        _range("invoice_schedule", "due_on"),
        _refers("invoice_schedule", "invoice_id", "invoice", ondelete="CASCADE"),
        sa.UniqueConstraint(
            "invoice_id", "since", "position", name="uq_invoice_schedule_invoice_id_since_position"
        ),
    )
    op.create_index("ix_invoice_schedule_batch_id", "invoice_schedule", ["batch_id"])
    op.create_index("ix_invoice_schedule_due_on", "invoice_schedule", ["due_on"])
    op.create_table(
        "write_off",
        *_imported("write_off"),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("invoice_id", sa.Integer(), nullable=False),
        sa.Column("written_off_on", sa.Date(), nullable=False),
        *_amount("write_off"),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        *_recorded("write_off"),
        sa.CheckConstraint(
            "kind IN ('small_difference', 'bad_debt')", name="ck_write_off_write_off_kind"
        ),
        sa.CheckConstraint("reason <> ''", name="ck_write_off_reason_given"),
        sa.CheckConstraint(
            "(ended_on IS NULL) OR (ended_on >= written_off_on)", name="ck_write_off_ended_later"
        ),
        _range("write_off", "written_off_on"),
        _range("write_off", "ended_on"),
        _refers("write_off", "invoice_id", "invoice"),
        sa.UniqueConstraint("code", name="uq_write_off_code"),
    )
    op.create_index("ix_write_off_batch_id", "write_off", ["batch_id"])
    op.create_index(
        "ix_write_off_invoice_id_written_off_on", "write_off", ["invoice_id", "written_off_on"]
    )


def _imported(table):
    return (
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.Column("batch_line", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
        _refers(table, "batch_id", "import_batch"),
    )


def _recorded(table):
    return (
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        _refers(table, "recorded_by", "app_user"),
    )


def _amount(table):
    return (
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("amount = CAST(amount AS BIGINT)", name=f"ck_{table}_amount_whole"),
        sa.CheckConstraint("amount > 0", name=f"ck_{table}_amount_positive"),
    )


def _range(table, column):
    return sa.CheckConstraint(f"{column} {DATES}", name=f"ck_{table}_{column}_range")


def _refers(table, column, other, **more):
    return sa.ForeignKeyConstraint(
        [column], [f"{other}.id"], name=f"fk_{table}_{column}_{other}", **more
    )


def downgrade():
    """Back to the shape before; refuses where the store holds what that shape cannot say."""
    connection = op.get_bind()
    newer = ", ".join(f"'{kind}'" for kind in NEW_KINDS)
    for what, where in (
        ("anonymous answers", "response WHERE customer_id IS NULL"),
        ("allocations taken back", "allocation WHERE ended_on IS NOT NULL"),
        ("reversals", "reversal"),
        ("write-offs", "write_off"),
        ("payment schedules", "invoice_schedule"),
        ("imports of newer kinds", f"import_batch WHERE kind IN ({newer})"),
    ):
        question = f"SELECT count(*) FROM {where}"  # noqa: S608 - our own words
        found = connection.exec_driver_sql(question).scalar_one()
        if found:
            message = f"the shape before cannot hold {found} {what}"
            raise RuntimeError(message)
    _invoices_anew(connection, [], ("as_of", "customer_id", "invoice_id"), "", "", "")
    reshape(connection, "snapshot_total", add=WHOLE_COMPANY, drop=list(HEADLINE))
    reshape(connection, "snapshot", drop=list(CARD))
    for source in ("receipt", "credit_note"):
        op.drop_index(f"ix_allocation_{source}_id", "allocation")
        op.drop_index(f"uq_allocation_{source}_live", "allocation")
    reshape(
        connection,
        "allocation",
        drop=["ended_on", "ended_reason", "recorded_by", "ended_by"],
        unbind=[
            "ck_allocation_ended_later",
            "ck_allocation_ended_on_range",
            "fk_allocation_recorded_by_app_user",
            "fk_allocation_ended_by_app_user",
        ],
        bind={
            "uq_allocation_credit_note_id_invoice_id": "UNIQUE (credit_note_id, invoice_id)",
            "uq_allocation_receipt_id_invoice_id": "UNIQUE (receipt_id, invoice_id)",
        },
    )
    reshape(connection, "customer", drop=["created_on"])
    reshape(connection, "response", nullable={"customer_id": False})
    reshape(
        connection,
        "owner_history",
        drop=["recorded_by", "created_at"],
        unbind=["fk_owner_history_recorded_by_app_user"],
    )
    for table in PROVENANCE:
        op.drop_index(f"ix_{table}_batch_id", table)
        reshape(
            connection,
            table,
            drop=["batch_id", "batch_line"],
            unbind=[f"fk_{table}_batch_id_import_batch"],
        )
    _kinds(connection, OLD_KINDS)
    for table in ("write_off", "invoice_schedule", "reversal", "card_history", "snapshot_response"):
        op.drop_table(table)
