"""What a path's document says, field by field, in words: also where no plan can be made of it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from alerting.plan import Need, Order, Start, StartKind, Target, TargetKind
from core.language import gettext as _
from core.language import ngettext
from core.moments import span
from playbooks.document import AnyStep, Document, Step, SubPath, Texts, step_name, wordings
from playbooks.notation import Otherwise, Then
from playbooks.organisation import Organisation
from playbooks.sayings import Names, answer_in_words, called, channels_in_words, waves_in_words


@dataclass(frozen=True, slots=True)
class Known:
    """What codes are called, and how many stand behind them."""

    names: Names = field(default_factory=dict)
    organisation: Organisation = field(default_factory=Organisation)

    def people(self, targets: tuple[Target, ...]) -> str:
        return ", ".join(called(target, self.names) for target in targets)

    def size(self, targets: tuple[Target, ...]) -> int:
        members = (self.organisation.members(target) for target in targets)
        return len(frozenset().union(*members))


class Field(NamedTuple):
    """One thing that a document says; `key` is the same in every version."""

    key: str
    label: str
    words: str


def head(document: Document, known: Known) -> Iterator[Field]:
    """What the path says of itself."""
    paper = document.governing_document
    dated = f"{paper.title}, {paper.date}" if paper and paper.date else paper and paper.title
    banned = channels_in_words(document.forbidden_channels)
    excluded = _("den drabbade platsen") if document.exclude_site else ""
    yield Field("title", _("Namn"), document.title)
    yield Field("entry", _("Ingång"), document.entry)
    yield Field("owner", _("Ägare"), called(document.owner, known.names))
    yield Field("governing_document", _("Styrande dokument"), dated or "")
    yield Field("review_months", _("Ses över"), _every(document.review_months))
    yield Field("exercise_months", _("Övas"), _every(document.exercise_months))
    yield Field("another", _("Godkänns av någon annan"), yes_or_no(document.approved_by_another))
    yield Field("goal", _("Mål"), document.goal)
    yield Field("goal_within", _("Mål i tid"), span(document.goal_within))
    yield Field("assembly", _("Samling"), document.assembly or "")
    yield Field("exclude_site", _("Undantas"), excluded)
    yield Field("forbidden_channels", _("Används inte"), banned)
    yield Field("last_resort", _("Sista utväg"), known.people(document.last_resort))


def lights(document: Document) -> Iterator[Field]:
    """When its lights are green."""
    rules = document.lights
    yield Field("known", _("Känd: grön från"), f"{rules.known} %")
    yield Field("nearly_known", _("Känd: gul från"), f"{rules.nearly_known} %")
    yield Field("saved_number", _("Sparat numret krävs"), yes_or_no(rules.saved_number))
    yield Field("introduced", _("Introduktion krävs"), yes_or_no(rules.introduced))
    yield Field("both_hours", _("Övas dag och natt"), yes_or_no(rules.both_hours))
    notice = ngettext("{count} månad före", "{count} månader före", rules.notice_months)
    yield Field("notice_months", _("Gul"), notice.format(count=rules.notice_months))


def texts(texts: Texts | None) -> Iterator[Field]:
    """What is said, in each language and channel."""
    languages = {"sv": _("svenska"), "en": _("engelska")}
    for language, wording in wordings(texts) if texts else ():
        for channel, label, words in (
            ("sms", _("Sms på {language}"), wording.sms),
            ("voice", _("Samtal på {language}"), wording.voice),
            ("subject", _("Ämnesrad på {language}"), wording.subject or ""),
            ("mail", _("Mejl på {language}"), wording.mail or ""),
        ):
            yield Field(f"{language}_{channel}", label.format(language=languages[language]), words)


def step_fields(step: AnyStep, document: Document, known: Known) -> Iterator[Field]:
    """What one step says."""
    yield Field("start", _("Startar"), start_in_words(step.start, document))
    yield Field("gate", _("Väntar på beslut"), step.gate or "")
    if isinstance(step, SubPath):
        yield Field("run", _("Kör larmväg"), step.run)
        return
    excluded = None if step.exclude_site is None else yes_or_no(step.exclude_site)
    within = _("inom {time}").format(time=span(step.within)) if step.within else ""
    yield Field("target", _("Till"), known.people(step.target))
    yield Field("order", _("Ordning"), order_in_words(step.ordered))
    yield Field("channels", _("Kanaler"), _waves(step))
    yield Field("need", _("Behövs"), need_in_words(step.need, step, document, known))
    yield Field("within", _("Tidsgräns"), within)
    yield Field("otherwise", _("Räcker det inte"), otherwise_in_words(step.otherwise, document))
    yield Field("ask", _("Svar"), answer_in_words(step.ask))
    yield Field("exclude_site", _("Undantar den drabbade platsen"), excluded or "")
    yield Field("note", _("Till operatören"), step.note or "")
    yield from texts(step.texts)


def title_of(step: AnyStep) -> str:
    return step.title or (step.run if isinstance(step, SubPath) else step.name)


def titled(name: str | None, document: Document) -> str:
    """What a step that is named by another one is called; the name itself when there is none."""
    found = (title_of(step) for step in document.steps if step_name(step) == name)
    return f"”{next(found, name)}”"


def order_in_words(order: Order) -> str:
    return _("en i taget") if order is Order.ONE_BY_ONE else _("alla på en gång")


def need_in_words(need: Need, step: Step, document: Document, known: Known) -> str:
    """For instance: 5 av 7."""
    size = 0 if step.target[0].kind is TargetKind.DUTY else known.size(step.target)
    if need.total_with:
        others = _(" och ").join(titled(name, document) for name in need.total_with)
        return _("{count} tillsammans med {others}").format(count=need.count, others=others)
    if need.percent == 100:
        return _("alla {size}").format(size=size) if size else _("alla")
    if need.percent is not None:
        share = _("{percent} %").format(percent=need.percent)
        whole = _("{share}, {count} av {size}")
        return whole.format(share=share, count=need.of(size), size=size) if size else share
    if size > 1:
        return _("{count} av {size}").format(count=need.count, size=size)
    return str(need.count)


def start_in_words(start: Start, document: Document) -> str:
    step = titled(start.step, document) if start.step else _("steget före")
    return {
        StartKind.AT_ONCE: _("genast"),
        StartKind.WITH: _("samtidigt som {step}").format(step=step),
        StartKind.AFTER: _("efter {step}").format(step=step),
        StartKind.IF_FAILS: _("om {step} inte räcker").format(step=step),
        StartKind.AFTER_TIME: _("efter {time}").format(time=span(start.delay)),
        StartKind.BY_HAND: _("när operatören startar det"),
    }[start.kind]


def otherwise_in_words(otherwise: Otherwise, document: Document) -> str:
    times = otherwise.times
    bound = _(", högst {times} gånger").format(times=times) if times else ""
    return {
        Then.NEXT: _("nästa steg"),
        Then.REPEAT: _("steget börjar om") + bound,
        Then.GO_TO: _("till {step}").format(step=titled(otherwise.to, document)) + bound,
        Then.RUN: _("larmvägen {code} körs").format(code=otherwise.to),
    }[otherwise.then]


def yes_or_no(value: bool) -> str:  # noqa: FBT001  # it is what is said
    return _("ja") if value else _("nej")


def _waves(step: Step) -> str:
    if step.by_hand:
        return _("operatören gör det för hand")
    return waves_in_words([waves.wave for waves in step.waves for _time in range(waves.times)])


def _every(months: int) -> str:
    return ngettext("varje månad", "var {count}:e månad", months).format(count=months)
