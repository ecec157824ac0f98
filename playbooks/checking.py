"""All that is wrong with a set of alarm paths, each mistake with its file and line."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from core.language import gettext as _
from playbooks.document import Document
from playbooks.findings import Case, Finding
from playbooks.flow import FLOW_RULES
from playbooks.organisation import Organisation
from playbooks.parsing import AnyDocument, Parsed, parse
from playbooks.people_rules import PEOPLE_RULES
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
    others: Mapping[str, Document] | None = None,
) -> Checked:
    """Check files together; `others` are the paths in force that the files do not replace."""
    parsed = [parse(file, content) for file, content in sorted(files.items())]
    paths = dict(others or {})
    for each in parsed:
        if isinstance(each.document, Document):
            paths[each.document.code] = each.document
    for each in parsed:
        if isinstance(each.document, Document):
            _apply_rules(each, Case(each.document, paths, organisation))
    _report_doubles(parsed)
    here = {each.document.code: each for each in parsed if each.document}
    return Checked(
        {code: each.document for code, each in here.items() if each.document},
        {code: each.source.file for code, each in here.items()},
        tuple(sorted({mistake for each in parsed for mistake in each.source.mistakes})),
    )


def _apply_rules(parsed: Parsed, case: Case) -> None:
    for rule in RULES:
        for finding in rule(case):
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
        source, expected = each.source, f"{code.lower()}.yaml"
        if count[code] > 1 and first.setdefault(code, source.file) != source.file:
            sentence = _("Koden {code} finns också i {file}.")
            source.say(source.line(("code",)), sentence.format(code=code, file=first[code]))
        elif source.file != expected and ("code",) not in each.mended:
            sentence = _("Filen borde heta {name}, som koden.").format(name=expected)
            source.say(source.line(("code",)), sentence, Level.WARNING)


def lines_of(findings: Iterable[Mistake]) -> Iterator[str]:
    """The findings for a terminal: `lv-03.yaml:17: sentence`."""
    for each in findings:
        mark = _("varning: ") if each.level is Level.WARNING else ""
        yield f"{each.file}:{each.line}: {mark}{each.sentence}"
