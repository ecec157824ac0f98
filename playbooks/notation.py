"""The short notations of a path's YAML: read and written by pure functions."""

import re
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

from alerting.plan import ChannelKind, Need, Start, StartKind, Target, TargetKind, Wave
from core.language import gettext as _

# One pattern a notation: the parsers below and the published JSON Schema use the same ones.
STEP: Final = "[a-z0-9_]+"
CODE: Final = "[A-ZÅÄÖ0-9]+(?:-[A-ZÅÄÖ0-9]+)*"
DURATION: Final = "([1-9][0-9]{0,3})(s|m|h)"
CHANNEL: Final = "(?:voice|sms|mail)"
WAVES: Final = rf"({CHANNEL}(?: ?\+ ?{CHANNEL})*) ({DURATION})(?: x([1-9]))?"
NEED: Final = rf"([1-9][0-9]{{0,3}}) in total with ({STEP}(?:, ?{STEP})*)"
START: Final = rf"at once|by hand|after previous|if previous fails|after {DURATION}|after {STEP}|if {STEP} fails"
OTHERWISE: Final = rf"next|(?:repeat|go to {STEP})(?:, at most [1-9][0-9]? times)?|run {CODE}"
TARGET: Final = r"(duty|role|group|person|external):([\w.-]+)"

LONGEST = timedelta(hours=24)
_SECONDS = {"h": 3600, "m": 60, "s": 1}


@dataclass(frozen=True, slots=True)
class Waves:
    """The same wave so many times in a row."""

    wave: Wave
    times: int = 1


class Then(StrEnum):
    NEXT = "next"
    GO_TO = "go to"
    REPEAT = "repeat"
    RUN = "run"


@dataclass(frozen=True, slots=True)
class Otherwise:
    """What an exhausted step does; `to` is a step, or for RUN a path's code."""

    then: Then = Then.NEXT
    to: str = ""
    times: int | None = None  # None: not said


def read_duration(text: str) -> timedelta:
    """`45s`, `5m` or `1h`; at most 24 hours."""
    found = re.fullmatch(DURATION, text)
    if not found:
        raise ValueError(
            _("”{text}” är ingen tid: skriv till exempel 45s, 5m eller 1h.").format(text=text)
        )
    length = timedelta(seconds=int(found[1]) * _SECONDS[found[2]])
    if length > LONGEST:
        raise ValueError(_("”{text}” är för lång tid: högst 24h.").format(text=text))
    return length


def write_duration(length: timedelta) -> str:
    seconds = round(length.total_seconds())
    unit = next(unit for unit, size in _SECONDS.items() if seconds % size == 0)
    return f"{seconds // _SECONDS[unit]}{unit}"


def read_waves(text: str) -> Waves:
    """`voice + sms 5m` or `voice 60s x2`."""
    found = re.fullmatch(WAVES, _tidy(text))
    if not found:
        raise ValueError(
            _(
                "”{text}” är ingen utskicksomgång: skriv till exempel voice + sms 3m eller voice 60s x2."
            ).format(text=text)
        )
    channels = tuple(ChannelKind(name.strip()) for name in found[1].split("+"))
    if len(set(channels)) < len(channels):
        raise ValueError(_("”{text}” nämner samma kanal två gånger.").format(text=text))
    wave = Wave(channels=channels, wait=read_duration(found[2]))
    return Waves(wave, int(found[5] or 1))


def write_waves(waves: Waves) -> str:
    channels = " + ".join(waves.wave.channels)
    times = f" x{waves.times}" if waves.times > 1 else ""
    return f"{channels} {write_duration(waves.wave.wait)}{times}"


def read_need(value: str | int) -> Need:
    """`5`, `all`, `80%` or `5 in total with stab_karna`."""
    text = _tidy(str(value))
    if text == "all":
        return Need(percent=100)
    if re.fullmatch("[0-9]{1,4}", text):
        if int(text) < 1:
            raise ValueError(_("Minst en måste behövas: skriv 1 eller mer."))
        return Need(count=int(text))
    if found := re.fullmatch("([0-9]{1,4}) ?%", text):
        if not 1 <= int(found[1]) <= 100:
            raise ValueError(_("”{text}” är ingen andel: 1% till 100%.").format(text=text))
        return Need(percent=int(found[1]))
    if found := re.fullmatch(NEED, text):
        return Need(count=int(found[1]), total_with=tuple(re.findall(STEP, found[2])))
    raise ValueError(
        _(
            "”{text}” är inget behov: skriv till exempel 5, all, 80% eller 5 in total with stab_karna."
        ).format(text=text)
    )


def write_need(need: Need) -> str | int:
    if need.percent is not None:
        return "all" if need.percent == 100 else f"{need.percent}%"
    count = need.count or 0
    return f"{count} in total with {', '.join(need.total_with)}" if need.total_with else count


def read_start(text: str) -> Start:
    """`at once`, `after previous`, `if tib fails`, `after 10m`, `by hand` ...; no step: the previous."""
    text = _tidy(text)
    if not re.fullmatch(START, text):
        raise ValueError(
            _(
                "”{text}” är ingen start: skriv at once, after previous, if previous fails, after STEG, if STEG fails, after 10m eller by hand."
            ).format(text=text)
        )
    if text in {StartKind.AT_ONCE, StartKind.BY_HAND}:
        return Start(kind=StartKind(text))
    if text.startswith("if "):
        return Start(kind=StartKind.IF_FAILS, step=_named(text[3:-6]))
    what = text.removeprefix("after ")
    if re.fullmatch(DURATION, what):
        return Start(kind=StartKind.AFTER_TIME, delay=read_duration(what))
    return Start(kind=StartKind.AFTER, step=_named(what))


def write_start(start: Start) -> str:
    step = start.step or "previous"
    if start.kind is StartKind.IF_FAILS:
        return f"if {step} fails"
    if start.kind is StartKind.AFTER:
        return f"after {step}"
    if start.delay is not None:
        return f"after {write_duration(start.delay)}"
    return start.kind.value


def read_otherwise(text: str) -> Otherwise:
    """`next`, `go to tib, at most 3 times`, `repeat, at most 2 times` or `run LV-05`."""
    text = _tidy(text)
    if not re.fullmatch(OTHERWISE, text):
        raise ValueError(
            _(
                "”{text}” går inte att följa: skriv next, go to STEG, repeat, run VÄG; bakåt med till exempel ”, at most 3 times”."
            ).format(text=text)
        )
    what, _comma, bound = text.partition(", at most ")
    times = int(bound.removesuffix(" times")) if bound else None
    for then in (Then.GO_TO, Then.RUN):
        if what.startswith(f"{then} "):
            return Otherwise(then, what.removeprefix(f"{then} "), times)
    return Otherwise(Then(what), times=times)


def write_otherwise(otherwise: Otherwise) -> str:
    to = f" {otherwise.to}" if otherwise.to else ""
    bound = f", at most {otherwise.times} times" if otherwise.times else ""
    return f"{otherwise.then}{to}{bound}"


def read_target(text: str) -> Target:
    """`duty:TIB`, `role:sakerhetschef`, `group:stab_karna`, `person:P24`, `external:X03`."""
    found = re.fullmatch(TARGET, text)
    if not found:
        raise ValueError(
            _(
                "”{text}” är inget mål: skriv duty:, role:, group:, person: eller external: och en kod."
            ).format(text=text)
        )
    return Target(kind=TargetKind(found[1]), code=found[2])


def write_target(target: Target) -> str | dict[str, str]:
    if target.kind is TargetKind.MANUAL:
        return {"manual": target.code}
    return f"{target.kind}:{target.code}"


def _tidy(text: str) -> str:
    return " ".join(text.split())


def _named(step: str) -> str | None:
    return None if step == "previous" else step
