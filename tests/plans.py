"""Short ways to write the plan of an alarm in a test."""

from datetime import timedelta
from uuid import UUID

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

TEXTS = Texts(
    sms="{title}. {note}", voice="{title}. {note}", subject="{title}", mail="{title}. {note}"
)
BOTH = (ChannelKind.VOICE, ChannelKind.SMS)
MINUTE = timedelta(minutes=1)


def wave(*channels: ChannelKind, wait: timedelta = 3 * MINUTE) -> Wave:
    return Wave(channels=channels or BOTH, wait=wait)


def step(
    name: str,
    *targets: str,
    need: int | Need = 1,
    order: Order = Order.ALL_AT_ONCE,
    waves: tuple[Wave, ...] | None = None,
    start: Start | None = None,
    otherwise: Otherwise | None = None,
    within: timedelta | None = None,
    ask: Ask = Ask.COMING,
    gate: str | None = None,
    exclude: bool = False,
) -> StepPlan:
    """A step; targets are written "duty:TIB", "group:stab", "manual:Rakel"."""
    aims = tuple(_target(each) for each in targets)
    by_hand = any(aim.kind in {TargetKind.EXTERNAL, TargetKind.MANUAL} for aim in aims)
    return StepPlan(
        name=name,
        title=name.capitalize(),
        targets=aims,
        order=order,
        waves=() if by_hand else waves or (wave(), wave(ChannelKind.VOICE)),
        need=Need(count=need) if isinstance(need, int) else need,
        within=within,
        start=start or Start(kind=StartKind.AT_ONCE),
        otherwise=otherwise or Otherwise(),
        ask=ask,
        gate=gate,
        exclude=exclude,
        texts="main",
    )


def after(name: str) -> Start:
    return Start(kind=StartKind.AFTER, step=name)


def if_fails(name: str) -> Start:
    return Start(kind=StartKind.IF_FAILS, step=name)


def plan(
    *steps: StepPlan, code: str = "LV-99", title: str = "Provlarm", texts: Texts = TEXTS
) -> Plan:
    return Plan(
        code=code,
        title=title,
        version=1,
        version_id=UUID(int=99),
        goal="",
        assembly="Kristallen",
        steps=steps,
        texts={"main": {"sv": texts}},
    )


def _target(words: str) -> Target:
    kind, _sep, code = words.partition(":")
    return Target(kind=TargetKind(kind), code=code)
