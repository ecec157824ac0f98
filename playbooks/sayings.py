"""A plan in plain sentences: whom a step asks, how, how many must say yes, and when."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from alerting.plan import (
    Ask,
    ChannelKind,
    Need,
    Order,
    OtherwiseKind,
    Plan,
    StartKind,
    StepPlan,
    Target,
    TargetKind,
    Wave,
)
from core.language import gettext as _
from core.moments import span
from rosters.duty.models import DutyRole
from rosters.models import CallList, Person

Names = Mapping[tuple[TargetKind, str], str]


async def names_of(session: AsyncSession) -> Names:
    """What each target is called; a protected person by title."""
    names: dict[tuple[TargetKind, str], str] = {}
    for code, name in await session.execute(select(DutyRole.code, DutyRole.name)):
        names[TargetKind.DUTY, code] = name
    for kind, code, name in await session.execute(
        select(CallList.kind, CallList.code, CallList.name)
    ):
        names[TargetKind(kind.value), code] = name
    for person in await session.scalars(select(Person)):
        called = person.title or person.ref if person.protected else person.name
        names[TargetKind.PERSON, person.ref] = names[TargetKind.EXTERNAL, person.ref] = called
    return names


@dataclass(frozen=True, slots=True)
class Said:
    """One step in words."""

    name: str
    title: str
    whom: str
    how: str
    need: str
    when: str
    otherwise: str
    answer: str
    gate: str
    note: str
    path: str  # the code of the sub-path it belongs to, "" for the path itself


def said(plan: Plan, names: Names) -> tuple[Said, ...]:
    """Every step of the plan in words, in order."""
    return tuple(_say(step, plan, names) for step in plan.steps)


def _say(step: StepPlan, plan: Plan, names: Names) -> Said:
    return Said(
        name=step.name,
        title=step.title,
        whom=whom(step, names),
        how=waves_in_words(step.waves) if not step.by_hand else _("Operatören gör det för hand"),
        need=need_in_words(step.need, step.within, plan),
        when=when(step, plan),
        otherwise=otherwise_in_words(step, plan),
        answer=answer_in_words(step.ask),
        gate=step.gate or "",
        note=step.note,
        path=step.name.rpartition("/")[0],
    )


def called(target: Target, names: Names) -> str:
    if target.kind is TargetKind.MANUAL:
        return target.code
    return names.get((target.kind, target.code), target.code)


def whom(step: StepPlan, names: Names) -> str:
    listed = ", ".join(called(target, names) for target in step.targets)
    if step.by_hand:
        return listed
    if step.order is Order.ONE_BY_ONE:
        return _("{people}, en i taget").format(people=listed)
    alone = len(step.targets) == 1 and step.targets[0].kind in {TargetKind.PERSON, TargetKind.DUTY}
    return listed if alone else _("{people}, alla på en gång").format(people=listed)


def channels_in_words(channels: Sequence[ChannelKind]) -> str:
    words = {ChannelKind.VOICE: _("samtal"), ChannelKind.SMS: _("sms"), ChannelKind.MAIL: _("mejl")}
    return _(" och ").join(words[channel] for channel in channels)


def waves_in_words(waves: Sequence[Wave]) -> str:
    """For instance: Samtal och sms, väntar 3 min; sedan samtal 2 gånger, väntar 1 min."""
    parts = []
    for wave, same in groupby(waves):
        times = len(list(same))
        how = channels_in_words(wave.channels)
        if times > 1:
            how = _("{channels} {times} gånger").format(channels=how, times=times)
        parts.append(_("{channels}, väntar {wait}").format(channels=how, wait=span(wave.wait)))
    text = _("; sedan ").join(parts)
    return text[:1].upper() + text[1:]


def need_in_words(need: Need, within: timedelta | None, plan: Plan) -> str:
    if need.percent == 100:
        text = _("Alla behövs")
    elif need.percent is not None:
        text = _("{percent} % behövs").format(percent=need.percent)
    elif need.total_with:
        others = _(" och ").join(f"”{plan.step(name).title}”" for name in need.total_with)
        text = _("{count} behövs tillsammans med {others}").format(count=need.count, others=others)
    else:
        text = _("{count} behövs").format(count=need.count)
    if within:
        return _("{need} inom {time}").format(need=text, time=span(within))
    return text


def when(step: StepPlan, plan: Plan) -> str:
    start = step.start
    before = plan.step(start.step).title if start.step else ""
    return {
        StartKind.AT_ONCE: _("Genast"),
        StartKind.WITH: _("Samtidigt som ”{step}”").format(step=before),
        StartKind.AFTER: _("Efter ”{step}”").format(step=before),
        StartKind.IF_FAILS: _("Om ”{step}” inte räcker").format(step=before),
        StartKind.AFTER_TIME: _("Efter {time}").format(time=span(start.delay)),
        StartKind.BY_HAND: _("När operatören startar det"),
    }[start.kind]


def otherwise_in_words(step: StepPlan, plan: Plan) -> str:
    otherwise = step.otherwise
    if otherwise.kind is OtherwiseKind.NEXT or otherwise.step is None:
        return ""
    times = otherwise.times
    if otherwise.step == step.name:
        return _("Räcker det inte börjar steget om, högst {times} gånger").format(times=times)
    to = plan.step(otherwise.step).title
    if _is_back(step, otherwise.step, plan):
        return _("Räcker det inte går kedjan tillbaka till ”{step}”, högst {times} gånger").format(
            step=to, times=times
        )
    return _("Räcker det inte går kedjan till ”{step}”").format(step=to)


def answer_in_words(ask: Ask) -> str:
    return {
        Ask.COMING: _("Svarar om de kommer"),
        Ask.RECEIVED: _("Kvitterar att de har fått det"),
        Ask.SPOKEN: _("Räknas när någon har talat med personen"),
    }[ask]


def _is_back(step: StepPlan, to: str, plan: Plan) -> bool:
    order = [each.name for each in plan.steps]
    return order.index(to) <= order.index(step.name)
