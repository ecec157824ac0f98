"""Rules: every mistake in a path is found at once, with its line and a sentence."""

from time import process_time

import pytest

from playbooks.checking import check, lines_of
from playbooks.document import Document
from playbooks.findings import Case
from playbooks.flow import steps_can_start
from playbooks.organisation import Organisation
from playbooks.parsing import parse
from tests.playbooks.lund import LUND, files

PATH = """\
code: XX-01
title: Prov
entry: Vem som helst
owner: role:sakerhetschef
goal: Prov
assembly: Kristallen
texts:
  sv: {sms: "Prov {note}", voice: "Prov"}
  en: {sms: "Test {note}", voice: "Test"}
steps:
  - name: tib
    title: TIB
    target: duty:TIB
  - name: stab
    title: Stab
    target: group:stab_karna
    need: 5
"""
LONG = "Prov " * 20

# What is written instead of what, the line of the mistake, and words of its sentence.
MISTAKES = [
    ("title: Prov\n", "", 1, "Fältet ”title” saknas"),
    ("title: Prov", "title:", 2, "här ska det stå en text"),
    ("title: Prov", "title: ' '", 2, "texten är tom"),
    ("title: Prov", "titel: Prov", 2, "Okänt fält ”titel”. Menades ”title”?"),
    ("title: Prov", f"title: {'x' * 201}", 2, "högst 200 tecken"),
    ("XX-01", "xx 01", 1, "code: en kod skrivs med versaler"),
    ("goal: Prov", "goal: Prov\nreview_months: 0", 6, "minst 1"),
    ("goal: Prov", "goal: Prov\nreview_months: tolv", 6, "heltal"),
    ("goal: Prov", "goal: Prov\nexclude_site: ja", 6, "true eller false"),
    (
        "goal: Prov",
        "goal: Prov\ngoverning_document: {title: Plan, date: 2019-13-01}",
        6,
        "2026-11-23",
    ),
    ("goal: Prov", "goal: Prov\nlast_resort: [role:borta]", 6, "role:borta finns inte"),
    ("  en:", "  de:", 9, "Språket ”de” kan inte användas"),
    ("  sv:", "  no:", 8, "Språket ”no”"),
    ('sms: "Prov {note}"', 'sms: "Prov {ort}"', 8, "{ort} finns inte"),
    ('sms: "Prov {note}"', 'sms: "Prov {note"', 8, "en klammer står ensam"),
    ('sms: "Prov {note}"', 'sms: "Prov {note.__class__}"', 8, "en klammer står ensam"),
    ('sms: "Prov {note}"', f'sms: "{LONG}"', 8, "får plats bredvid svarsraden"),
    ('sms: "Test {note}"', f'sms: "{LONG}"', 9, "får plats bredvid svarsraden"),
    ('sms: "Prov {note}"', 'sms: "Prov \U0001f525"', 8, "\U0001f525 finns inte i sms-alfabetet"),
    ('sms: "Prov {note}", ', "", 8, "Fältet ”sms” saknas"),
    ("role:sakerhetschef", "role:sakerhetscheff", 4, "role:sakerhetscheff finns inte"),
    ("duty:TIB", "duty:JOUR", 13, "duty:JOUR finns inte"),
    ("duty:TIB", "person:P99", 13, "person:P99 finns inte"),
    ("duty:TIB", "external:X99", 13, "external:X99 finns inte"),
    ("duty:TIB", "TIB", 13, "”TIB” är inget mål"),
    ("duty:TIB", "group:tom", 13, "group:tom är tom"),
    ("    target: duty:TIB\n", "", 11, "Fältet ”target” saknas"),
    ("duty:TIB", "[duty:TIB, external:X03]", 13, "blandar"),
    ("duty:TIB", "{manual: Gå dit}\n    channels: [voice 1m]", 14, "ta bort channels"),
    ("duty:TIB", "duty:TIB\n    channels: voice", 14, "här ska det stå en lista"),
    ("duty:TIB", "duty:TIB\n    channels: [fax 5m]", 14, "”fax 5m” är ingen utskicksomgång"),
    ("duty:TIB", "duty:TIB\n    order: random", 14, "order: värdet finns inte"),
    ("duty:TIB", "duty:TIB\n    ask: maybe", 14, "ask: värdet finns inte"),
    ("duty:TIB", "duty:TIB\n    within: soon", 14, "”soon” är ingen tid"),
    ("duty:TIB", "duty:TIB\n    exclude_site: true", 14, "sätt det på hela larmvägen"),
    ("goal: Prov", "goal: Prov\nforbidden_channels: [sms]", 12, "Kanalen sms får inte användas"),
    ("need: 5", "need: 8", 17, "8 behövs, men steget når bara 7"),
    ("need: 5", "need: 0", 17, "Minst en måste behövas"),
    ("need: 5", "need: 120%", 17, "”120%” är ingen andel"),
    ("need: 5", "need: many", 17, "”many” är inget behov"),
    ("need: 5", "need: 5 in total with borta", 17, "”borta” är inget tidigare steg"),
    ("need: 5", "need: 5 in total with stab", 17, "”stab” är inget tidigare steg"),
    ("need: 5", "start: after borta", 17, "start: steget ”borta” finns inte"),
    ("need: 5", "start: tomorrow", 17, "”tomorrow” är ingen start"),
    ("need: 5", "start: after stab", 17, "kan aldrig starta"),
    ("duty:TIB", "duty:TIB\n    start: if previous fails", 14, "Första steget kan aldrig starta"),
    ("duty:TIB", "duty:TIB\n    start: after stab", 14, "kan aldrig starta"),
    ("need: 5", "otherwise: go to borta", 17, "otherwise: steget ”borta” finns inte"),
    ("need: 5", "otherwise: go to tib", 17, "går runt för alltid"),
    ("need: 5", "otherwise: repeat", 17, "går runt för alltid"),
    ("need: 5", "otherwise: run LV-99", 17, "Larmvägen LV-99 finns inte"),
    ("need: 5", "otherwise: run XX-01", 17, "det tar aldrig slut"),
    ("need: 5", "otherwise: give up", 17, "”give up” går inte att följa"),
    ("name: stab", "name: tib", 14, "heter också ”tib”"),
    ("name: stab", "name: Stab kärna", 14, "bara a-z, 0-9 och _"),
    ("need: 5", "needs: 5", 17, "Menades ”need”?"),
]


@pytest.mark.parametrize(("old", "new", "line", "words"), MISTAKES)
def test_a_mistake_is_found_with_its_line(old: str, new: str, line: int, words: str) -> None:
    assert old in PATH
    checked = check({"xx-01.yaml": PATH.replace(old, new, 1).encode()}, LUND)
    assert any(each.line == line and words in each.sentence for each in checked.mistakes), list(
        lines_of(checked.findings)
    )


WARNINGS = [
    ('sms: "Prov {note}"', 'sms: "Prov – {note}"', 8, "byts mot enklare tecken"),
    ("duty:TIB", "duty:TIB\n    need: 2", 14, "2 behövs, men steget når bara 1"),
    ("need: 5", "need: 5\n    within: 3m", 18, "innan den sista omgången"),
    ("duty:TIB", "duty:TIB\n    texts: {sv: {sms: Prov, voice: Prov}}", 14, "saknar engelska"),
    ("assembly: Kristallen\n", "", 7, "{assembly} blir tomt"),
    ("XX-01", "XX-02", 1, "Filen borde heta xx-02.yaml"),
]


@pytest.mark.parametrize(("old", "new", "line", "words"), WARNINGS)
def test_what_is_odd_but_possible_is_a_warning(old: str, new: str, line: int, words: str) -> None:
    text = PATH.replace('voice: "Prov"', 'voice: "Prov {assembly}"') if "assembly" in old else PATH
    checked = check({"xx-01.yaml": text.replace(old, new, 1).encode()}, LUND)
    assert not checked.mistakes
    assert any(each.line == line and words in each.sentence for each in checked.warnings)


def test_a_path_without_mistakes_says_nothing() -> None:
    assert check({"xx-01.yaml": PATH.encode()}, LUND).findings == ()


def test_a_path_without_steps_is_refused() -> None:
    for steps in ("steps: []\n", "steps:\n", ""):
        text = PATH[: PATH.index("steps:")] + steps
        (mistake,) = check({"xx-01.yaml": text.encode()}, LUND).mistakes
        assert "steps" in mistake.sentence


def test_every_mistake_is_reported_at_once() -> None:
    text = (
        PATH.replace("goal: Prov", "gaol: Prov")
        .replace("duty:TIB", "duty:JOUR")
        .replace("need: 5", "need: many\n    start: after borta\n    within: soon")
        .replace("Prov {note}", "Prov {ort}")
    )
    found = {each.line for each in check({"xx-01.yaml": text.encode()}, LUND).mistakes}
    assert found == {1, 5, 8, 13, 17, 18, 19}


def test_a_step_that_is_not_a_step_does_not_hide_the_others() -> None:
    text = PATH.replace(
        "  - name: tib\n    title: TIB\n    target: duty:TIB\n", "  - tib\n"
    ).replace("need: 5", "need: 9")
    found = [each.line for each in check({"xx-01.yaml": text.encode()}, LUND).mistakes]
    assert found == [11, 15]


def test_the_same_code_twice_names_the_other_file() -> None:
    checked = check({"a.yaml": PATH.encode(), "xx-01.yaml": PATH.encode()}, LUND)
    (mistake,) = checked.mistakes
    assert (mistake.file, mistake.line) == ("xx-01.yaml", 1)
    assert "a.yaml" in mistake.sentence


def test_sub_paths_that_run_each_other_are_found_in_both_files() -> None:
    run = "  - {{run: {code}}}\n"
    one = PATH + run.format(code="XX-02")
    two = PATH.replace("XX-01", "XX-02") + run.format(code="XX-01")
    checked = check({"xx-01.yaml": one.encode(), "xx-02.yaml": two.encode()}, LUND)
    assert [(each.file, each.line) for each in checked.mistakes] == [
        ("xx-01.yaml", 18),
        ("xx-02.yaml", 18),
    ]


def test_a_forbidden_channel_is_found_in_a_sub_path_too() -> None:
    mail = PATH.replace("XX-01", "XX-02").replace("duty:TIB", "duty:TIB\n    channels: [mail 5m]")
    text = PATH.replace("goal: Prov", "goal: Prov\nforbidden_channels: [mail]") + "  - run: XX-02\n"
    checked = check({"xx-01.yaml": text.encode(), "xx-02.yaml": mail.encode()}, LUND)
    (mistake,) = checked.mistakes
    assert (mistake.file, mistake.line) == ("xx-01.yaml", 19)


def test_a_path_loaded_before_can_be_run() -> None:
    others = check({"xx-01.yaml": PATH.encode()}, LUND).paths
    text = PATH.replace("XX-01", "XX-02") + "  - run: XX-01\n"
    assert check({"xx-02.yaml": text.encode()}, LUND, others).findings == ()


def test_the_nine_paths_of_lund_have_nothing_to_say() -> None:
    checked = check(files(), LUND)
    assert list(lines_of(checked.findings)) == []
    assert sorted(checked.documents) == [f"LV-0{number}" for number in range(1, 10)]


def test_a_thousand_steps_are_checked_without_standing_in_the_way_of_alarms() -> None:
    """It took twenty seconds of the service's only thread."""
    case = Case(chain_of(1000), {}, Organisation())
    began = process_time()
    assert list(steps_can_start(case)) == []
    assert process_time() - began < 1


def chain_of(count: int) -> Document:
    parsed = parse("xx-01.yaml", PATH.encode()).document
    assert isinstance(parsed, Document)
    first = parsed.steps[0]
    return parsed.model_copy(
        update={"steps": tuple(first.model_copy(update={"name": f"s{n}"}) for n in range(count))}
    )
