"""What the pages of open cards show: one card line by line, and all cards of an alarm."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from io import StringIO
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from alerting.board import find_alarm
from alerting.board_notes import BoardNote
from alerting.frames import mode_word
from alerting.models import OPEN_ALARM, Alarm
from alerting.targets import resolve
from core.errors import NotFound
from core.forms import harmless
from core.language import gettext as _
from core.language import ngettext
from core.models import User
from playbooks import library
from playbooks.cards.document import Card, Section
from playbooks.cards.models import CardRun, LineState, RunEvent, RunLine
from playbooks.cards.opening import read
from playbooks.cards.progress import Progress, late_words, lateness, progress, soon
from playbooks.cards.words import happening_words, section_words
from playbooks.library import Loaded
from playbooks.models import PlaybookVersion
from playbooks.sayings import Names, called, names_of
from rosters.models import Person


class Show(StrEnum):
    ALL = "all"
    LEFT = "left"  # what is not done
    MINE = "mine"  # what falls to the reader's own roles today


@dataclass(frozen=True, slots=True)
class LineView:
    row: RunLine
    section: str
    who: str  # whose line it is, in words
    late: timedelta | None
    soon: bool
    remarks: tuple[RunEvent, ...]

    @property
    def late_words(self) -> str:
        return late_words(self.late) if self.late is not None else ""


@dataclass(frozen=True, slots=True)
class RunView:
    """One open card; `late` are its late lines, the latest first, and stand in no other group."""

    run: CardRun
    alarm: Alarm
    card: Card
    open: bool
    progress: Progress
    late: tuple[LineView, ...]
    groups: tuple[tuple[Section, str, tuple[LineView, ...]], ...]
    triggers: tuple[LineView, ...]
    has_person: bool  # the reader's account is somebody in the organisation
    show: Show

    @property
    def at(self) -> str:
        return f"/alarms/{self.alarm.id}/cards/{self.run.id}"


async def find_run(session: AsyncSession, alarm_id: UUID, run_id: UUID) -> CardRun:
    """NotFound when there is no such card open beside that alarm."""
    query = select(CardRun).where(CardRun.id == run_id, CardRun.alarm_id == alarm_id)
    run = await session.scalar(query)
    if run is None:
        raise NotFound(_("Kortet är inte öppnat i det här larmet."))
    return run


async def read_run(
    session: AsyncSession, run: CardRun, *, user: User, show: Show, now: datetime, zone: ZoneInfo
) -> RunView:
    """The card as it is now, or as it was when its alarm ended."""
    alarm = await find_alarm(session, run.alarm_id) if run.alarm_id else None
    if alarm is None:
        raise NotFound(_("Kortet är inte öppnat i det här larmet."))
    at = alarm.closed_at or now
    rows = await lines(session, run.id)
    remarks = await _events(session, run.id)
    names = await names_of(session)
    words = section_words()
    views = [
        LineView(
            row,
            words[row.section],
            who(row, names),
            lateness(row, at=at) if row.section.to_do else None,
            soon(row, at=at),
            tuple(each for each in remarks if each.line_id == row.id and each.remark),
        )
        for row in rows
    ]
    person = await session.scalar(select(Person.id).where(Person.user_id == user.id))
    mine = await _mine(session, rows, person, now=now, zone=zone)
    shown = [each for each in views if _shown(each.row, show, mine)]
    late = sorted((each for each in shown if each.late is not None), key=_by_lateness)
    return RunView(
        run=run,
        alarm=alarm,
        card=await card_of(session, run),
        open=alarm.state in OPEN_ALARM,
        progress=progress(rows, at=at),
        late=tuple(late),
        groups=_grouped([each for each in shown if each.late is None]),
        triggers=tuple(each for each in views if not each.row.section.to_do),
        has_person=person is not None,
        show=show,
    )


def _by_lateness(line: LineView) -> timedelta:
    return -(line.late or timedelta())


def _shown(row: RunLine, show: Show, mine: frozenset[UUID]) -> bool:
    if show is Show.LEFT:
        return row.state is LineState.OPEN
    return show is Show.ALL or row.id in mine


def _grouped(
    lines: Sequence[LineView],
) -> tuple[tuple[Section, str, tuple[LineView, ...]], ...]:
    words = section_words()
    found = []
    for section in Section:
        own = tuple(each for each in lines if each.row.section is section)
        if own and section.to_do:
            found.append((section, words[section], own))
    return tuple(found)


async def _mine(
    session: AsyncSession,
    rows: Iterable[RunLine],
    person: UUID | None,
    *,
    now: datetime,
    zone: ZoneInfo,
) -> frozenset[UUID]:
    """Lines whose role the person holds today."""
    if person is None:
        return frozenset()
    held: dict[str, bool] = {"": False}
    for role in {row.role for row in rows}:
        target = read(role)
        if target is not None:
            people = await resolve(session, (target,), at=now, zone=zone)
            held[role] = any(each.id == person for each in people)
    return frozenset(row.id for row in rows if held[row.role])


async def lines(session: AsyncSession, run_id: UUID) -> Sequence[RunLine]:
    query = select(RunLine).where(RunLine.run_id == run_id).order_by(RunLine.position)
    return (await session.scalars(query.execution_options(populate_existing=True))).all()


async def _events(session: AsyncSession, run_id: UUID) -> Sequence[RunEvent]:
    query = select(RunEvent).where(RunEvent.run_id == run_id).order_by(RunEvent.at, RunEvent.id)
    return (await session.scalars(query)).all()


async def events_of(session: AsyncSession, line: RunLine) -> list[RunEvent]:
    """What has happened to one line, the latest first."""
    found = await _events(session, line.run_id)
    return [each for each in reversed(found) if each.line_id == line.id]


def who(row: RunLine, names: Names) -> str:
    target = read(row.role)
    return called(target, names) if target else ""


async def card_of(session: AsyncSession, run: CardRun) -> Card:
    """What the card said when it was opened."""
    document = library.document_of(await session.get_one(PlaybookVersion, run.version_id))
    if not isinstance(document, Card):
        raise TypeError(f"{run.code} is no card")
    return document


@dataclass(frozen=True, slots=True)
class CardLook:
    """An open card in a list."""

    run: CardRun
    progress: Progress

    @property
    def aside(self) -> bool:
        return self.run.set_aside_at is not None


async def opened(session: AsyncSession, alarm: Alarm, *, now: datetime) -> list[CardLook]:
    """The open cards of an alarm, the late ones first."""
    query = select(CardRun).where(CardRun.alarm_id == alarm.id).order_by(CardRun.code)
    runs = (await session.scalars(query)).all()
    rows = await session.scalars(
        select(RunLine).where(RunLine.run_id.in_([each.id for each in runs]))
    )
    of: dict[UUID, list[RunLine]] = {each.id: [] for each in runs}
    for row in rows:
        of[row.run_id].append(row)
    at = alarm.closed_at or now
    looks = [CardLook(run, progress(of[run.id], at=at)) for run in runs]
    return sorted(looks, key=lambda look: (look.aside, -look.progress.late, look.run.code))


async def unopened(
    session: AsyncSession, looks: Iterable[CardLook], *, now: datetime
) -> Mapping[str, Loaded[Card]]:
    """The cards in force that the alarm has not opened yet."""
    cards = await library.cards(session, at=now)
    codes = {each.run.code for each in looks}
    return {code: each for code, each in cards.items() if code not in codes}


async def board_notes(
    session: AsyncSession, alarm: Alarm, *, now: datetime
) -> tuple[BoardNote, ...]:
    """The line about cards on an alarm's board, and the warning before the alarm is closed."""
    looks = [each for each in await opened(session, alarm, now=now) if not each.aside]
    url = f"/alarms/{alarm.id}/cards"
    if not looks:
        return (BoardNote("neutral", _("Åtgärdskort: inget i bruk"), url),)
    whole = Progress(
        done=sum(each.progress.done for each in looks),
        of=sum(each.progress.of for each in looks),
        late=sum(each.progress.late for each in looks),
    )
    at_end = ngettext(
        "{count} rad på åtgärdskorten är inte klar. När larmet avslutas kan den inte längre bockas av.",
        "{count} rader på åtgärdskorten är inte klara. När larmet avslutas kan de inte längre bockas av.",
        whole.left,
    )
    sentence = _("Åtgärdskort: {progress}").format(progress=whole.words)
    warning = at_end.format(count=whole.left) if whole.left else ""
    return (BoardNote(whole.status, sentence, url, at_end=warning),)


async def run_as_csv(session: AsyncSession, run: CardRun, zone: ZoneInfo) -> str:
    """Everything that stands on an open card; the mode first and last in each row."""
    out = StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    head = [_("Kort"), _("Avsnitt"), _("Rad"), _("Vem"), _("Senast"), _("Tillstånd"), _("Ändrad")]
    writer.writerow(
        [_("Läge"), *head, _("Av"), _("Skäl"), _("Anmärkningar och händelser"), _("Läge")]
    )
    names, words, mode = await names_of(session), section_words(), mode_word(run.mode)
    events = await _events(session, run.id)
    states = {
        LineState.OPEN: _("inte klar"),
        LineState.DONE: _("klar"),
        LineState.NOT_APPLICABLE: _("gäller inte"),
    }
    for row in await lines(session, run.id):
        state = states[row.state] if row.section.to_do else ""
        happened = " | ".join(_told(each, zone) for each in events if each.line_id == row.id)
        cells = [
            f"{run.code} v{run.version_number}",
            words[row.section],
            row.text,
            who(row, names),
            _local(row.due_at, zone),
            state,
            _local(row.changed_at, zone),
            row.changed_by,
            row.reason,
            happened,
        ]
        writer.writerow([mode, *(harmless(cell) for cell in cells), mode])
    return out.getvalue()


def _told(event: RunEvent, zone: ZoneInfo) -> str:
    words = f"{_local(event.at, zone)} {event.who} {happening_words()[event.what]}"
    return f"{words}: {event.remark}" if event.remark else words


def _local(at: datetime | None, zone: ZoneInfo) -> str:
    return at.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S") if at else ""
