"""Rules of an action card: its roles, its paths, its sections and its deadlines."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from alerting.plan import Target
from core.language import gettext as _
from playbooks.cards.document import Card, CardLine, Section
from playbooks.findings import Finding
from playbooks.notation import write_duration, write_target
from playbooks.organisation import Organisation
from playbooks.reading import Level, Place


@dataclass(frozen=True, slots=True)
class CardCase:
    """One card to be judged, the codes of all paths, and the organisation."""

    card: Card
    paths: frozenset[str]
    organisation: Organisation

    def lines(self) -> Iterator[tuple[Place, CardLine]]:
        for part_at, part in enumerate(self.card.parts):
            for at, line in enumerate(part.lines):
                yield ("parts", part_at, "lines", at), line


def roles_exist(case: CardCase) -> Iterator[Finding]:
    places: list[tuple[Place, Target]] = [(("owner",), case.card.owner)]
    places += [((*place, "role"), line.role) for place, line in case.lines() if line.role]
    for place, target in places:
        yield from missing(case.organisation, place, target)


def missing(organisation: Organisation, place: Place, target: Target) -> Iterator[Finding]:
    """What is said of a target that does not exist, or that nobody is in."""
    if not organisation.knows(target):
        sentence = _("{target} finns inte i organisationen.")
    elif not organisation.members(target):
        sentence = _("{target} är tom: ingen aktiv person står i listan.")
    else:
        return
    yield Finding(place, sentence.format(target=write_target(target)))


def paths_exist(case: CardCase) -> Iterator[Finding]:
    for at, code in enumerate(case.card.paths):
        if code not in case.paths:
            yield Finding(("paths", at), _("Larmvägen {code} finns inte.").format(code=code))


def sections_stand_once(case: CardCase) -> Iterator[Finding]:
    seen: set[Section] = set()
    for at, part in enumerate(case.card.parts):
        if part.section in seen:
            sentence = _("Avsnittet ”{section}” finns redan: lägg raderna där.")
            yield Finding(("parts", at, "section"), sentence.format(section=part.section.value))
        seen.add(part.section)


def deadlines_follow(case: CardCase) -> Iterator[Finding]:
    """Within a section the lines stand in the order in which they are due."""
    for part_at, part in enumerate(case.card.parts):
        before = timedelta()
        for at, line in enumerate(part.lines):
            if line.within and line.within < before:
                yield Finding(
                    ("parts", part_at, "lines", at, "within"),
                    _("Raden ska vara klar inom {time}, men en rad före den får ta längre.").format(
                        time=write_duration(line.within)
                    ),
                    Level.WARNING,
                )
            before = max(before, line.within or before)


def there_is_something_to_do(case: CardCase) -> Iterator[Finding]:
    """Triggers say when the card is used; a card of nothing else has no line to tick off."""
    if all(not part.section.to_do for part in case.card.parts):
        yield Finding(("parts",), _("Kortet har inget att göra: bara utlösare."))


CardRule = Callable[[CardCase], Iterator[Finding]]
CARD_RULES: tuple[CardRule, ...] = (
    roles_exist,
    paths_exist,
    sections_stand_once,
    deadlines_follow,
    there_is_something_to_do,
)
