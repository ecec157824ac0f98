"""What somebody may see of a person: least privilege, for a roster can itself be secret."""

from dataclasses import dataclass
from uuid import UUID

from core.language import gettext as _
from core.models import Role, User
from rosters.models import Person, Unit
from rosters.numbers import as_read


@dataclass(frozen=True, slots=True)
class Seen:
    """A person as a list shows them; `url` is empty when the page is not for this reader."""

    name: str
    title: str
    url: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Look:
    """How a state is shown: its status as badges say it, and its word."""

    status: str
    word: str


def sees_numbers(user: User) -> bool:
    """Numbers are for those who call and those who keep them right."""
    return user.may(Role.DUTY_OFFICER) or user.may(Role.PLANNER)


def sees_protected(user: User) -> bool:
    return user.may(Role.PLANNER)


def seen(person: Person, user: User, units: dict[UUID, Unit]) -> Seen:
    """The protected are nobody by name except to planners: a switchboard leads to them."""
    if not person.protected:
        return Seen(person.name, person.title, f"/people/{person.id}")
    unit = units.get(person.unit_id) if person.unit_id else None
    way = _("Nås via växeln")
    if unit is not None and unit.switchboard:
        way = _("Nås via växeln {number}").format(number=as_read(unit.switchboard))
    if sees_protected(user):
        return Seen(person.name, person.title, f"/people/{person.id}", way)
    return Seen(_("Skyddad person"), unit.name if unit else "", "", way)
