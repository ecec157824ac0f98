"""What Alembic runs: the migrations, on the connection that crisis.migrating hands it."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy.types import TypeDecorator

from core.database import Row


def plain_types(kind: str, item: object, _autogen: AutogenContext) -> str | Literal[False]:
    """A migration outlives our own types: it names the plain ones below them."""
    if kind != "type" or not isinstance(item, TypeDecorator):
        return False
    below: TypeDecorator[Any] = item
    return f"sa.{below.impl_instance!r}"


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Row.metadata,
    render_as_batch=True,
    render_item=plain_types,
    compare_type=False,
)
with context.begin_transaction():
    context.run_migrations()
