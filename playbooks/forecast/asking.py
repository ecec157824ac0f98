"""What a forecast is asked about: everything it needs, so that it can be reckoned elsewhere."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from pickle import dumps
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from alerting.habits import HORIZON, Crowd, Manner
from alerting.plan import Plan, TargetKind
from alerting.rehearsal.cast import Cast, cast_of
from core.errors import Refused
from core.language import gettext as _
from playbooks import library, service
from playbooks.forecast.answers import own_answers
from playbooks.forecast.assumptions import Answers, Assumptions, Kind, assumptions, kind_at

DRAWS = 15  # blocks of runs, each with habits drawn anew
RUNS = 300
FURTHEST = timedelta(days=366)  # nobody's roster reaches further
SINCE = timedelta(days=31)  # the duty roster is kept, but a forecast is of what is to come


@dataclass(frozen=True, slots=True)
class Asked:
    """A path at an instant, with its people and what is assumed of them."""

    plan: Plan
    goal_within: timedelta | None
    at: datetime
    zone: ZoneInfo
    cast: Cast
    own: Answers
    assumed: Assumptions
    on_call: frozenset[str]  # refs of those called because they have the duty
    runs: int = RUNS
    seed: int = 0

    @property
    def kind(self) -> Kind:
        return kind_at(self.at, self.zone)

    @property
    def likely(self) -> Crowd:
        return self.crowd(self.assumed.likely)

    def crowd(self, manners: Mapping[Kind, Manner]) -> Crowd:
        """How everybody behaves: as at this hour, and on call those who are."""
        others = dict.fromkeys(self.on_call, manners[Kind.ON_CALL])
        return Crowd(manners[self.kind], others)

    @property
    def key(self) -> str:
        """The same for whatever would be reckoned alike."""
        return sha256(dumps(self)).hexdigest()


async def ask(
    session: AsyncSession,
    code: str,
    *,
    at: datetime,
    now: datetime,
    zone: ZoneInfo,
    runs: int = RUNS,
    seed: int = 0,
) -> Asked:
    """What to reckon. NotFound for no such path; Refused when it calls nobody, or at no such time."""
    if not now - SINCE <= at <= now + FURTHEST:
        raise Refused(_("Välj en tid inom ett år framåt."), field="at")
    paths = await library.paths(session, at=max(at, now))
    plan = service.compiled(paths, code)
    cast = await cast_of(session, plan, at=at, lasts=HORIZON, zone=zone)
    if not any(_anybody(plan, cast)):
        raise Refused(_("Larmvägen når ingen vid den tiden: inget steg har någon att larma."))
    own = await own_answers(session, now=now, zone=zone)
    return Asked(
        plan=plan,
        goal_within=paths[code].document.goal_within,
        at=at,
        zone=zone,
        cast=cast,
        own=own,
        assumed=assumptions(own, draws=DRAWS, seed=seed),
        on_call=_on_call(plan, cast),
        runs=runs,
        seed=seed,
    )


def _anybody(plan: Plan, cast: Cast) -> list[bool]:
    return [
        bool(cast.first(step.name)) or any(each.kind is TargetKind.MANUAL for each in step.targets)
        for step in plan.steps
    ]


def _on_call(plan: Plan, cast: Cast) -> frozenset[str]:
    duty = {
        step.name
        for step in plan.steps
        if any(each.kind is TargetKind.DUTY for each in step.targets)
    }
    return frozenset(
        player.ref
        for scene in cast.scenes
        for name, players in scene.players.items()
        if name in duty
        for player in players
    )
