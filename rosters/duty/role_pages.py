"""Pages: one duty role and how it works."""

from collections.abc import Mapping
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response
from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core.errors import Refused
from core.language import gettext as _
from core.permissions import Acting, Planner
from core.web import Now, Session, attempt, go, page
from rosters.duty import roles
from rosters.duty.models import DutyRole
from rosters.duty.roles import LONGEST_TRAVEL, MOST_AT_ONCE, RoleFields
from rosters.fields import uuid_or_none, whole
from rosters.list_pages import choosable
from rosters.models import Person
from rosters.numbers import as_read

router = APIRouter()


class RoleForm(BaseModel):
    """As typed; rules look at it in `fields`."""

    name: str = ""
    always_staffed: str = ""
    needed: str = ""
    time_zone: str = ""
    backs_up: str = ""
    manager: str = ""
    phone: str = ""
    travel: str = ""
    hands_over: str = ""
    equipment: str = ""
    approves_swaps: str = ""
    agreement: str = ""

    async def fields(self, session: AsyncSession) -> RoleFields:
        travel = (
            whole(self.travel, field="travel", lowest=1, highest=LONGEST_TRAVEL)
            if (self.travel.strip())
            else None
        )
        return RoleFields(
            name=self.name,
            always_staffed=bool(self.always_staffed),
            needed=whole(self.needed, field="needed", lowest=1, highest=MOST_AT_ONCE),
            time_zone=self.time_zone.strip(),
            backs_up_id=uuid_or_none(self.backs_up, field="backs_up"),
            manager_id=await _person_id(session, self.manager),
            phone=self.phone.strip() or None,
            max_travel_minutes=travel,
            hands_over=bool(self.hands_over),
            equipment=self.equipment,
            approves_swaps=bool(self.approves_swaps),
            agreement=self.agreement,
        )


@router.get("/duty/roles/{role_id}")
async def edit_form(request: Request, role_id: UUID, session: Session, _: Planner) -> Response:
    role = await roles.role_of(session, role_id)
    return await _page(request, session, role, await _as_typed(session, role), {})


@router.post("/duty/roles/{role_id}")
async def edit(
    request: Request,
    role_id: UUID,
    form: Annotated[RoleForm, Form()],
    session: Session,
    _: Planner,
    by: Acting,
    now: Now,
) -> Response:
    role = await roles.role_of(session, role_id)
    async with attempt(session) as errors:
        fields = await form.fields(session)
        await roles.edit_duty_role(session, role_id, fields, by=by, now=now)
        return go("/duty/rotations")
    return await _page(request, session, role, form, errors)


async def _person_id(session: AsyncSession, typed: str) -> UUID | None:
    """The person whose number is the first word, as the list of choices gives it."""
    ref = typed.strip().split(" ")[0]
    if not ref:
        return None
    found = await session.scalar(select(Person.id).where(Person.ref == ref))
    if found is None:
        raise Refused(_("Personen finns inte. Välj ur listan."), field="manager")
    return found


async def _as_typed(session: AsyncSession, role: DutyRole) -> RoleForm:
    manager = await session.get(Person, role.manager_id) if role.manager_id else None
    return RoleForm(
        name=role.name,
        always_staffed="yes" if role.always_staffed else "",
        needed=str(role.needed),
        time_zone=role.time_zone,
        backs_up=str(role.backs_up_id or ""),
        manager=f"{manager.ref} {manager.name}" if manager else "",
        phone=as_read(role.phone) if role.phone else "",
        travel=str(role.max_travel_minutes or ""),
        hands_over="yes" if role.hands_over else "",
        equipment=role.equipment,
        approves_swaps="yes" if role.approves_swaps else "",
        agreement=role.agreement,
    )


async def _page(
    request: Request,
    session: AsyncSession,
    role: DutyRole,
    form: RoleForm,
    errors: Mapping[str, str],
) -> Response:
    others = [each for each in await roles.duty_roles(session) if each.id != role.id]
    return page(
        request,
        "rosters/duty/role_form.html",
        status=422 if errors else 200,
        role=role,
        form=form,
        errors=errors,
        backs_up_choices=[("", _("Ingen")), *((each.id, each.name) for each in others)],
        people=await choosable(session),
    )
