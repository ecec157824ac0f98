"""The demo's paths have a past: versions approved and reviewed, runs, findings, and their lights.

All days are counted back from the day of the seed, so that the lights are the same whenever the demo
is started; on 27 November 2026 they are those of the plan's own exercises.
"""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core.audit import By
from playbooks import library, service
from playbooks.lights.hours import in_office_hours
from playbooks.lights.models import LightRecord, PathFinding, PathRun, RunKind
from playbooks.lights.runs import record_run
from playbooks.lights.service import keep_records
from playbooks.marks import steps_mark
from playbooks.models import Playbook, PlaybookKind, PlaybookVersion, VersionState

BY = By("demo")
MAJKEN, NILS = "Majken Modellin", "Nils Skisshed"  # hold the post of the head of security
NOA, KAJSA, YLVA = "Noa Socialdirektör-Demo", "Kajsa Kulissén", "Ylva Rapportsson"
# Crisis supporters were only texted before; now they are called too.
CHANGED = (b"channels: [voice + sms 5m, voice 10m]\n", b"channels: [sms 15m]\n")


class Past(NamedTuple):
    """Of a version: days before the seed."""

    loaded: int
    approved: int | None = None
    by: str = ""
    reviewed: int | None = None
    summary: str = ""


FIRST = {
    "LV-01": Past(420, 410, MAJKEN, reviewed=100),
    "LV-02": Past(420, 300, YLVA),
    "LV-03": Past(420, 410, MAJKEN, reviewed=61),
    "LV-04": Past(420, 350, KAJSA),  # soon to be reviewed
    "LV-05": Past(420, 380, NOA, reviewed=160),
    "LV-06": Past(420, 200, MAJKEN),
    "LV-07": Past(420, 280, NILS),  # its governing document has no date
    "LV-08": Past(240),  # nobody has approved it
    "LV-09": Past(420, 410, NILS, reviewed=75),  # each quarter
}
SECOND = Past(32, 30, NOA, summary="Krisstödjarna rings upp, inte bara sms.")


class Done(NamedTuple):
    """A run: so many days before the seed, on a working day when it began in office hours."""

    code: str
    days: int
    clock: time
    kind: RunKind
    minutes: int
    met: bool = True
    remark: str = ""


DAY, EVENING, NIGHT = time(13, 10), time(20, 30), time(3, 20)
WINTER = "Övning Vinter, startövning"
SURPRISE = Done("LV-03", 22, DAY, RunKind.EXERCISE, 11, remark="Oanmäld: fem hade svarat.")
RETEST = Done("LV-03", 12, EVENING, RunKind.TEST, 7, remark="De rättade numren svarade.")
RUNS = (
    Done("LV-06", 330, DAY, RunKind.EXERCISE, 8),
    Done("LV-04", 330, DAY, RunKind.EXERCISE, 81),
    Done("LV-01", 300, DAY, RunKind.EXERCISE, 5),
    Done("LV-03", 290, DAY, RunKind.EXERCISE, 34),
    Done("LV-02", 280, DAY, RunKind.TEST, 4),
    Done("LV-06", 250, EVENING, RunKind.TEST, 9),
    Done("LV-01", 230, EVENING, RunKind.TEST, 6),
    Done("LV-03", 215, EVENING, RunKind.EXERCISE, 29),
    Done("LV-07", 400, DAY, RunKind.EXERCISE, 41),
    Done("LV-09", 260, EVENING, RunKind.OUTSIDE, 38, remark="Rakelövning från brandstationen."),
    Done("LV-05", 210, DAY, RunKind.EXERCISE, 52),
    Done("LV-02", 160, EVENING, RunKind.TEST, 6),
    Done("LV-08", 150, DAY, RunKind.EXERCISE, 22),
    Done("LV-04", 130, EVENING, RunKind.EXERCISE, 74),
    Done("LV-01", 104, NIGHT, RunKind.ALARM, 4, remark="Kokningsrekommendation i Dalby."),
    Done("LV-08", 95, NIGHT, RunKind.TEST, 12),
    Done("LV-05", 90, EVENING, RunKind.TEST, 63),
    Done("LV-09", 75, DAY, RunKind.OUTSIDE, 26, remark="Staben gick till Plats B utan larm."),
    Done("LV-02", 44, time(9, 40), RunKind.EXERCISE, 27, met=False, remark=WINTER),
    Done("LV-04", 44, time(10, 5), RunKind.EXERCISE, 66, remark=WINTER),
    Done("LV-01", 40, DAY, RunKind.TEST, 3),
    SURPRISE,
    Done("LV-06", 20, DAY, RunKind.TEST, 9),
    Done("LV-06", 12, EVENING, RunKind.TEST, 8),
    RETEST,
)
FOUND = {  # in the run of LV-03 in the daytime; the one in the evening closed both
    "Fel nummer till en i stabens kärna: samtalet gick till en privatperson.",
    "Fel nummer till en i stabens kärna: numret har upphört.",
}
LOOKS = (330, 200, 129, 74, 43, 21, 11, 0)  # days back when the lights were written down


async def seed_paths(
    session: AsyncSession, files: Mapping[str, bytes], *, now: datetime, zone: ZoneInfo
) -> None:
    """The nine paths with their past; where there are paths already, only what is new in the files."""
    await session.flush()  # the check must see the people and lists of this transaction
    known = select(Playbook.id).where(Playbook.kind == PlaybookKind.PATH)
    if await session.scalar(known.limit(1)):
        await service.load(session, files, by=BY, now=now, zone=zone)
        return
    first = dict(files) | {"lv-05.yaml": files["lv-05.yaml"].replace(*CHANGED)}
    await _versions(session, first, FIRST, now=now, zone=zone)
    await _versions(session, files, {"LV-05": SECOND}, now=now, zone=zone)
    runs = {each: await _run(session, each, now=now, zone=zone) for each in RUNS}
    _find(session, runs[SURPRISE], runs[RETEST])


async def seed_history(session: AsyncSession, *, now: datetime, zone: ZoneInfo) -> None:
    """Write down how the lights have stood; after the receipts, on which one of them depends."""
    if await session.scalar(select(LightRecord.id).limit(1)):
        return
    await session.flush()  # the lights are read from what has been seeded
    for days in LOOKS:
        await keep_records(session, now=now - timedelta(days=days), zone=zone)
        await session.flush()  # what is next is compared with this


async def _versions(
    session: AsyncSession,
    files: Mapping[str, bytes],
    past: Mapping[str, Past],
    *,
    now: datetime,
    zone: ZoneInfo,
) -> None:
    """Loaded as drafts, then made final on their days: what is final cannot be moved in time."""
    loaded = await service.load(session, files, by=BY, now=now, zone=zone, state=VersionState.DRAFT)
    await session.flush()  # a row that is new cannot be what it was later
    for version in loaded:
        _make_final(version, past[library.document_of(version).code], now)
    await session.flush()  # the next files are checked against these


def _make_final(version: PlaybookVersion, past: Past, now: datetime) -> None:
    def ago(days: int) -> datetime:
        return now - timedelta(days=days)

    version.loaded_at = ago(past.loaded)
    version.in_force_from = ago(past.loaded)
    version.state = VersionState.LOADED
    version.summary = past.summary
    if past.approved is not None:
        version.state = VersionState.APPROVED
        version.approved_at, version.approved_by = ago(past.approved), past.by
    if version.number > 1:
        version.proposed_at, version.proposed_by = ago(past.loaded), "planerare"
        version.in_force_from = version.approved_at
    if past.reviewed is not None:
        version.reviewed_at, version.reviewed_by = ago(past.reviewed), past.by


async def _run(session: AsyncSession, done: Done, *, now: datetime, zone: ZoneInfo) -> PathRun:
    began_at = _began(now.astimezone(zone).date() - timedelta(days=done.days), done.clock, zone)
    paths = await library.paths(session, at=began_at)
    playbook = await session.get_one(Playbook, paths[done.code].version.playbook_id)
    return await record_run(
        session,
        playbook=playbook,
        version_number=paths[done.code].version.number,
        steps_mark=steps_mark(service.compiled(paths, done.code)),
        kind=done.kind,
        began_at=began_at,
        met=done.met,
        took=timedelta(minutes=done.minutes),
        by="planerare" if done.kind is RunKind.OUTSIDE else "",
        remark=done.remark,
        now=began_at + timedelta(hours=2),
        zone=zone,
    )


def _began(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """In office hours on a day when people work: that day, or the last before it."""
    began = datetime.combine(day, clock, zone)
    while time(7) <= clock < time(17) and not in_office_hours(began, zone):
        began -= timedelta(days=1)
    return began


def _find(session: AsyncSession, run: PathRun, retest: PathRun) -> None:
    for text in sorted(FOUND):
        session.add(
            PathFinding(
                playbook_id=run.playbook_id,
                run_id=run.id,
                text=text,
                found_at=run.began_at,
                found_by="planerare",
                closed_at=retest.noted_at,
                closed_by="planerare",
                retest_id=retest.id,
            )
        )
