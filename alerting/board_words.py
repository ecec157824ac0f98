"""How states are called on the board: a word, a status colour and an icon, never colour alone."""

from dataclasses import dataclass

from alerting.models import AlarmState, CallIn, CallInState, StepState
from alerting.plan import Ask, ChannelKind, StepPlan
from core.language import gettext as _


@dataclass(frozen=True, slots=True)
class Look:
    word: str
    status: str  # ok, warn, bad, info, neutral
    icon: str


def alarm_look(state: AlarmState) -> Look:
    return {
        AlarmState.RUNNING: Look(_("Pågår"), "info", "loader"),
        AlarmState.MET: Look(_("Alla behov nådda"), "ok", "circle-check"),
        AlarmState.UNMET: Look(_("Behov saknas"), "bad", "octagon-alert"),
        AlarmState.CLOSED: Look(_("Avslutat"), "neutral", "flag"),
        AlarmState.CALLED_OFF: Look(_("Återkallat"), "neutral", "ban"),
    }[state]


def step_look(state: StepState, *, alarm_open: bool = True) -> Look:
    if not alarm_open and state is StepState.ASKING:
        return Look(_("Avbröts"), "neutral", "flag")
    if not alarm_open and state in {StepState.WAITING, StepState.HELD}:
        return Look(_("Började aldrig"), "neutral", "circle-minus")
    return {
        StepState.WAITING: Look(_("Inte börjat"), "neutral", "hourglass"),
        StepState.HELD: Look(_("Väntar på beslut"), "warn", "circle-pause"),
        StepState.ASKING: Look(_("Pågår"), "info", "loader"),
        StepState.MET: Look(_("Behovet nått"), "ok", "circle-check"),
        StepState.UNMET: Look(_("Behovet inte nått"), "bad", "octagon-alert"),
        StepState.EMPTY: Look(_("Ingen att larma"), "bad", "octagon-alert"),
        StepState.NOT_NEEDED: Look(_("Behövs inte"), "neutral", "circle-minus"),
        StepState.SKIPPED: Look(_("Hoppades över"), "neutral", "skip-forward"),
    }[state]


def call_in_look(call_in: CallIn) -> Look:
    """What the row of a person says."""
    if call_in.state is CallInState.ACCEPTED:
        return Look(accepted_word(call_in.ask, by_hand=call_in.by_hand), "ok", "circle-check")
    if call_in.state is CallInState.ASKED:
        return _asked_look(call_in)
    if call_in.state is CallInState.DECLINED and call_in.ask is Ask.SPOKEN:
        return Look(_("Förhindrad"), "bad", "circle-x")
    return {
        CallInState.QUEUED: Look(_("På tur"), "neutral", "hourglass"),
        CallInState.DECLINED: Look(_("Kan inte"), "bad", "circle-x"),
        CallInState.SILENT: Look(_("Inget svar"), "warn", "phone-missed"),
        CallInState.UNREACHABLE: Look(_("Går inte att nå"), "bad", "phone-off"),
        CallInState.STOOD_DOWN: Look(_("Behövs inte"), "neutral", "circle-minus"),
        CallInState.RELEASED: Look(_("Släppt"), "neutral", "user-minus"),
    }[call_in.state]


def _asked_look(call_in: CallIn) -> Look:
    if call_in.by_hand:
        return Look(_("Gör för hand"), "warn", "hand")
    if call_in.ask is Ask.SPOKEN and call_in.answer is not None:
        return Look(_("Svarade: tala med"), "warn", "phone-call")
    return Look(_("Väntar på svar"), "neutral", "clock")


def accepted_word(ask: Ask, *, by_hand: bool) -> str:
    if ask is Ask.SPOKEN:
        return _("Talat med")
    if by_hand:
        return _("Klart")
    return _("Kommer") if ask is Ask.COMING else _("Mottaget")


def counted_word(plan: StepPlan) -> str:
    """What follows "3 av 5"."""
    if plan.ask is Ask.SPOKEN:
        return _("talat med")
    if plan.by_hand:
        return _("klara")
    return _("kommer") if plan.ask is Ask.COMING else _("har kvitterat")


def channel_word(channel: ChannelKind) -> str:
    return {
        ChannelKind.VOICE: _("samtal"),
        ChannelKind.SMS: _("sms"),
        ChannelKind.MAIL: _("mejl"),
    }[channel]


def count_words(plan: StepPlan) -> dict[CallInState, str]:
    """What follows a number of people: "3 kommer, 8 väntar på svar"."""
    return {
        CallInState.ACCEPTED: counted_word(plan),
        CallInState.ASKED: _("att göra") if plan.by_hand else _("väntar på svar"),
        CallInState.QUEUED: _("på tur"),
        CallInState.DECLINED: _("kan inte"),
        CallInState.SILENT: _("har inte svarat"),
        CallInState.UNREACHABLE: _("går inte att nå"),
        CallInState.STOOD_DOWN: _("behövs inte"),
        CallInState.RELEASED: _("släppta"),
    }
