"""An operator at work on running alarms: who acts, when, in which transaction, and what is at hand."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Depends
from sqlalchemy.ext.asyncio import AsyncSession

from alerting.job import Job
from alerting.means import Means, Provided
from alerting.models import CallIn, EventKind, Step
from alerting.service import look_again, open_alarm
from core import audit
from core.errors import NotFound
from core.language import gettext as _
from core.permissions import DutyOfficer
from core.web import Now, Peer, Session


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """`by` is the operator's name as the log shows it, `address` where the request came from."""

    session: AsyncSession
    means: Means
    now: datetime
    by: str
    address: str = ""

    async def alarm(self, alarm_id: UUID) -> Job:
        """The alarm, locked. Refused when there is none or it is over."""
        alarm = await open_alarm(self.session, alarm_id)
        return Job(self.session, alarm, self.means, self.now)

    async def step(self, step_id: UUID) -> tuple[Job, Step]:
        step = await self.session.get(Step, step_id)
        if step is None:
            raise NotFound(_("Steget finns inte."))
        job = await self.alarm(step.alarm_id)
        await self.session.refresh(step)  # as it is now that the alarm is locked
        return job, step

    async def call_in(self, call_in_id: UUID) -> tuple[Job, CallIn]:
        call_in = await self.session.get(CallIn, call_in_id)
        if call_in is None:
            raise NotFound(_("Personen är inte tillfrågad i det här larmet."))
        job = await self.alarm(call_in.alarm_id)
        await self.session.refresh(call_in)
        return job, call_in

    async def done(
        self, job: Job, kind: EventKind, what: str, *, subject: str = "", detail: str = ""
    ) -> None:
        """Write it down with the operator's name, and let the engine look at the alarm."""
        job.note(kind, who=self.by, subject=subject, detail=detail)
        await self.record(job.alarm.id, what, f"{subject} {detail}".strip())
        await look_again(self.session, job.alarm.id, self.now)

    async def record(self, subject: UUID, what: str, detail: str) -> None:
        await audit.record(
            self.session,
            who=self.by,
            what=what,
            subject=str(subject),
            detail=detail,
            now=self.now,
            address=self.address,
        )


def _desk(user: DutyOfficer, session: Session, now: Now, means: Provided, peer: Peer) -> Desk:
    return Desk(session=session, means=means, now=now, by=user.name, address=peer)


AtDesk = Annotated[Desk, Depends(_desk, scope="function")]
