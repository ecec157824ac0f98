"""How a campaign goes: counted, by unit, and who has not answered."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from core.language import gettext as _
from rosters.models import Person, Unit
from rosters.readiness.models import Campaign, CampaignMember, CampaignState

ANSWERED = (CampaignState.CONFIRMED, CampaignState.CHANGED, CampaignState.WRONG)


@dataclass(slots=True)
class Figures:
    """Counts of one campaign, or of one unit in it."""

    of: Counter[CampaignState] = field(default_factory=Counter)

    @property
    def asked(self) -> int:
        return sum(self.of.values())

    @property
    def answered(self) -> int:
        return sum(self.of[state] for state in ANSWERED)

    @property
    def share(self) -> int:
        """In per cent, never 100 while somebody is left."""
        return self.answered * 100 // self.asked if self.asked else 0


@dataclass(frozen=True, slots=True)
class Answer:
    member: CampaignMember
    person: Person
    late: bool


def state_words(state: CampaignState) -> tuple[str, str]:
    """The badge's status and its word."""
    return {
        CampaignState.ASKED: ("neutral", _("Har inte svarat")),
        CampaignState.CONFIRMED: ("ok", _("Bekräftat")),
        CampaignState.CHANGED: ("ok", _("Rättat")),
        CampaignState.WRONG: ("warn", _("Fel, ännu inte rättat")),
        CampaignState.UNREACHABLE: ("bad", _("Kunde inte nås")),
    }[state]


async def all_campaigns(session: AsyncSession) -> list[tuple[Campaign, Figures]]:
    """The latest first."""
    rows = await session.execute(
        select(CampaignMember.campaign_id, CampaignMember.state, func.count()).group_by(
            CampaignMember.campaign_id, CampaignMember.state
        )
    )
    found: defaultdict[UUID, Figures] = defaultdict(Figures)
    for campaign_id, state, count in rows:
        found[campaign_id].of[state] = count
    campaigns = await session.scalars(select(Campaign).order_by(Campaign.started_at.desc()))
    return [(each, found[each.id]) for each in campaigns]


async def answers(session: AsyncSession, campaign: Campaign) -> list[Answer]:
    rows = await session.execute(
        select(CampaignMember, Person)
        .join(Person, Person.id == CampaignMember.person_id)
        .where(CampaignMember.campaign_id == campaign.id)
        .order_by(Person.name, Person.ref)
    )
    return [
        Answer(
            member,
            person,
            bool(member.answered_at and member.answered_at > campaign.deadline_at),
        )
        for member, person in rows
    ]


def counted(found: Iterable[Answer]) -> Figures:
    return Figures(Counter(each.member.state for each in found))


def by_unit(found: Iterable[Answer], units: dict[UUID, Unit]) -> list[tuple[str, Figures]]:
    """Each unit's counts, those with the smallest share first."""
    groups: defaultdict[str, list[Answer]] = defaultdict(list)
    for each in found:
        unit = units.get(each.person.unit_id) if each.person.unit_id else None
        groups[unit.name if unit else ""].append(each)
    figures = [(name, counted(members)) for name, members in groups.items()]
    return sorted(figures, key=lambda pair: (pair[1].share, pair[0]))


def left(found: Sequence[Answer]) -> list[Answer]:
    """Who has not answered, or has said that something is wrong and not corrected it."""
    done = (CampaignState.CONFIRMED, CampaignState.CHANGED)
    return [each for each in found if each.member.state not in done]
