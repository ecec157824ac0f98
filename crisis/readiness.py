"""Would an alarm right now get through? The one answer that the start page and `check` give."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from core.health import Probe, Probing
from core.language import gettext as _
from core.language import ngettext
from core.moments import filters
from playbooks import library
from rosters.readiness.service import Readiness, readiness

MOST_GAPS = 5  # told one by one


@dataclass(frozen=True, slots=True)
class Check:
    """One line: its verdict ("ok", "warn", "bad"), a sentence, and where to mend it."""

    status: str
    sentence: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    checks: tuple[Check, ...]

    @property
    def status(self) -> str:
        found = {each.status for each in self.checks}
        return next((each for each in ("bad", "warn") if each in found), "ok")


async def would_get_through(
    session: AsyncSession, *, probes: list[Probe], now: datetime, zone: ZoneInfo
) -> Answer:
    """The service, the alarm paths, the duty roster and the people's numbers, worst first."""
    found = await readiness(session, now=now, zone=zone)
    checks = [
        _service(probes),
        _paths(len(await library.paths(session, at=now))),
        *_gaps(found, now, zone),
        *_away(found, zone),
        *_people(found),
    ]
    order = ("bad", "warn", "ok")
    return Answer(tuple(sorted(checks, key=lambda each: order.index(each.status))))


async def asked(probing: list[Probing]) -> list[Probe]:
    return [await probe() for probe in probing]


def _service(probes: list[Probe]) -> Check:
    for probe in probes:
        if not probe.ok:
            return Check("bad", probe.detail or probe.name)
    return Check("ok", _("Databasen svarar och larmmotorn är igång."))


def _paths(count: int) -> Check:
    if not count:
        return Check("bad", _("Inga larmvägar är inlästa."), "/paths")
    words = ngettext("{count} larmväg är inläst.", "{count} larmvägar är inlästa.", count)
    return Check("ok", words.format(count=count), "/paths")


def _gaps(found: Readiness, now: datetime, zone: ZoneInfo) -> list[Check]:
    said = filters(zone.key)
    if not found.gaps:
        return [Check("ok", _("Jouren är bemannad de närmaste veckorna."), "/duty")]
    checks = []
    for gap in found.gaps[:MOST_GAPS]:
        sentence = _("{role} är obemannad {start} – {end}.").format(
            role=gap.role.code, start=said["moment"](gap.start), end=said["moment"](gap.end)
        )
        checks.append(Check("bad" if gap.start <= now else "warn", sentence, "/duty/gaps"))
    if more := len(found.gaps) - len(checks):
        words = ngettext("{count} lucka till i jouren.", "{count} luckor till i jouren.", more)
        checks.append(Check("warn", words.format(count=more), "/duty/gaps"))
    return checks


def _away(found: Readiness, zone: ZoneInfo) -> list[Check]:
    said = filters(zone.key)
    sentence = _("Den som har {role} {start} – {end} är frånvarande då.")
    return [
        Check(
            "warn",
            sentence.format(
                role=gap.role.code, start=said["moment"](gap.start), end=said["moment"](gap.end)
            ),
            "/duty/gaps",
        )
        for gap in found.away
    ]


def _people(found: Readiness) -> list[Check]:
    checks = []
    if found.unreachable:
        count = len(found.unreachable)
        words = ngettext(
            "{count} person på larmlistorna kan inte nås.",
            "{count} personer på larmlistorna kan inte nås.",
            count,
        )
        checks.append(Check("bad", words.format(count=count), "/readiness"))
    if found.weak:
        count = len(found.weak)
        words = ngettext(
            "{count} person nås bara på ett sätt.", "{count} personer nås bara på ett sätt.", count
        )
        checks.append(Check("warn", words.format(count=count), "/readiness"))
    if found.unproved:
        count = len(found.unproved)
        words = ngettext(
            "{count} person har inget nummer som visat sig fungera på länge.",
            "{count} personer har inget nummer som visat sig fungera på länge.",
            count,
        )
        checks.append(Check("warn", words.format(count=count), "/readiness"))
    if not checks:
        checks.append(Check("ok", _("Alla på larmlistorna kan nås."), "/readiness"))
    return checks
