"""The simulated phones: they ring, show texts and mails, and answer. Only in training."""

from typing import Annotated
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Depends, Form, Request, Response
from pydantic import BaseModel

from alerting.habits import Habit
from alerting.live import changes
from alerting.means import Provided
from alerting.phones import Phone, Switchboard, hang_up, press, write
from alerting.simulation import SimulatedPeople
from core.errors import NotFound, Refused
from core.language import gettext as _
from core.permissions import reader
from core.settings import Settings
from core.web import Config, Now, Session, attempt, go, page
from rosters.numbers import as_read


async def in_training(settings: Config) -> None:
    if settings.live:
        raise NotFound(_("Telefonerna finns bara i övningsmiljön."))


router = APIRouter(prefix="/phones", dependencies=[Depends(reader), Depends(in_training)])


async def _phones(session: Session, now: Now, means: Provided, q: str = "") -> list[Phone]:
    return await Switchboard(session, means, now).phones(q[:80])


Phones = Annotated[list[Phone], Depends(_phones, scope="function")]


def _page(
    request: Request, template: str, found: list[Phone], q: str, errors: dict[str, str]
) -> Response:
    settings: Settings = request.app.state.settings
    people = _people(request)
    habits = people.habits if people else {}
    return page(
        request,
        template,
        status=422 if errors else 200,
        phones=found,
        number=as_read,
        caller_name=settings.sender_name,
        q=q,
        errors=errors,
        habits=habits,
        habit_words=_habit_words(),
    )


def _people(request: Request) -> SimulatedPeople | None:
    people: SimulatedPeople | None = request.app.state.people
    return people


def _habit_words() -> list[tuple[str, str]]:
    return [
        (Habit.NONE.value, _("Svarar inte själv")),
        (Habit.PROMPT.value, _("Svarar genast")),
        (Habit.TYPICAL.value, _("Svarar som folk brukar")),
        (Habit.NIGHT.value, _("Svarar som på natten")),
    ]


@router.get("")
async def phones(request: Request, found: Phones, q: str = "") -> Response:
    return _page(request, "alerting/phones.html", found, q, {})


@router.get("/grid")
async def phone_grid(request: Request, found: Phones, q: str = "") -> Response:
    """Only the phones: what the open page puts in place of those it shows."""
    return _page(request, "alerting/phone_grid.html", found, q, {})


@router.get("/events")
async def events(request: Request) -> Response:
    return changes(request, "alarms")


class Typed(BaseModel):
    """What a phone's form sends: its text or quick answer, and where the page should return to."""

    text: str = ""
    quick: str = ""
    digits: str = ""
    q: str = ""
    at: str = ""

    @property
    def back(self) -> Response:
        search = f"?q={quote(self.q)}" if self.q else ""
        return go(f"/phones{search}" + (f"#phone-{quote(self.at)}" if self.at else ""))


Filled = Annotated[Typed, Form()]


@router.post("/{message_id:uuid}/key")
async def press_key(
    message_id: UUID, typed: Filled, session: Session, now: Now, means: Provided
) -> Response:
    await press(session, message_id, typed.digits, now=now, means=means)
    return typed.back


@router.post("/{message_id:uuid}/hang-up")
async def hangs_up(
    message_id: UUID, typed: Filled, session: Session, now: Now, means: Provided
) -> Response:
    await hang_up(session, message_id, now=now, means=means)
    return typed.back


@router.post("/{address}/text")
async def send_text(
    request: Request, address: str, typed: Filled, session: Session, now: Now, means: Provided
) -> Response:
    async with attempt(session) as errors:
        await write(session, address, typed.quick or typed.text, now=now, means=means)
    if errors:
        found = await Switchboard(session, means, now).phones(typed.q)
        return _page(request, "alerting/phones.html", found, typed.q, errors)
    return typed.back


class Chosen(Typed):
    habit: str = ""
    address: str = ""  # "" for all phones


@router.post("/habit")
async def set_habit(request: Request, chosen: Annotated[Chosen, Form()]) -> Response:
    """How all phones answer by themselves, or one of them."""
    people = _people(request)
    if people is None:
        raise Refused(_("Ingen larmmotor kör i den här processen."), status=409)
    if chosen.habit not in list(Habit):
        raise Refused(_("Välj hur telefonerna svarar."), field="habit")
    if not chosen.address:
        people.habits.clear()
    people.habits[chosen.address] = Habit(chosen.habit)
    return chosen.back
