"""”Stämmer dina uppgifter?”: asked of many people, reminded, answered and closed."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Select, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from core.audit import By, note
from core.errors import NotFound, Refused
from core.forms import line
from core.language import gettext as _
from core.moments import filters
from rosters.comparing import contact_points
from rosters.duty.resolver import in_service
from rosters.fields import uuid_or_none
from rosters.models import CallList, CallListEntry, ContactPoint, Person
from rosters.notices.models import Notice, NoticeState, Question, QuestionKind
from rosters.notices.service import LINK, Teller, Words
from rosters.numbers import masked
from rosters.readiness.models import Campaign, CampaignMember, CampaignState
from rosters.readiness.service import duties

ON_DUTY, ON_LISTS = "duty", "lists"  # audiences; a call list is its id
LONGEST = timedelta(days=90)
MOST_REMINDERS = 3
SHOWN = 3  # numbers in the text
UNANSWERED = (CampaignState.ASKED, CampaignState.WRONG)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a planner asks for."""

    audience: str
    title: str
    deadline: date | None  # local day, inclusive
    remind_days: int = 3


@dataclass(frozen=True, slots=True)
class Started:
    campaign: Campaign
    asked: int
    left_out: Sequence[Person] = field(default_factory=list)  # another campaign is asking them


async def start_campaign(teller: Teller, wanted: Wanted, *, by: By) -> Started:
    """Ask everybody of the audience; who is asked by another open campaign is left out."""
    title = line(wanted.title, field="title", longest=120, required=True)
    deadline_at = _deadline(wanted.deadline, teller)
    if not 1 <= wanted.remind_days <= 30:
        raise Refused(_("Påminn med 1 till 30 dagars mellanrum."), field="remind_days")
    people = await _audience(teller, wanted.audience)
    busy = await _asked_already(teller.session, people)
    fresh = [person for person in people if person.id not in busy]
    if not people:
        raise Refused(_("Där finns ingen att fråga."), field="audience")
    if not fresh:
        sentence = _("Alla de här personerna tillfrågas redan i en annan omgång.")
        raise Refused(sentence, field="audience")
    campaign = Campaign(
        title=title,
        started_at=teller.now,
        started_by=by.name,
        deadline_at=deadline_at,
        remind_days=wanted.remind_days,
    )
    teller.session.add(campaign)
    await _ask_all(teller, campaign, fresh)
    detail = f"{len(fresh)} personer"
    await note(teller.session, by, "Frågade om uppgifter", title, now=teller.now, detail=detail)
    return Started(campaign, len(fresh), [each for each in people if each.id in busy])


def _deadline(day: date | None, teller: Teller) -> datetime:
    """The end of the local day."""
    if day is None:
        raise Refused(_("Ange sista dag att svara."), field="deadline")
    at = datetime.combine(day + timedelta(days=1), time(), teller.zone)
    if at <= teller.now:
        raise Refused(_("Sista dagen har redan varit."), field="deadline")
    if at > teller.now + LONGEST:
        sentence = _("Högst {days} dagar fram.").format(days=LONGEST.days)
        raise Refused(sentence, field="deadline")
    return at


async def _audience(teller: Teller, audience: str) -> list[Person]:
    """In service and with numbers of their own to be right or wrong: not the protected."""
    session, now, zone = teller.session, teller.now, teller.zone
    if audience == ON_DUTY:
        chosen = set(await duties(session, now=now, zone=zone))
    elif audience == ON_LISTS:
        chosen = set(await session.scalars(select(CallListEntry.person_id)))
    else:
        list_id = uuid_or_none(audience, field="audience")
        if list_id is None or await session.get(CallList, list_id) is None:
            raise Refused(_("Välj vilka som ska frågas."), field="audience")
        query = select(CallListEntry.person_id).where(CallListEntry.call_list_id == list_id)
        chosen = set(await session.scalars(query))
    people = await session.scalars(
        select(Person).where(Person.protected.is_(False)).order_by(Person.name, Person.ref)
    )
    return [each for each in people if each.id in chosen and in_service(each, at=now, zone=zone)]


async def _asked_already(session: AsyncSession, people: Sequence[Person]) -> set[UUID]:
    """By an open campaign; one who starts another at the same time waits for this one."""
    await session.execute(
        select(Person.id)
        .where(Person.id.in_([each.id for each in people]))
        .order_by(Person.id)
        .with_for_update(key_share=True)
    )
    return set(
        await session.scalars(
            select(CampaignMember.person_id)
            .join(Campaign, Campaign.id == CampaignMember.campaign_id)
            .where(Campaign.closed_at.is_(None))
        )
    )


async def _ask_all(teller: Teller, campaign: Campaign, people: Sequence[Person]) -> None:
    points = await contact_points(teller.session)
    remind_at = _next_reminder(campaign, teller.now)
    for person in people:
        own = points.get(person.id, [])
        member = CampaignMember(campaign_id=campaign.id, person_id=person.id, remind_at=remind_at)
        teller.session.add(member)
        if not own:
            member.state, member.remind_at = CampaignState.UNREACHABLE, None
            continue
        asked = await teller.ask(person, QuestionKind.CONTACTS, member.id)
        words = question_words(campaign, own, teller.zone)
        await teller.tell(person, words, key=key_of(member, 0), question=asked)


def key_of(member: CampaignMember, number: int) -> str:
    return f"campaign:{member.campaign_id}:{member.id}:{number}"


def question_words(campaign: Campaign, points: Sequence[ContactPoint], zone: ZoneInfo) -> Words:
    """With dots made stars, so that the text is not sent in the dear alphabet."""
    shown = [masked(each.address).replace("•", "*") for each in points[:SHOWN]]
    more = f" +{len(points) - SHOWN}" if len(points) > SHOWN else ""
    last = campaign.deadline_at - timedelta(seconds=1)

    def words() -> tuple[str, str]:
        body = _(
            "Stämmer dina uppgifter? Vi når dig på {numbers}. Svara senast {day}. Ändra: {link}"
        )
        day = filters(zone.key)["day"](last)
        numbers = ", ".join(shown) + more
        return campaign.title, body.format(numbers=numbers, day=day, link=LINK)

    return words


def _next_reminder(campaign: Campaign, now: datetime) -> datetime | None:
    at = now + timedelta(days=campaign.remind_days)
    return at if at < campaign.deadline_at else None


async def remind_members(session: AsyncSession, now: datetime, zone: ZoneInfo) -> int:
    """Remind who has not answered, and close what is past its deadline; how many were reminded."""
    await _close_due(session, now)
    await _note_unreachable(session)
    teller, points = Teller(session, now, zone), await contact_points(session)
    rows = await session.execute(
        select(CampaignMember, Campaign, Person)
        .join(Campaign, Campaign.id == CampaignMember.campaign_id)
        .join(Person, Person.id == CampaignMember.person_id)
        .where(
            Campaign.closed_at.is_(None),
            CampaignMember.state.in_(UNANSWERED),
            CampaignMember.remind_at <= now,
            CampaignMember.reminders < MOST_REMINDERS,
        )
    )
    return sum(
        [
            await _remind(teller, member, campaign, person, points.get(person.id, []))
            for member, campaign, person in rows.all()
        ]
    )


async def _remind(
    teller: Teller,
    member: CampaignMember,
    campaign: Campaign,
    person: Person,
    points: Sequence[ContactPoint],
) -> int:
    number = member.reminders + 1
    more = _next_reminder(campaign, teller.now) if number < MOST_REMINDERS else None
    first = await teller.session.execute(
        update(CampaignMember)
        .where(CampaignMember.id == member.id, CampaignMember.reminders == member.reminders)
        .values(reminders=number, remind_at=more)
        .execution_options(synchronize_session=False)
        .returning(CampaignMember.id)
    )
    if first.first() is None:
        return 0
    asked = await teller.ask(person, QuestionKind.CONTACTS, member.id)
    words = question_words(campaign, points, teller.zone)
    return int(await teller.tell(person, words, key=key_of(member, number), question=asked))


async def _close_due(session: AsyncSession, now: datetime) -> None:
    await session.execute(
        update(Campaign)
        .where(Campaign.closed_at.is_(None), Campaign.deadline_at <= now)
        .values(closed_at=now)
    )


async def _note_unreachable(session: AsyncSession) -> None:
    """Whose every notice found no number or address to go to."""

    def told(*states: NoticeState) -> Select[UUID]:
        return (
            select(Question.subject_id)
            .join(Notice, Notice.question_id == Question.id)
            .where(Question.kind == QuestionKind.CONTACTS, Notice.state.in_(states))
        )

    await session.execute(
        update(CampaignMember)
        .where(
            CampaignMember.state == CampaignState.ASKED,
            CampaignMember.id.in_(told(NoticeState.UNREACHABLE)),
            CampaignMember.id.not_in(told(NoticeState.DUE, NoticeState.PASSED_ON)),
        )
        .values(state=CampaignState.UNREACHABLE)
    )


async def close_campaign(teller: Teller, campaign_id: UUID, *, by: By) -> None:
    """Before its deadline; what has not been sent is taken back."""
    campaign = await campaign_of(teller.session, campaign_id)
    closed = await teller.session.execute(
        update(Campaign)
        .where(Campaign.id == campaign_id, Campaign.closed_at.is_(None))
        .values(closed_at=teller.now)
        .returning(Campaign.id)
    )
    if closed.first() is None:
        return
    await teller.withdraw(f"campaign:{campaign_id}:")
    await note(teller.session, by, "Avslutade fråga om uppgifter", campaign.title, now=teller.now)


async def campaign_of(session: AsyncSession, campaign_id: UUID) -> Campaign:
    campaign = await session.get(Campaign, campaign_id)
    if campaign is None:
        raise NotFound(_("Omgången finns inte."))
    return campaign
