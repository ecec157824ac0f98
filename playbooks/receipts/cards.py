"""Somebody's card in plain words: who calls, what it says, what to answer, where to go."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from alerting.plan import Ask, ChannelKind, Mode, Order, Plan, StepPlan
from alerting.wording import Fields, Wording
from core.language import gettext as _
from core.language import use_language
from core.moments import span
from playbooks.receipts.parts import Part, PartStep
from playbooks.sayings import Names, Said, said


@dataclass(frozen=True, slots=True)
class Reply:
    """One thing to answer: the word of a text or the key of a call, and what it says."""

    key: str
    means: str


@dataclass(frozen=True, slots=True)
class CardStep:
    """One step that can call the person."""

    words: Said
    sms: str  # as it is sent; "" when this step sends none
    sms_exercise: str
    voice: str
    mail: bool
    by_sms: Sequence[Reply]
    by_key: Sequence[Reply]
    place: str
    silence: str  # what happens when nobody answers
    if_unable: str
    left_alone: bool  # when it is their own site that is hit


def card(
    part: Part, plan: Plan, names: Names, wording: Wording, *, language: str, now: datetime
) -> tuple[CardStep, ...]:
    """The steps of a part, with texts in the language that they are sent in."""
    sayings = {each.name: each for each in said(plan, names)}
    shown = partial(_shown, plan=plan, wording=wording, language=language, now=now)
    return tuple(shown(each, sayings[each.step.name]) for each in part.steps)


def _shown(
    each: PartStep, words: Said, *, plan: Plan, wording: Wording, language: str, now: datetime
) -> CardStep:
    step = each.step
    language = language if language == "en" and "en" in each.texts else "sv"
    used = {channel for wave in step.waves for channel in wave.channels}
    text = partial(_text, each, plan, wording, language=language, now=now)
    sms, voice = ChannelKind.SMS in used, ChannelKind.VOICE in used
    with use_language(language):
        example = _("Strömavbrott i Dalby")
    return CardStep(
        words=words,
        sms=text(ChannelKind.SMS, Mode.LIVE) if sms else "",
        sms_exercise=text(ChannelKind.SMS, Mode.EXERCISE, example) if sms else "",
        voice=text(ChannelKind.VOICE, Mode.LIVE) if voice else "",
        mail=ChannelKind.MAIL in used,
        by_sms=sms_replies(step.ask, language) if sms else (),
        by_key=key_replies(step.ask) if voice else (),
        place=each.place,
        silence=silence(step),
        if_unable=if_unable(step),
        left_alone=step.exclude,
    )


def _text(
    each: PartStep,
    plan: Plan,
    wording: Wording,
    channel: ChannelKind,
    mode: Mode,
    note: str = "",
    *,
    language: str,
    now: datetime,
) -> str:
    """Word for word what would be sent, but for what the one who raises the alarm adds."""
    fields = Fields(
        title=plan.title,
        code=plan.code,
        note=note,
        time=now,
        assembly=plan.assembly,
        step=each.step.title,
    )
    return wording.question(
        each.texts["en"] if language == "en" else each.texts["sv"],
        channel=channel,
        ask=each.step.ask,
        mode=mode,
        language=language,
        fields=fields,
        letter=None,
        link="",
    ).body


def sms_replies(ask: Ask, language: str) -> tuple[Reply, ...]:
    """The words as the text itself names them, in the language that it is sent in."""
    yes, no, got = ("OK", "NO", "RECEIVED") if language == "en" else ("JA", "NEJ", "MOTTAGET")
    if ask is Ask.RECEIVED:
        return (Reply(got, _("du har tagit emot det")),)
    if ask is Ask.SPOKEN:
        return Reply(yes, _("du kan ta ett samtal nu")), Reply(no, _("du kan inte"))
    return (
        Reply(yes, _("du kommer")),
        Reply(no, _("du kan inte")),
        Reply("30", _("du kommer om 30 minuter")),
    )


def key_replies(ask: Ask) -> tuple[Reply, ...]:
    again = Reply("3", _("hör en gång till"))
    if ask is Ask.RECEIVED:
        return Reply("1", _("du har tagit emot det")), again
    yes = _("du kan ta ett samtal nu") if ask is Ask.SPOKEN else _("du kommer")
    return Reply("1", yes), Reply("2", _("du kan inte")), again


def silence(step: StepPlan) -> str:
    """What happens when the person says nothing, and after how long."""
    tried = sum((wave.wait for wave in step.waves), timedelta(0))
    if step.order is Order.ONE_BY_ONE:
        said = _("Svarar du inte inom {time} frågas nästa person.")
        return said.format(time=span(tried))
    after = min(tried, step.within) if step.within else tried
    said = _("Vi försöker igen. Efter {time} går larmet vidare utan dig.")
    return said.format(time=span(after))


def if_unable(step: StepPlan) -> str:
    if step.ask is Ask.RECEIVED:
        return _("Säg nej genast, med sms eller i samtalet, så går larmet vidare.")
    return _("Säg nej genast. Då vet vi det, och någon annan hinner frågas.")
