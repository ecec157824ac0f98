"""What stands beside an alarm, in its transaction, and must never stop it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from core.errors import Refused

# The database's own no, and what a bug in a rule looks like; never a request that is given up.
TROUBLE = (
    SQLAlchemyError,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    ArithmeticError,
    AssertionError,
    RuntimeError,
    Refused,
)

log = structlog.get_logger()


@asynccontextmanager
async def beside(session: AsyncSession, what: str, **about: str) -> AsyncIterator[None]:
    """Do it, or undo it and say so in the log when anything goes wrong."""
    try:
        async with session.begin_nested():
            yield
    except TROUBLE as error:
        # The name of the error only: its text may quote what was said.
        log.error(what, error=type(error).__name__, **about)  # noqa: TRY400
