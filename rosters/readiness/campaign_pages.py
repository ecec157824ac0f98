"""Pages: campaigns that ask people whether their numbers are right."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response
from pydantic import BaseModel
from sqlalchemy import select

from core.errors import Refused
from core.language import gettext as _
from core.permissions import Acting, Planner
from core.web import Config, Now, Session, attempt, go, page
from rosters.fields import day
from rosters.lists import all_lists
from rosters.models import Unit
from rosters.notices.service import Teller
from rosters.readiness import campaigns, figures
from rosters.readiness.web import download
from rosters.tables import write_csv, write_xlsx

router = APIRouter(prefix="/readiness/campaigns")
USUAL = timedelta(days=10)


class CampaignForm(BaseModel):
    """As typed."""

    audience: str = ""
    title: str = ""
    deadline: str = ""
    remind_days: str = "3"

    def wanted(self) -> campaigns.Wanted:
        if not self.remind_days.strip().isdecimal():
            raise Refused(_("Skriv antalet dagar med siffror."), field="remind_days")
        return campaigns.Wanted(
            audience=self.audience,
            title=self.title,
            deadline=day(self.deadline, field="deadline"),
            remind_days=int(self.remind_days.strip()[:4]),
        )


@router.get("")
async def overview(request: Request, session: Session, _: Planner) -> Response:
    found = await figures.all_campaigns(session)
    return page(
        request, "rosters/readiness/campaigns.html", campaigns=found, second=timedelta(seconds=1)
    )


@router.get("/new")
async def new(
    request: Request, session: Session, _planner: Planner, config: Config, now: Now
) -> Response:
    deadline = (now + USUAL).astimezone(config.zone).date()
    form = CampaignForm(
        audience=campaigns.ON_DUTY,
        title=_("Stämmer dina uppgifter?"),
        deadline=deadline.isoformat(),
    )
    return await _form(request, session, form, {})


@router.post("")
async def start(
    request: Request,
    form: Annotated[CampaignForm, Form()],
    session: Session,
    _: Planner,
    by: Acting,
    config: Config,
    now: Now,
) -> Response:
    async with attempt(session) as errors:
        teller = Teller(session, now, config.zone)
        started = await campaigns.start_campaign(teller, form.wanted(), by=by)
        left_out = f"?left_out={len(started.left_out)}" if started.left_out else ""
        return go(f"/readiness/campaigns/{started.campaign.id}{left_out}")
    return await _form(request, session, form, errors)


@router.get("/{campaign_id}")
async def one(
    request: Request, campaign_id: UUID, session: Session, _: Planner, left_out: int = 0
) -> Response:
    campaign = await campaigns.campaign_of(session, campaign_id)
    found = await figures.answers(session, campaign)
    units = {unit.id: unit for unit in await session.scalars(select(Unit))}
    return page(
        request,
        "rosters/readiness/campaign.html",
        campaign=campaign,
        last_day=campaign.deadline_at - timedelta(seconds=1),
        total=figures.counted(found),
        late=sum(each.late for each in found),
        by_unit=figures.by_unit(found, units),
        left=figures.left(found),
        state_words=figures.state_words,
        most_reminders=campaigns.MOST_REMINDERS,
        left_out=left_out,
    )


@router.post("/{campaign_id}/close")
async def close(
    campaign_id: UUID, session: Session, _: Planner, by: Acting, config: Config, now: Now
) -> Response:
    await campaigns.close_campaign(Teller(session, now, config.zone), campaign_id, by=by)
    return go(f"/readiness/campaigns/{campaign_id}")


@router.get("/{campaign_id}/export.{kind}")
async def export(
    campaign_id: UUID,
    kind: Literal["csv", "xlsx"],
    session: Session,
    _planner: Planner,
    config: Config,
) -> Response:
    campaign = await campaigns.campaign_of(session, campaign_id)
    units = {unit.id: unit.name for unit in await session.scalars(select(Unit))}
    header = (_("Nummer"), _("Namn"), _("Enhet"), _("Svar"), _("När"), _("Sent"), _("Påminnelser"))
    lines = []
    for each in await figures.answers(session, campaign):
        if each.person.protected:  # since they were asked
            continue
        at, unit_id = each.member.answered_at, each.person.unit_id
        lines.append(
            (
                each.person.ref,
                each.person.name,
                units.get(unit_id, "") if unit_id else "",
                figures.state_words(each.member.state)[1],
                at.astimezone(config.zone).strftime("%Y-%m-%d %H:%M") if at else "",
                _("Ja") if each.late else "",
                str(each.member.reminders),
            )
        )
    if kind == "csv":
        return download(write_csv(header, lines), "uppgifter.csv")
    return download(write_xlsx(_("Svar"), header, lines), "uppgifter.xlsx")


async def _form(
    request: Request, session: Session, form: CampaignForm, errors: Mapping[str, str]
) -> Response:
    audiences = [
        (campaigns.ON_DUTY, _("Alla med jour eller plats i en rotation")),
        (campaigns.ON_LISTS, _("Alla i någon larmlista")),
        *((str(each.id), each.name) for each, _count in await all_lists(session)),
    ]
    return page(
        request,
        "rosters/readiness/campaign_form.html",
        status=422 if errors else 200,
        form=form,
        errors=errors,
        audiences=audiences,
    )
