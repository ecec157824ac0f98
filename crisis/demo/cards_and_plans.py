"""The demo's action cards and action plans, approved; one plan is overdue, most bodies have none."""

from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from core.audit import By
from crisis.demo.roster import ZONE
from playbooks.models import Playbook, PlaybookKind, PlaybookVersion, VersionState
from playbooks.service import load

HERE = Path(__file__).parent
BY = By("demo")
DAY = timedelta(days=1)
SINCE = 200 * DAY  # when they were approved
OVERDUE = {"HP-TN": 540 * DAY}
ADOPTED_BY = "Majken Modellin"


async def seed_cards_and_plans(session: AsyncSession, *, now: datetime) -> None:
    """After the paths: a card names the paths that open it."""
    files = {
        each.name: each.read_bytes()
        for folder in ("cards", "plans")
        for each in sorted((HERE / folder).glob("*.yaml"))
    }
    await session.flush()  # the check must see the people and units of this transaction
    await load(session, files, by=BY, now=now, zone=ZONE)
    await session.flush()
    rows = await session.execute(
        select(Playbook.code, PlaybookVersion.id)
        .join(PlaybookVersion, PlaybookVersion.playbook_id == Playbook.id)
        .where(Playbook.kind != PlaybookKind.PATH, PlaybookVersion.state == VersionState.LOADED)
    )
    for code, version in rows.all():
        since = now - OVERDUE.get(code, SINCE)
        await session.execute(
            update(PlaybookVersion)
            .where(PlaybookVersion.id == version)
            .values(
                state=VersionState.APPROVED,
                approved_at=since,
                approved_by=ADOPTED_BY,
                in_force_from=since,
            )
        )
