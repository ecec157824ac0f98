"""What an alarm would say, word for word, before it is raised."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final

from alerting.gsm7 import Parts, parts
from alerting.plan import ChannelKind, Mode, Plan, StepPlan
from alerting.wording import Fields, Wording

SWEDISH: Final = "sv"


@dataclass(frozen=True, slots=True)
class Preview:
    """One text and the steps that send it."""

    steps: tuple[str, ...]  # titles
    sms: str
    size: Parts
    voice: str


def previews(
    plan: Plan, wording: Wording, *, mode: Mode, now: datetime, note: str = "", place: str = ""
) -> Iterator[Preview]:
    """Every text the plan would send; the same text with another way to answer is another text."""
    used: dict[tuple[str, str], list[StepPlan]] = {}
    for step in plan.steps:
        if not step.by_hand:
            used.setdefault((step.texts, step.ask), []).append(step)
    for steps in used.values():
        step = steps[0]
        fields = Fields(
            title=plan.title,
            code=plan.code,
            note=note,
            place=place,
            time=now,
            assembly=plan.assembly,
            step=step.title,
        )
        question = partial(
            wording.question,
            plan.texts[step.texts][SWEDISH],
            ask=step.ask,
            mode=mode,
            language=SWEDISH,
            fields=fields,
            letter=None,
            link="",
        )
        sms = question(channel=ChannelKind.SMS).body
        yield Preview(
            steps=tuple(each.title for each in steps),
            sms=sms,
            size=parts(sms),
            voice=question(channel=ChannelKind.VOICE).body,
        )
