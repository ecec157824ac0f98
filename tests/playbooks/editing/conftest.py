import pytest

from core.database import Database


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    """The forms stand on verbs that are tested on both databases; one is enough here."""
    return sqlite_database
