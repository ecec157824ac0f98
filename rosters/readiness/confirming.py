"""Answers to ”Stämmer dina uppgifter?”: by text, by the button, or by correcting something."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from core.language import gettext as _
from rosters.models import Person
from rosters.notices.models import QuestionKind
from rosters.notices.service import LINK, Teller
from rosters.readiness.models import Campaign, CampaignMember, CampaignState


async def take_text(teller: Teller, member_id: UUID, person: Person, yes: bool) -> str:  # noqa: FBT001
    """Somebody's yes or no by text, also after the deadline; what to say back.

    After a no the link comes in a message of its own, once an hour at most: it is made when sent.
    """
    state = CampaignState.CONFIRMED if yes else CampaignState.WRONG
    closed = await teller.session.scalar(
        select(Campaign.deadline_at)
        .join(CampaignMember, CampaignMember.campaign_id == Campaign.id)
        .where(CampaignMember.id == member_id, CampaignMember.person_id == person.id)
    )
    if closed is None:
        return _("Frågan gäller inte längre.")
    await answer(teller, member_id, state)
    if not yes:
        key = f"wrong:{member_id}:{teller.now:%Y%m%d%H}"
        await teller.tell(person, _where_to_correct, key=key, urgent=True)
        return _("Tack. Du får en länk till din sida, där du kan rätta dina uppgifter.")
    if closed <= teller.now:
        return _("Tack! Uppgifterna är bekräftade, om än efter sista dagen.")
    return _("Tack! Dina uppgifter är bekräftade.")


def _where_to_correct() -> tuple[str, str]:
    return _("Rätta dina uppgifter"), _("Rätta dina uppgifter här: {link}").format(link=LINK)


async def answer(teller: Teller, member_id: UUID, state: CampaignState) -> None:
    """The last answer counts; who has corrected something and then says yes has still changed it."""
    kept = (CampaignState.CHANGED,) if state is CampaignState.CONFIRMED else ()
    await teller.session.execute(
        update(CampaignMember)
        .where(CampaignMember.id == member_id, CampaignMember.state.not_in((state, *kept)))
        .values(state=state, answered_at=teller.now)
    )
    await teller.close(QuestionKind.CONTACTS, member_id)


async def asking(session: AsyncSession, person: Person, now: datetime) -> Sequence[CampaignMember]:
    """The open campaigns' questions to a person, answered or not."""
    found = await session.scalars(
        select(CampaignMember)
        .join(Campaign, Campaign.id == CampaignMember.campaign_id)
        .where(
            CampaignMember.person_id == person.id,
            Campaign.closed_at.is_(None),
            Campaign.deadline_at > now,
        )
    )
    return found.all()


async def confirm(teller: Teller, person: Person) -> bool:
    """All is right, says the person; False when nobody asks."""
    found = await asking(teller.session, person, teller.now)
    for member in found:
        await answer(teller, member.id, CampaignState.CONFIRMED)
    return bool(found)


async def corrected(teller: Teller, person: Person) -> None:
    """Something was corrected: who asks has an answer."""
    for member in await asking(teller.session, person, teller.now):
        await answer(teller, member.id, CampaignState.CHANGED)
