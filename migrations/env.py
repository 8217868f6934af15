"""Alembic's entry (迁移): run by `data.migrate`, online only, on the engine it hands over."""

from alembic import context

from models.tables import metadata

PLAIN = {
    "AutoString": lambda kind: f"sa.String(length={kind.length})" if kind.length else "sa.Text()",
    "Minor": lambda kind: "sa.BigInteger()",
    "UTCDateTime": lambda kind: "sa.DateTime(timezone=True)",
}


def render_item(what, item, _context):
    """Write our column types as SQLAlchemy's own: a migration must not follow the models."""
    plain = PLAIN.get(type(item).__name__) if what == "type" else None
    return plain(item) if plain else False


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    compare_type=True,
    render_item=render_item,
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()
