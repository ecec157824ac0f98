"""The second light: those whom the path calls have read their part, and know who is calling."""

from dataclasses import dataclass

from core.language import gettext as _
from core.language import ngettext
from playbooks.document import LightRules
from playbooks.lights.models import Light, LightKind
from playbooks.lights.standing import Next, Standing
from playbooks.receipts.knowing import Knower, Knowing


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What the second light looks at."""

    code: str
    number: int
    rules: LightRules
    knowing: Knowing
    calls_nobody: bool  # every step is done by hand: there is no part to read
    owner: str  # the post
    holders: int  # how many hold it today
    gone_through: int  # how many of them have themselves approved or reviewed this version

    @property
    def receipts(self) -> str:
        return f"/receipts/{self.code}"


def known(facts: Knowledge) -> Standing:
    if facts.calls_nobody:
        return _known_by_owner(facts)
    people, rules = facts.knowing.people, facts.rules
    if not people:
        why = _("Larmvägen når ingen: ingen finns i dag på de platser den kallar.")
        todo = Next(_("Sätt folk på larmvägens platser."), f"/paths/{facts.code}/people")
        return Standing(LightKind.KNOWN, Light.RED, _("0 av 0"), why, todo)
    good = sum(knows(each, rules) for each in people)
    figure = _("{good} av {all}").format(good=good, all=len(people))
    share = 100 * good
    light = Light.GREEN if share >= rules.known * len(people) else Light.AMBER
    if light is Light.AMBER and share < rules.nearly_known * len(people):
        light = Light.RED
    if good == len(people):
        why = _("Alla som larmvägen kallar har läst sin del och vet vem som ringer.")
        return Standing(LightKind.KNOWN, light, figure, why)
    return Standing(LightKind.KNOWN, light, figure, _lacking(facts), _todo(facts))


def knows(person: Knower, rules: LightRules) -> bool:
    return (
        person.confirmed_at is not None
        and (person.number_saved or not rules.saved_number)
        and (person.introduced or not rules.introduced)
    )


def _unread(facts: Knowledge) -> int:
    return sum(each.confirmed_at is None for each in facts.knowing.people)


def _changed_unread(facts: Knowledge) -> int:
    """Of those whose part the version in force has changed."""
    return sum(each.anew and each.confirmed_at is None for each in facts.knowing.people)


def _unsaved(facts: Knowledge) -> int:
    return facts.rules.saved_number * sum(not each.number_saved for each in facts.knowing.people)


def _unmet(facts: Knowledge) -> int:
    return facts.rules.introduced * sum(not each.introduced for each in facts.knowing.people)


def _lacking(facts: Knowledge) -> str:
    """What is lacking, and for how many: everything in one sentence."""
    parts = []
    changed = _changed_unread(facts)
    if changed:
        words = _("{count} av de {all} som har fått en ändrad del har inte läst den")
        parts.append(words.format(count=changed, all=facts.knowing.changed))
    for count, words in (
        (_unread(facts) - changed, _("{count} har inte läst sin del")),
        (_unsaved(facts), _("{count} har inte sparat numret")),
        (_unmet(facts), _("{count} har inte fått en genomgång")),
    ):
        if count:
            parts.append(words.format(count=count))
    said = _(" och ").join(filter(None, (", ".join(parts[:-1]), parts[-1])))
    return _("Larmvägen kallar {all}: {lacking}.").format(
        all=len(facts.knowing.people), lacking=said
    )


def _todo(facts: Knowledge) -> Next:
    """The first of what is lacking: reading comes before saving a number."""
    if count := _unread(facts):
        words = ngettext(
            "Påminn {count} om att läsa sin del.", "Påminn {count} om att läsa sin del.", count
        )
    elif count := _unsaved(facts):
        words = ngettext("Be {count} spara larmnumret.", "Be {count} spara larmnumret.", count)
    else:
        count = _unmet(facts)
        words = ngettext(
            "Ha en genomgång med {count} person.", "Ha en genomgång med {count} personer.", count
        )
    return Next(words.format(count=count), facts.receipts)


def _known_by_owner(facts: Knowledge) -> Standing:
    """Nobody gets a part of it to read, so the one who answers for it has to know it.

    The post may change hands: whoever takes it over has to go through it anew.
    """
    say = {"owner": facts.owner, "number": facts.number}
    figure = _("{good} av {all}").format(good=facts.gone_through, all=facts.holders)
    if facts.gone_through:
        why = _("Larmvägen ringer ingen. {owner} har själv gått igenom version {number}.")
        return Standing(LightKind.KNOWN, Light.GREEN, figure, why.format(**say))
    why = _("Larmvägen ringer ingen, och den som i dag är {owner} har inte gått igenom den.")
    todo = Next(_("{owner} går igenom larmvägen.").format(**say), f"/paths/{facts.code}")
    return Standing(LightKind.KNOWN, Light.RED, figure, why.format(**say), todo)
