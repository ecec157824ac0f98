"""One alarm being worked on: what the verbs of the chain pass to each other."""

from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache

from sqlalchemy.ext.asyncio import AsyncSession

from alerting.logbook import note
from alerting.means import Means
from alerting.models import Alarm, EventKind
from alerting.plan import Plan, StepPlan
from alerting.targets import addresses_at


@lru_cache(maxsize=256)
def plan_of(text: str) -> Plan:
    return Plan.model_validate_json(text)


@lru_cache(maxsize=4096)
def step_plan_of(text: str) -> StepPlan:
    return StepPlan.model_validate_json(text)


@dataclass(slots=True)
class Job:
    """One alarm being worked on, in one transaction, at one instant."""

    session: AsyncSession
    alarm: Alarm
    means: Means
    now: datetime
    _forbidden: set[str] | None = field(default=None)

    @property
    def plan(self) -> Plan:
        return plan_of(self.alarm.plan)

    @property
    def sends_at(self) -> datetime:
        """When a message made now may leave: the seconds to undo are kept."""
        return max(self.now, self.alarm.sends_from)

    async def forbidden(self) -> set[str]:
        if self._forbidden is None:
            site = self.alarm.site
            self._forbidden = await addresses_at(self.session, site) if site else set()
        return self._forbidden

    def note(self, kind: EventKind, **words: str) -> None:
        note(self.session, self.alarm.id, kind, now=self.now, **words)
