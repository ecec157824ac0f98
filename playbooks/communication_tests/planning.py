"""The plan of a test, made from the path's own: all are asked at once, for nothing but an answer."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from alerting.plan import (
    Ask,
    ChannelKind,
    Need,
    Order,
    Otherwise,
    Plan,
    Start,
    StartKind,
    StepPlan,
    Target,
    TargetKind,
    Texts,
    Wave,
)
from core.language import gettext as _
from core.language import use_language

AGAIN_AFTER = timedelta(minutes=10)  # whoever is silent is tried once more, at the next number
TEXTS = "communication test"
_EVERYONE = Need(percent=100)


def called_steps(plan: Plan) -> tuple[StepPlan, ...]:
    """The steps that call people, in order.

    A sub-path that waits for a hand or a decision is left to its own test; the path's own steps
    are tested behind a gate too, for nothing else would test those whom they call.
    """
    return tuple(
        step
        for step in plan.steps
        if not step.by_hand and not ("/" in step.name and _waits(step, plan))
    )


def _waits(step: StepPlan, plan: Plan) -> bool:
    """True when the step, or one that it follows in a sub-path, waits for a hand or a decision."""
    seen: set[str] = set()
    while "/" in step.name and step.name not in seen:
        seen.add(step.name)
        if step.gate or step.start.kind is StartKind.BY_HAND:
            return True
        if step.start.step is None:
            return False
        step = plan.step(step.start.step)
    return False


def channels_of(plan: Plan) -> tuple[ChannelKind, ...]:
    """Every channel that a tested step of the path uses."""
    used = {
        channel for step in called_steps(plan) for wave in step.waves for channel in wave.channels
    }
    return tuple(channel for channel in ChannelKind if channel in used)


def plan_of_test(plan: Plan, asked: Mapping[str, Sequence[str]], *, lasts: timedelta) -> Plan:
    """What is really sent: by step, the refs of those who are asked. Steps of nobody fall away."""
    channels = channels_of(plan)
    waves = (Wave(channels=channels, wait=AGAIN_AFTER), Wave(channels=channels, wait=lasts))
    steps = tuple(
        StepPlan(
            name=step.name,
            title=step.title,
            targets=tuple(Target(kind=TargetKind.PERSON, code=ref) for ref in asked[step.name]),
            order=Order.ALL_AT_ONCE,
            waves=waves,
            need=_EVERYONE,
            within=None,
            start=Start(kind=StartKind.AT_ONCE),
            otherwise=Otherwise(),
            ask=Ask.RECEIVED,
            texts=TEXTS,
        )
        for step in called_steps(plan)
        if asked.get(step.name)
    )
    with use_language("sv"):
        title = _("Kommunikationsprov: {title}").format(title=plan.title)
    return Plan(
        code=plan.code,
        title=title,
        version=plan.version,
        version_id=plan.version_id,
        goal=plan.goal,
        assembly="",
        steps=steps,
        texts={TEXTS: {"sv": _texts("sv"), "en": _texts("en")}},
    )


def _texts(language: str) -> Texts:
    with use_language(language):
        said = _("Prov av larmvägen {code}. Inget har hänt.")
        return Texts(
            sms=said,
            voice=_("Det här är ett prov av en larmväg. Inget har hänt."),
            subject=_("Prov av larmvägen {code}"),
            mail=_(
                "Prov av larmvägen {code}, {title}. Inget har hänt. Svara bara att du har fått det här."
            ),
        )
