"""Databases filled from one that was made once: a seed takes a second, its rows a twentieth of it."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Table, insert, select

from core.database import Database, Row

Rows = Sequence[tuple[Table, Sequence[dict[str, Any]]]]


async def rows_of(database: Database) -> Rows:
    """Everything that stands in a database, table by table."""
    async with database.reading() as session:
        return [
            (table, [dict(row) for row in (await session.execute(select(table))).mappings()])
            for table in Row.metadata.sorted_tables
        ]


async def fill(database: Database, rows: Rows) -> None:
    """Put the rows into an empty database of either kind."""
    async with database.transaction() as session:
        for table, each in rows:
            if each:
                await session.execute(insert(table), each)
