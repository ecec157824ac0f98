"""On which kinds of database a test runs: both, unless its module takes `database` from here."""

import pytest

from core.database import Database

BOTH = pytest.mark.parametrize(
    "database",
    ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)],
    indirect=True,
)


@pytest.fixture(name="database")
def one_kind(request: pytest.FixtureRequest) -> Database:
    """SQLite; PostgreSQL too for what is marked BOTH: for what the queries do, and once for each page."""
    kind = getattr(request, "param", "sqlite")
    found: Database = request.getfixturevalue(f"{kind}_database")
    return found
