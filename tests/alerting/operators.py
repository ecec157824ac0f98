"""Operators of a story: they act on the world's running alarm, each act in its own transaction."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Concatenate, ParamSpec, TypeVar
from uuid import UUID

from sqlalchemy import select

from alerting.board import Board, read_board
from alerting.desk import Desk
from alerting.models import AlarmEvent, Reply
from core.models import AuditEntry
from tests.world import World

P = ParamSpec("P")
T = TypeVar("T")


@asynccontextmanager
async def at_desk(world: World, by: str = "Olga Operator") -> AsyncIterator[Desk]:
    async with world.database.transaction() as session:
        yield Desk(session=session, means=world.means, now=world.now, by=by)


async def does(
    world: World,
    verb: Callable[Concatenate[Desk, P], Awaitable[T]],
    *args: P.args,
    **kwargs: P.kwargs,
) -> T:
    """Olga does it, and the engine does what follows."""
    async with at_desk(world) as desk:
        result = await verb(desk, *args, **kwargs)
    await world.engine.until_idle()
    return result


async def board_of(world: World, everyone_in: UUID | None = None) -> Board:
    assert world.alarm
    async with world.database.reading() as session:
        return await read_board(
            session, world.alarm, now=world.now, means=world.means, everyone_in=everyone_in
        )


async def acts_of(world: World) -> list[str]:
    """What the alarm's log says that Olga did."""
    async with world.database.reading() as session:
        query = select(AlarmEvent).where(
            AlarmEvent.alarm_id == world.alarm, AlarmEvent.who == "Olga Operator"
        )
        return [
            f"{each.kind}: {each.subject} {each.detail}".strip()
            for each in await session.scalars(query)
        ]


async def audited(world: World) -> list[str]:
    async with world.database.reading() as session:
        query = select(AuditEntry.what).where(AuditEntry.who == "Olga Operator")
        return list(await session.scalars(query.order_by(AuditEntry.number)))


async def waiting_reply(world: World) -> Reply:
    async with world.database.reading() as session:
        return (await session.scalars(select(Reply).where(Reply.waiting))).one()
