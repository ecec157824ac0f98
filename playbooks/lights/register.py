"""The register: all paths with their lights, filtered and sorted, on a page or in a file."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from core.errors import Refused
from core.language import gettext as _
from core.language import ngettext
from playbooks.lights.instants import instant
from playbooks.lights.models import Light, LightKind
from playbooks.lights.service import WRITTEN_WITHIN, PathLights, lights_at
from playbooks.lights.standing import Standing
from playbooks.lights.words import kind_word, question_word
from rosters.tables import write_csv

STATUS = {Light.GREEN: "ok", Light.AMBER: "warn", Light.RED: "bad", None: "neutral"}


class Asked(BaseModel):
    """What stands in the address: what it does not know is no filter."""

    at: str = ""
    light: str = ""
    status: str = ""
    sort: str = "worst"

    @property
    def address(self) -> str:
        return urlencode({name: value for name, value in self.model_dump().items() if value})

    def shows(self, path: PathLights) -> bool:
        if self.status not in list(Light):
            return True
        kinds = [self.light] if self.light in list(LightKind) else list(LightKind)
        return any(path.of(LightKind(kind)).light == self.status for kind in kinds)

    def ordered(self, paths: Sequence[PathLights]) -> list[PathLights]:
        """By code, or the worst first: by its reddest light, then by how many are red or amber."""
        if self.sort == "code":
            return list(paths)
        return sorted(paths, key=lambda path: sorted(each.severity for each in path.standings))


@dataclass(frozen=True, slots=True)
class Total:
    kind: LightKind
    label: str
    green: int
    amber: int
    red: int
    of: int

    @property
    def status(self) -> str:
        if self.red:
            return "bad"
        return "warn" if self.amber else "ok"

    @property
    def hint(self) -> str:
        red = ngettext("{count} röd", "{count} röda", self.red).format(count=self.red)
        amber = ngettext("{count} gul", "{count} gula", self.amber).format(count=self.amber)
        return _("{red}, {amber}").format(red=red, amber=amber)


@dataclass(frozen=True, slots=True)
class Register:
    asked: Asked
    at: datetime  # local
    today: date  # of that instant
    past: bool
    coming: bool
    paths: tuple[PathLights, ...]  # those that are shown
    totals: tuple[Total, ...]  # of all
    errors: dict[str, str]


async def register(
    session: AsyncSession, asked: Asked, *, now: datetime, zone: ZoneInfo
) -> Register:
    """Lights of now, and a sentence, where the instant cannot be understood."""
    errors: dict[str, str] = {}
    try:
        at = instant(asked.at, now=now, zone=zone)
    except Refused as refusal:
        at, errors = now, {refusal.field: refusal.sentence}
    found = await lights_at(session, at=at, now=now, zone=zone)
    return Register(
        asked=asked,
        at=at.astimezone(zone),
        today=at.astimezone(zone).date(),
        past=at < now - WRITTEN_WITHIN,
        coming=at > now,
        paths=tuple(each for each in asked.ordered(found) if asked.shows(each)),
        totals=tuple(_total(kind, found) for kind in LightKind),
        errors=errors,
    )


def _total(kind: LightKind, paths: Sequence[PathLights]) -> Total:
    lights = [path.of(kind).light for path in paths]
    green, amber, red = (lights.count(each) for each in (Light.GREEN, Light.AMBER, Light.RED))
    return Total(kind, question_word(kind), green, amber, red, len(lights))


def as_csv(found: Register) -> bytes:
    header = [_("Kod"), _("Larmväg"), _("Version"), _("Ägare")]
    for kind in LightKind:
        header += [kind_word(kind), _("Siffra"), _("Varför")]
    header += [_("Att göra härnäst"), _("Gäller")]
    told = f"{found.at:%Y-%m-%d %H:%M}"
    return write_csv(header, ([*_cells(path, found.today), told] for path in found.paths))


def _cells(path: PathLights, today: date) -> list[str]:
    document, todo = path.loaded.document, path.next
    cells = [document.code, document.title, str(path.loaded.version.number), path.owner]
    for each in path.standings:
        cells += _three(each, today)
    return [*cells, todo.sentence if todo else ""]


def _three(standing: Standing, today: date) -> tuple[str, str, str]:
    return standing.word, standing.figure_on(today), standing.why
