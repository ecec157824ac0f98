"""Pages: the agreement profiles, one version shown, and a new one loaded."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from core.errors import NotFound
from core.language import gettext as _
from core.permissions import Acting, Planner
from core.web import Now, Session, attempt, go, page
from rosters.worktime import service
from rosters.worktime.models import AgreementProfile
from rosters.worktime.profiles.reading import Mistake, read_profile
from rosters.worktime.words import profile_in_words

router = APIRouter(prefix="/worktime/profiles")


@router.get("")
async def profiles(request: Request, session: Session, _: Planner) -> Response:
    return await _list(request, session)


@router.post("/basic")
async def load_basic(session: Session, _: Planner, by: Acting, now: Now) -> Response:
    await service.ensure_profiles(session, now, by)
    return go("/worktime/profiles")


@router.post("")
async def load(
    request: Request,
    session: Session,
    _: Planner,
    by: Acting,
    now: Now,
    rules: Annotated[str, Form()] = "",
) -> Response:
    async with attempt(session) as errors:
        row = await service.load_profile(session, rules, by=by, now=now)
        return go(f"/worktime/profiles/{row.id}")
    _profile, mistakes = read_profile(rules)
    return await _list(request, session, rules, mistakes or (Mistake("", errors.get("rules", "")),))


@router.get("/{profile_id}")
async def profile(request: Request, profile_id: UUID, session: Session, _: Planner) -> Response:
    row = await _row(session, profile_id)
    read, _mistakes = read_profile(row.rules)
    said = profile_in_words(read) if read else []
    return page(request, "rosters/worktime/profile.html", profile=row, said=said)


async def _row(session: AsyncSession, profile_id: UUID) -> AgreementProfile:
    row = await session.get(AgreementProfile, profile_id)
    if row is None:
        raise NotFound(_("Avtalsprofilen finns inte."))
    return row


async def _list(
    request: Request, session: AsyncSession, typed: str = "", mistakes: tuple[Mistake, ...] = ()
) -> Response:
    found = await service.profiles_of(session)
    return page(
        request,
        "rosters/worktime/profiles.html",
        status=422 if mistakes else 200,
        profiles=found,
        typed=typed or (found[0].rules if found else ""),
        mistakes=mistakes,
    )
