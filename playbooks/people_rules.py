"""Rules about whom a step reaches, through what, and how many of them must accept."""

from collections.abc import Iterator
from datetime import timedelta

from alerting.plan import ChannelKind, Order, Target, TargetKind
from core.language import gettext as _
from playbooks.document import BY_HAND, Step
from playbooks.findings import Case, Finding, Rule
from playbooks.notation import write_target
from playbooks.reading import Level, Place


def targets_exist(case: Case) -> Iterator[Finding]:
    places: list[tuple[Place, Target]] = [(("owner",), case.path.owner)]
    places += [(("last_resort", at), target) for at, target in enumerate(case.path.last_resort)]
    for place, step in case.steps():
        several = len(step.target) > 1
        places += [
            ((*place, "target", at) if several else (*place, "target"), target)
            for at, target in enumerate(step.target)
        ]
    for place, target in places:
        if not case.organisation.knows(target):
            sentence = _("{target} finns inte i organisationen.")
        elif not case.organisation.members(target):
            sentence = _("{target} är tom: ingen aktiv person står i listan.")
        else:
            continue
        yield Finding(place, sentence.format(target=write_target(target)))


def steps_are_one_kind(case: Case) -> Iterator[Finding]:
    """An operator's task and people who are called cannot share a step."""
    for place, step in case.steps():
        if step.by_hand and any(target.kind not in BY_HAND for target in step.target):
            yield Finding(
                (*place, "target"),
                _(
                    "Steget blandar personer som larmas med sådant som görs för hand: dela det i två."
                ),
            )
        if step.by_hand and step.channels:
            yield Finding(
                (*place, "channels"),
                _("Steget görs för hand av operatören: ta bort channels."),
            )


def channels_allowed(case: Case) -> Iterator[Finding]:
    forbidden = set(case.path.forbidden_channels)
    for place, step in case.steps():
        for channel in sorted(forbidden & _channels(step)):
            yield Finding(
                (*place, "channels"),
                _("Kanalen {channel} får inte användas i den här larmvägen.").format(
                    channel=channel
                ),
            )
    for place, sub_path in case.sub_paths():
        called = case.paths.get(sub_path.run)
        used = {
            channel
            for step in (called.steps if called else ())
            if isinstance(step, Step)
            for channel in _channels(step)
        }
        for channel in sorted(forbidden & used):
            yield Finding(
                (*place, "run"),
                _("{code} använder kanalen {channel}, som inte får användas här.").format(
                    code=sub_path.run, channel=channel
                ),
            )


def needs_can_be_met(case: Case) -> Iterator[Finding]:
    earlier: dict[str, Step] = {}
    for at, step in case.steps():
        place = (*at, "need")
        unknown = [name for name in step.need.total_with if name not in earlier]
        for name in unknown:
            yield Finding(place, _("need: ”{name}” är inget tidigare steg.").format(name=name))
        steps = [step, *(earlier[name] for name in step.need.total_with if name in earlier)]
        asked = frozenset[str]().union(
            *(case.organisation.members(target) for each in steps for target in each.target)
        )
        needed = step.need.count or 0
        if needed > len(asked) and asked and not unknown:
            uncertain = any(
                target.kind is TargetKind.DUTY for each in steps for target in each.target
            )
            yield Finding(
                place,
                _("need: {needed} behövs, men steget når bara {asked}.").format(
                    needed=needed, asked=len(asked)
                ),
                Level.WARNING if uncertain else Level.MISTAKE,
            )
        earlier[step.name] = step


def waves_fit_in_time(case: Case) -> Iterator[Finding]:
    """A wave that begins after the step's time is out is never sent."""
    for place, step in case.steps():
        starts = timedelta()
        for waves in step.waves:
            starts += waves.wave.wait * waves.times
        last = step.waves[-1].wave.wait if step.waves else timedelta()
        if step.within and step.ordered is Order.ALL_AT_ONCE and starts - last >= step.within:
            yield Finding(
                (*place, "within"),
                _("within: tiden är slut innan den sista omgången skickas."),
                Level.WARNING,
            )


def sites_can_be_excluded(case: Case) -> Iterator[Finding]:
    for place, step in case.steps():
        if step.exclude_site and not case.path.exclude_site:
            yield Finding(
                (*place, "exclude_site"),
                _(
                    "exclude_site: sätt det på hela larmvägen, annars frågas ingen vilken plats det är."
                ),
            )


def _channels(step: Step) -> set[ChannelKind]:
    return {channel for waves in step.waves for channel in waves.wave.channels}


PEOPLE_RULES: tuple[Rule, ...] = (
    targets_exist,
    steps_are_one_kind,
    channels_allowed,
    needs_can_be_met,
    waves_fit_in_time,
    sites_can_be_excluded,
)
