"""All that is wrong with a set of playbooks, each mistake with its file and line."""

import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from core.language import gettext as _
from playbooks.cards.document import Card
from playbooks.cards.rules import CARD_RULES, CardCase
from playbooks.document import Document
from playbooks.findings import Case, Finding
from playbooks.flow import FLOW_RULES
from playbooks.organisation import Organisation
from playbooks.parsing import AnyDocument, Parsed, parse
from playbooks.people_rules import PEOPLE_RULES
from playbooks.plans.document import ActionPlan
from playbooks.plans.rules import PLAN_RULES, PlanCase
from playbooks.reading import Level, Mistake
from playbooks.text_rules import TEXT_RULES

RULES = (*PEOPLE_RULES, *FLOW_RULES, *TEXT_RULES)


@dataclass(frozen=True, slots=True)
class Checked:
    """What came of a check: the documents that could be read, by code, and everything to say."""

    documents: Mapping[str, AnyDocument] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)  # code -> file
    findings: tuple[Mistake, ...] = ()

    @property
    def paths(self) -> dict[str, Document]:
        """The alarm paths among the documents."""
        found = self.documents.items()
        return {code: each for code, each in found if isinstance(each, Document)}

    @property
    def mistakes(self) -> tuple[Mistake, ...]:
        return tuple(each for each in self.findings if each.level is Level.MISTAKE)

    @property
    def warnings(self) -> tuple[Mistake, ...]:
        return tuple(each for each in self.findings if each.level is Level.WARNING)


def check(
    files: Mapping[str, bytes],
    organisation: Organisation,
    others: Mapping[str, AnyDocument] | None = None,
) -> Checked:
    """Check files together; `others` are the playbooks in force that the files do not replace."""
    parsed = [parse(file, content) for file, content in sorted(files.items())]
    known: dict[str, AnyDocument] = dict(others or {})
    known |= {each.document.code: each.document for each in parsed if each.document}
    for each in parsed:
        if each.document is not None:
            _report(each, _findings(each.document, known, organisation))
    _report_doubles(parsed)
    _report_taken(parsed, others or {})
    here = {each.document.code: each for each in parsed if each.document}
    return Checked(
        {code: each.document for code, each in here.items() if each.document},
        {code: each.source.file for code, each in here.items()},
        tuple(sorted({mistake for each in parsed for mistake in each.source.mistakes})),
    )


def _findings(
    document: AnyDocument, known: Mapping[str, AnyDocument], organisation: Organisation
) -> Iterator[Finding]:
    """What the rules of its kind say of a document."""
    if isinstance(document, Card):
        paths = frozenset(code for code, each in known.items() if isinstance(each, Document))
        card = CardCase(document, paths, organisation)
        for card_rule in CARD_RULES:
            yield from card_rule(card)
    elif isinstance(document, ActionPlan):
        plan = PlanCase(document, known, organisation)
        for plan_rule in PLAN_RULES:
            yield from plan_rule(plan)
    else:
        paths_known = {code: each for code, each in known.items() if isinstance(each, Document)}
        case = Case(document, paths_known, organisation)
        for rule in RULES:
            yield from rule(case)


def _report(parsed: Parsed, findings: Iterable[Finding]) -> None:
    for finding in findings:
        if not _stands_on_stand_in(finding, parsed):
            line = parsed.source.line(finding.place)
            parsed.source.say(line, finding.sentence, finding.level)


def _stands_on_stand_in(finding: Finding, parsed: Parsed) -> bool:
    """True for what would only be said of a value that we put there ourselves."""
    step = finding.place[:2]
    blurred = (*step, "target") in parsed.mended and finding.place[2:3] != ("start",)
    return blurred or any(finding.place[: len(place)] == place for place in parsed.mended)


def _report_doubles(parsed: Iterable[Parsed]) -> None:
    readable = [(each, each.document.code) for each in parsed if each.document]
    count = Counter(code for _each, code in readable)
    first: dict[str, str] = {}
    for each, code in readable:
        source, expected = each.source, file_of(code)
        if count[code] > 1 and first.setdefault(code, source.file) != source.file:
            sentence = _("Koden {code} finns också i {file}.")
            source.say(source.line(("code",)), sentence.format(code=code, file=first[code]))
        elif source.file not in {expected, f"{code.lower()}.yaml"} and ("code",) not in each.mended:
            sentence = _("Filen borde heta {name}, som koden.").format(name=expected)
            source.say(source.line(("code",)), sentence, Level.WARNING)


def _report_taken(parsed: Iterable[Parsed], others: Mapping[str, AnyDocument]) -> None:
    """One code is one thing: a card cannot take the code of a path."""
    for each in parsed:
        document = each.document
        taken = others.get(document.code) if document else None
        if taken is not None and type(taken) is not type(document):
            sentence = _("Koden {code} används redan för något annat.").format(code=taken.code)
            each.source.say(each.source.line(("code",)), sentence)


def file_of(code: str) -> str:
    """The name of its file, in letters that every file system keeps: ak-1.yaml for ÅK-1."""
    plain = unicodedata.normalize("NFKD", code.lower()).encode("ascii", "ignore").decode()
    return f"{plain}.yaml"


def lines_of(findings: Iterable[Mistake]) -> Iterator[str]:
    """The findings for a terminal: `lv-03.yaml:17: sentence`."""
    for each in findings:
        mark = _("varning: ") if each.level is Level.WARNING else ""
        yield f"{each.file}:{each.line}: {mark}{each.sentence}"
