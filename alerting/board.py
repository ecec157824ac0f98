"""What the board of an alarm shows, read in a handful of queries however many people it reaches."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from alerting.board_notes import BoardNote
from alerting.board_people import PersonLine, read_people
from alerting.board_words import Look, alarm_look, count_words, counted_word, step_look
from alerting.chain import Chain, Link, accepted_in_total
from alerting.job import plan_of, step_plan_of
from alerting.last_resort import Contact, last_resort
from alerting.log_lines import LogLine, log_lines
from alerting.means import Means
from alerting.models import (
    LOUD,
    OPEN_ALARM,
    Alarm,
    AlarmEvent,
    AlarmState,
    CallIn,
    CallInState,
    EventKind,
    Reply,
    Step,
    StepState,
)
from alerting.plan import Ask, Meaning, Plan, StartKind
from alerting.settling import who_accepted
from alerting.upcoming import Next, upcoming
from core.errors import NotFound
from core.language import gettext as _
from core.moments import span
from rosters.models import Person

LOG = 30
LOUDEST = 8
# Failures and unclear answers stand with their person, unmet needs and gates with their step.
STRIP = LOUD & {EventKind.STEP_EMPTY, EventKind.UNREACHABLE, EventKind.OPTED_OUT}
STRANGERS_FOR = timedelta(hours=24)  # texts from unknown numbers are shown on boards so long


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """A step of the chain, named as the people of the board know it."""

    id: UUID
    title: str
    state: StepState
    look: Look
    have: int
    need: int | None  # None before it has started
    word: str  # what follows "3 av 5"
    asked: int
    summary: str  # "3 kommer, 8 väntar på svar"
    note: str
    waits_for: str  # "" once it has started
    gate: str  # the decision that has to be recorded, "" when none
    decision: str
    deadline_at: datetime | None
    people: tuple[PersonLine, ...]

    @property
    def hidden(self) -> int:
        return self.asked - len(self.people)

    @property
    def not_started(self) -> bool:
        return self.state in {StepState.WAITING, StepState.HELD}

    @property
    def may_skip(self) -> bool:
        return self.state not in {StepState.MET, StepState.NOT_NEEDED, StepState.SKIPPED}

    @property
    def surplus(self) -> bool:
        """More have said yes than are needed: the operator may choose among them."""
        return self.need is not None and self.have > self.need


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingReply:
    """A text that somebody has to read."""

    id: UUID
    at: datetime
    name: str  # "" for an unknown sender
    address: str
    text: str
    call_in_id: UUID | None
    informs: bool  # the question wanted "received"
    opted_out: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    alarm: Alarm
    plan: Plan
    look: Look
    open: bool
    can_undo: bool
    functions: tuple[Function, ...]
    replies: tuple[WaitingReply, ...]
    next: tuple[Next, ...]
    loud: tuple[LogLine, ...]
    last_resort: tuple[Contact, ...]
    log: tuple[LogLine, ...]
    more_log: bool
    notes: tuple[BoardNote, ...] = ()

    @property
    def asked(self) -> int:
        return sum(each.asked for each in self.functions)

    def function(self, step_id: UUID) -> Function:
        for each in self.functions:
            if each.id == step_id:
                return each
        raise NotFound(_("Steget finns inte."))


async def read_board(
    session: AsyncSession,
    alarm_id: UUID,
    *,
    now: datetime,
    means: Means,
    everyone_in: UUID | None = None,
) -> Board:
    """The board as it is now; `everyone_in` is a step of which all people are shown."""
    alarm = await find_alarm(session, alarm_id)
    links, counts = await _links(session, alarm_id)
    chain = {link.row.name: link for link in links.values()}
    people = await read_people(session, links, everyone_in=everyone_in)
    events = await _events(session, alarm_id, limit=LOG + 1)
    is_open = alarm.state in OPEN_ALARM
    unmet = alarm.state is AlarmState.UNMET
    return Board(
        alarm=alarm,
        plan=plan_of(alarm.plan),
        look=alarm_look(alarm.state),
        open=is_open,
        can_undo=is_open and now < alarm.sends_from,
        functions=tuple(
            _function(link, chain, counts[step], people.get(step, ()), alarm_open=is_open)
            for step, link in links.items()
        ),
        replies=await waiting_replies(session, alarm) if is_open else (),
        next=await upcoming(session, alarm, links, now=now, means=means),
        loud=await _loud(session, alarm_id) if is_open else (),
        last_resort=await last_resort(session, alarm, chain, now=now, zone=means.zone)
        if unmet
        else (),
        log=log_lines(events[:LOG]),
        more_log=len(events) > LOG,
    )


async def find_alarm(session: AsyncSession, alarm_id: UUID) -> Alarm:
    alarm = await session.get(Alarm, alarm_id)
    if alarm is None:
        raise NotFound(_("Larmet finns inte."))
    return alarm


async def read_log(session: AsyncSession, alarm_id: UUID) -> tuple[LogLine, ...]:
    """The whole log, the latest first."""
    return log_lines(await _events(session, alarm_id, limit=10_000))


async def waiting_replies(session: AsyncSession, alarm: Alarm) -> tuple[WaitingReply, ...]:
    """Texts in this alarm, and from strangers since it was raised, that wait for a hand."""
    strangers = and_(
        Reply.alarm_id.is_(None),
        Reply.received_at.between(alarm.raised_at, alarm.raised_at + STRANGERS_FOR),
    )
    rows = await session.execute(
        select(Reply, CallIn.name, CallIn.ask, Person.name.label("person"))
        .outerjoin(CallIn, CallIn.id == Reply.call_in_id)
        .outerjoin(Person, Person.id == Reply.person_id)
        .where(Reply.waiting, or_(Reply.alarm_id == alarm.id, strangers))
        .order_by(Reply.received_at)
        .limit(50)
    )
    return tuple(
        WaitingReply(
            id=reply.id,
            at=reply.received_at,
            name=name or person or "",
            address=reply.address,
            text=reply.text,
            call_in_id=reply.call_in_id,
            informs=ask is Ask.RECEIVED,
            opted_out=reply.meaning is Meaning.OPTED_OUT,
        )
        for reply, name, ask, person in rows
    )


async def _links(
    session: AsyncSession, alarm_id: UUID
) -> tuple[dict[UUID, Link], dict[UUID, Counter[CallInState]]]:
    """The chain by step id, and how many call-ins of each step are in which state."""
    rows = await session.scalars(
        select(Step).where(Step.alarm_id == alarm_id).order_by(Step.position)
    )
    links = {row.id: Link(row, step_plan_of(row.plan)) for row in rows}
    counts: dict[UUID, Counter[CallInState]] = {step: Counter() for step in links}
    counted = await session.execute(
        select(CallIn.step_id, CallIn.state, func.count())
        .where(CallIn.alarm_id == alarm_id)
        .group_by(CallIn.step_id, CallIn.state)
    )
    for step_id, state, count in counted:
        counts[step_id][state] = count
    for step_id, people in (await who_accepted(session, alarm_id)).items():
        links[step_id].accepted = people
    return links, counts


def _function(
    link: Link,
    chain: Chain,
    counts: Counter[CallInState],
    people: Sequence[PersonLine],
    *,
    alarm_open: bool,
) -> Function:
    row, plan = link.row, link.plan
    words = count_words(plan)
    asking = alarm_open and row.state is StepState.ASKING
    not_started = alarm_open and row.state in {StepState.WAITING, StepState.HELD}
    return Function(
        id=row.id,
        title=row.title,
        state=row.state,
        look=step_look(row.state, alarm_open=alarm_open),
        have=accepted_in_total(link, chain),
        need=row.need,
        word=counted_word(plan),
        asked=counts.total(),
        summary=", ".join(f"{counts[state]} {words[state]}" for state in words if counts[state]),
        note=plan.note,
        waits_for=_waits_for(link, chain) if not_started else "",
        gate=plan.gate or "" if not_started and row.opened_at is None else "",
        decision=row.decision or "",
        deadline_at=row.deadline_at if asking else None,
        people=tuple(people),
    )


def _waits_for(link: Link, chain: Mapping[str, Link]) -> str:
    start = link.plan.start
    before = chain.get(start.step or "")
    if start.kind is StartKind.BY_HAND:
        return _("Startas för hand.")
    if start.kind is StartKind.AFTER_TIME:
        return _("Börjar {time} efter larmet.").format(time=span(start.delay))
    if before is None:
        return ""
    if start.kind is StartKind.IF_FAILS:
        return _("Börjar om {step} inte räcker.").format(step=before.row.title)
    return _("Börjar efter {step}.").format(step=before.row.title)


async def _events(session: AsyncSession, alarm_id: UUID, *, limit: int) -> Sequence[AlarmEvent]:
    query = (
        select(AlarmEvent)
        .where(AlarmEvent.alarm_id == alarm_id)
        .order_by(AlarmEvent.at.desc(), AlarmEvent.place.desc())
        .limit(limit)
    )
    return (await session.scalars(query)).all()


async def _loud(session: AsyncSession, alarm_id: UUID) -> tuple[LogLine, ...]:
    """What wants somebody's eyes and stands nowhere else, each thing once, the latest first."""
    query = (
        select(AlarmEvent)
        .where(AlarmEvent.alarm_id == alarm_id, AlarmEvent.kind.in_(STRIP), AlarmEvent.who == "")
        .order_by(AlarmEvent.at.desc(), AlarmEvent.place.desc())
        .limit(100)
    )
    found: dict[tuple[EventKind, str], AlarmEvent] = {}
    for event in await session.scalars(query):
        found.setdefault((event.kind, event.subject), event)
    return log_lines(list(found.values())[:LOUDEST])
