"""Verbs of a handover: sign it, accept it, refuse it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from core.audit import By, note
from core.errors import NotFound, Refused
from core.language import gettext as _
from rosters.duty.models import DutyRole, Handover, HandoverState, Shift, ShiftState
from rosters.duty.telling import tell_accepted, teller_for
from rosters.handovers.flow import UNSETTLED, Parts, escalate, parts_of
from rosters.models import Person
from rosters.notices.models import QuestionKind
from rosters.notices.service import Teller

LONGEST = 4000


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaving:
    """What the outgoing writes down."""

    matters: str
    links: str
    equipment: Collection[str]
    test_call: bool


async def sign(
    session: AsyncSession,
    handover_id: UUID,
    person: Person,
    left: Leaving,
    *,
    by: By,
    now: datetime,
) -> None:
    """The outgoing's signature; may be given anew until the incoming has accepted."""
    parts = await parts_of(session, handover_id)
    if person.id != parts.outgoing.id:
        raise NotFound(_("Överlämningen är inte din att lämna."))
    if len(left.matters) > LONGEST or len(left.links) > LONGEST:
        sentence = _("Högst {count} tecken.").format(count=LONGEST)
        raise Refused(sentence, field="matters")
    items = [each for each in checklist(parts.role) if each in left.equipment]
    values: dict[str, object] = {
        "matters": left.matters.strip(),
        "links": left.links.strip(),
        "equipment": "\n".join(items),
        "test_call_at": (parts.handover.test_call_at or now) if left.test_call else None,
        "signed_at": now,
    }
    await _settle(session, parts.handover, values)
    await note(session, by, "Skrev överlämning", parts.role.code, now=now, detail=person.ref)


async def accept(
    session: AsyncSession,
    handover_id: UUID,
    person: Person | None,
    *,
    via: str,
    by: By,
    now: datetime,
) -> None:
    """The incoming's signature: responsible from now on, or from when it is due.

    `person` is None when a planner accepts for somebody who has said so.
    """
    parts = await parts_of(session, handover_id)
    _refuse_others(parts, person)
    values: dict[str, object] = {
        "state": HandoverState.ACCEPTED,
        "accepted_at": now,
        "accepted_via": via,
        "refusal": "",
    }
    if not await _settle(session, parts.handover, values):
        return
    teller = teller_for(session, parts.role, now)
    await teller.close(QuestionKind.HANDOVER, handover_id)
    await tell_accepted(teller, parts.role, parts.handover, (parts.incoming, parts.outgoing))
    await session.execute(
        update(Shift)
        .where(Shift.id == parts.handover.incoming_shift_id, Shift.state == ShiftState.PLANNED)
        .values(state=ShiftState.CONFIRMED, changed_at=now)
    )
    detail = f"{parts.outgoing.ref} → {parts.incoming.ref}"
    await note(session, by, "Kvitterade överlämning", parts.role.code, now=now, detail=detail)


async def accept_taken(session: AsyncSession, taken: Shift, *, now: datetime) -> None:
    """Who takes over by their own hand, from this moment on, has accepted with that."""
    role = await session.get_one(DutyRole, taken.duty_role_id)
    if not role.hands_over or taken.covers_id is None:
        return
    left = await session.get_one(Shift, taken.covers_id)
    session.add(
        Handover(
            incoming_shift_id=taken.id,
            outgoing_shift_id=left.id,
            duty_role_id=role.id,
            incoming_id=taken.person_id,
            outgoing_id=left.person_id,
            due_at=taken.starts_at,
            state=HandoverState.ACCEPTED,
            accepted_at=now,
            accepted_via="page",
        )
    )


async def refuse(
    session: AsyncSession, handover_id: UUID, person: Person, why: str, *, by: By, now: datetime
) -> None:
    """The incoming says no: outgoing and roster manager are told at once."""
    parts = await parts_of(session, handover_id)
    _refuse_others(parts, person)
    values: dict[str, object] = {
        "state": HandoverState.REFUSED,
        "refusal": " ".join(why.split())[:200] or _("Nej"),
        "outgoing_told_at": None,
        "manager_told_at": None,
    }
    if not await _settle(session, parts.handover, values):
        raise Refused(_("Du har redan kvitterat överlämningen."), status=409)
    await note(session, by, "Sa nej till överlämning", parts.role.code, now=now, detail=person.ref)
    await session.flush()  # escalate looks for it in the database
    await escalate(session, now=now)


async def take_text(teller: Teller, handover_id: UUID, person: Person, yes: bool) -> str:  # noqa: FBT001  # one of three of a shape
    """A text says yes or no to a handover; the sentence to say back."""
    by = By(f"{person.ref} (sms)")
    role = (await parts_of(teller.session, handover_id)).role
    if yes:
        await accept(teller.session, handover_id, person, via="sms", by=by, now=teller.now)
        return _("Noterat: du har tagit över {role}.").format(role=role.code)
    await refuse(teller.session, handover_id, person, "", by=by, now=teller.now)
    return _(
        "Noterat: du tar inte över {role}. Den som har passet och schemaansvarig får veta."
    ).format(role=role.code)


def checklist(role: DutyRole) -> list[str]:
    """The equipment that is checked at a handover of the role."""
    return [item.strip() for item in role.equipment.splitlines() if item.strip()]


def _refuse_others(parts: Parts, person: Person | None) -> None:
    if person is not None and person.id != parts.incoming.id:
        raise NotFound(_("Överlämningen är inte till dig."))


async def _settle(session: AsyncSession, handover: Handover, values: dict[str, object]) -> bool:
    """Change a handover that is not settled; False when it has been accepted. Refused when void."""
    moved = await session.scalars(
        update(Handover)
        .where(Handover.id == handover.id, Handover.state.in_(UNSETTLED))
        .values(values)
        .returning(Handover.id)
    )
    if moved.first() is not None:
        await session.refresh(handover)
        return True
    if handover.state is HandoverState.VOID:
        raise Refused(_("Passen har ändrats: det finns inget att lämna över."), status=409)
    return False
