"""A step, the head and the texts of a path as they stand in forms, and back to what the file says."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, Protocol

from playbooks import notation
from playbooks.document import Step, SubPath
from playbooks.reading import Plain

Fields = Mapping[str, Plain]
CHANNELS: Final = ("voice", "sms", "mail")
WORDINGS: Final = ("sms", "voice", "subject", "mail")
LANGUAGES: Final = ("sv", "en")
ALL_TEXTS: Final = tuple(f"{lang}_{kind}" for lang in LANGUAGES for kind in WORDINGS)
MOST_WAVES: Final = 99
USUAL: Final = "usual"  # chosen where nothing is said
TIME: Final = "time"  # chosen as a start: after so long
MANUAL: Final = "manual:"  # before the sentence of a task, where targets are chosen
_WAVE: Final = re.compile(r"((?:voice|sms|mail)(?: ?\+ ?(?:voice|sms|mail))*) (\S+?)(?: x(\d))?")
_DURATION: Final = re.compile(r"(\d{1,9}) ?(s|sek|m|min|h|tim)\w*", re.IGNORECASE)


class Form(Protocol):
    """What a browser sends."""

    def get(self, key: str, /) -> object: ...
    def getlist(self, key: str, /) -> Iterable[object]: ...


def text(value: object) -> str:
    """A value as a field shows it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


def typed(form: Form, name: str) -> str:
    return text(form.get(name)).replace("\r\n", "\n").strip()


def number(words: str) -> Plain:
    """A number where one was typed; anything else as it is, for the check to name."""
    return int(words) if re.fullmatch("0|[1-9][0-9]{0,8}", words) else words


def duration(words: str) -> str:
    """`15 min` is `15m`; what is no time is left as it was typed."""
    found = _DURATION.fullmatch(words)
    unit = found[2][0].lower() if found else ""
    return f"{int(found[1])}{'h' if unit == 't' else unit}" if found else words


@dataclass(frozen=True, slots=True)
class TypedWave:
    channels: tuple[str, ...] = ()
    wait: str = ""
    times: str = "1"

    @classmethod
    def of(cls, value: Plain) -> "TypedWave":
        found = _WAVE.fullmatch(" ".join(text(value).split()))
        if not found:
            return cls(wait=text(value))
        channels = tuple(part.strip() for part in found[1].split("+"))
        return cls(channels, found[2], found[3] or "1")

    @property
    def plain(self) -> str:
        """As the file says it; empty when nothing has been filled in."""
        if not self.channels and not self.wait:
            return ""
        times = "" if self.times in {"", "1"} else f" x{self.times}"
        return f"{' + '.join(self.channels)} {duration(self.wait)}{times}".strip()


@dataclass(frozen=True, slots=True)
class TypedNeed:
    kind: str = "count"
    amount: str = "1"
    together: tuple[str, ...] = ()

    @classmethod
    def of(cls, value: Plain) -> "TypedNeed":
        if value is None:
            return cls()
        try:
            need = notation.read_need(text(value))
        except ValueError:
            return cls(amount=text(value))
        if need.total_with:
            return cls("total", text(need.count), need.total_with)
        if need.percent is not None:
            return cls("all", "") if need.percent == 100 else cls("percent", text(need.percent))
        return cls(amount=text(need.count))

    @property
    def plain(self) -> Plain:
        """None for one, which goes without saying."""
        amount = self.amount.rstrip(" %")
        if self.kind == "all":
            return "all"
        if self.kind == "percent":
            return f"{amount}%"
        if self.kind == "total":
            return f"{amount} in total with {', '.join(self.together)}"
        return None if self.amount in {"", "1"} else number(self.amount)


@dataclass(frozen=True, slots=True)
class TypedStep:
    """A step, or a path that is run (`run`), as typed."""

    name: str = ""
    title: str = ""
    run: str | None = None
    targets: tuple[str, ...] = ()
    manual: str = ""
    order: str = ""
    waves: tuple[TypedWave, ...] = ()
    need: TypedNeed = TypedNeed()
    within: str = ""
    start: str = "after previous"
    delay: str = ""
    otherwise: str = "next"
    times: str = ""
    ask: str = "coming"
    gate: str = ""
    exclude_site: str = ""
    note: str = ""
    texts: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, step: Fields) -> "TypedStep":
        """As the file has it."""
        start, delay = _start(text(step.get("start", "after previous")))
        otherwise, _comma, bound = text(step.get("otherwise", "next")).partition(", at most ")
        return cls(
            **{name: text(step.get(name)) for name in ("name", "title", "order", "gate", "note")},
            run=text(step["run"]) if "run" in step else None,
            targets=targets_of(step.get("target")),
            waves=tuple(TypedWave.of(each) for each in _listed(step.get("channels"))),
            need=TypedNeed.of(step.get("need")),
            within=text(step.get("within")),
            start=start,
            delay=delay,
            otherwise=otherwise,
            times=re.sub(r" times?$", "", bound),
            ask=text(step.get("ask", "coming")),
            exclude_site=text(step.get("exclude_site")),
            texts=texts_of(step.get("texts")),
        )

    @classmethod
    def sent(cls, form: Form, *, runs: bool) -> "TypedStep":
        """As somebody has filled it in."""
        return cls(
            **{
                name: typed(form, name)
                for name in (
                    *("name", "title", "manual", "within", "start", "delay"),
                    *("otherwise", "times", "ask", "gate", "note"),
                )
            },
            **{
                name: "" if (chosen := typed(form, name)) == USUAL else chosen
                for name in ("order", "exclude_site")
            },
            run=typed(form, "run") if runs else None,
            targets=tuple(text(each) for each in form.getlist("target") if each),
            waves=_waves_sent(form),
            need=TypedNeed(
                typed(form, "need_kind"),
                typed(form, "need"),
                tuple(text(each) for each in form.getlist("need_with")),
            ),
            texts={name: typed(form, name) for name in ALL_TEXTS},
        )

    def plain(self, before: Fields) -> dict[str, Plain]:
        """As the file says it; what no form knows stays as it was."""
        known = Step.model_fields if self.run is None else SubPath.model_fields
        kept = {name: value for name, value in before.items() if name not in known}
        start = f"after {duration(self.delay)}" if self.start == TIME else self.start
        said: dict[str, Plain] = {"name": self.name, "title": self.title, "gate": self.gate}
        said["start"] = "" if start == "after previous" else start
        if self.run is not None:
            return _said(said | {"run": self.run}) | kept
        bound = f", at most {self.times} times" if self.times else ""
        said |= {
            "target": _target(self.targets, self.manual),
            "order": self.order,
            "channels": [wave.plain for wave in self.waves if wave.plain],
            "need": self.need.plain,
            "within": duration(self.within),
            "otherwise": "" if self.otherwise == "next" else f"{self.otherwise}{bound}",
            "ask": "" if self.ask == "coming" else self.ask,
            "note": self.note,
            "texts": texts_plain(self.texts),
        }
        if self.exclude_site:
            said["exclude_site"] = self.exclude_site == "yes"
        return _said(said) | kept


def texts_of(value: Plain) -> dict[str, str]:
    """Each text by its field, `sv_sms`; empty ones too."""
    texts = value if isinstance(value, dict) else {}
    found = {}
    for name in ALL_TEXTS:
        language, _sep, kind = name.partition("_")
        wording = texts.get(language)
        found[name] = text(wording.get(kind)) if isinstance(wording, dict) else ""
    return found


def texts_plain(texts: Mapping[str, str]) -> dict[str, Plain]:
    """Back again, without what is empty; a text of several lines ends with one."""
    found: dict[str, Plain] = {}
    for language in LANGUAGES:
        wording = {kind: texts.get(f"{language}_{kind}", "") for kind in WORDINGS}
        said: dict[str, Plain] = {
            kind: f"{words.rstrip()}\n" if "\n" in words else words
            for kind, words in wording.items()
            if words
        }
        if said:
            found[language] = said
    return found


def _said(fields: Fields) -> dict[str, Plain]:
    """Without what is empty."""
    return {name: value for name, value in fields.items() if value not in ("", None, [], {})}


def _listed(value: Plain) -> list[Plain]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def targets_of(value: Plain) -> tuple[str, ...]:
    """Targets as they are chosen from a list; a task for the operator begins with `manual:`."""
    return tuple(
        f"{MANUAL}{text(each.get('manual'))}" if isinstance(each, dict) else text(each)
        for each in _listed(value)
    )


def targets_plain(targets: Iterable[str]) -> list[Plain]:
    return [
        {"manual": each.removeprefix(MANUAL)} if each.startswith(MANUAL) else each
        for each in targets
    ]


def _target(targets: Iterable[str], manual: str) -> Plain:
    """A new task stands last; a single target stands alone."""
    found = targets_plain([*targets, *([f"{MANUAL}{manual}"] if manual else [])])
    return found[0] if len(found) == 1 else found


def _start(start: str) -> tuple[str, str]:
    """What is chosen, and for how long after the alarm."""
    found = re.fullmatch(f"after ({notation.DURATION})", start)
    return (TIME, found[1]) if found else (start, "")


def _waves_sent(form: Form) -> tuple[TypedWave, ...]:
    found = []
    for at in range(MOST_WAVES):
        channels = tuple(each for each in CHANNELS if form.get(f"wave{at}_{each}"))
        wait = typed(form, f"wave{at}_wait")
        found.append(TypedWave(channels, wait, typed(form, f"wave{at}_times") or "1"))
    return tuple(wave for wave in found if wave.plain)
