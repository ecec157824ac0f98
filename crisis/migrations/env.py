"""What Alembic runs: the migrations, on the connection that crisis.migrating hands it."""

from alembic import context

from core.database import Row

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Row.metadata,
    render_as_batch=True,
    compare_type=False,
)
with context.begin_transaction():
    context.run_migrations()
