"""Rules: every mistake in a card or a plan is found, with its line and a sentence."""

from dataclasses import replace

import pytest

from playbooks.checking import check, lines_of
from playbooks.parsing import AnyDocument, parse
from playbooks.reading import Level
from rosters.models import UnitKind
from tests.playbooks.cards import CARD, PLAN, cards, plans
from tests.playbooks.lund import LUND, files

TOWN = replace(
    LUND,
    units={
        **dict.fromkeys(("KS", "VON", "BSN", "TN"), UnitKind.BOARD),
        "LKF": UnitKind.COMPANY,
        "TF": UnitKind.DEPARTMENT,
    },
)
PATHS = check(files(), LUND).documents

MISTAKES = [
    ("paths: [LV-01]", "paths: [LV-99]", 6, "Larmvägen LV-99 finns inte"),
    ("paths: [LV-01]", "paths: [lv 1]", 6, "paths: "),
    ("kind: action card", "kind: action crad", 1, "välj action card, action plan"),
    ("scenario: Något har hänt.\n", "", 1, "Fältet ”scenario” saknas"),
    ("title: Prov", "title: ''", 3, "texten är tom"),
    ("role:sakerhetschef", "role:borta", 4, "role:borta finns inte"),
    ("duty:TIB", "duty:JOUR", 14, "duty:JOUR finns inte"),
    ("duty:TIB", "group:tom", 14, "group:tom är tom"),
    ("duty:TIB", "TIB", 14, "”TIB” är inget mål"),
    ("within: 5m", "within: snart", 15, "”snart” är ingen frist"),
    ("within: 5m", "within: 745h", 15, "högst 744h"),
    ("within: 5m", "within: 5", 15, "här ska det stå en text"),
    ("within: 5m", "innan: 5m", 15, "Okänt fält ”innan”"),
    ("section: log", "section: logg", 18, "section: värdet finns inte"),
    ("section: log", "section: triggers", 18, "Avsnittet ”triggers” finns redan"),
    (
        "      - text: Vem som ringde\n        role: person:P17\n",
        "",
        19,
        "avsnittet har inga rader",
    ),
    ("- text: Vem som ringde", "- note: x", 20, "Fältet ”text” saknas"),
    ("- text: Vem som ringde\n        role: person:P17", "- Ring", 20, "fält under varandra"),
    ("text: Verifiera", f"text: {'x' * 201}", 16, "högst 200 tecken"),
]
OF_PLANS = [
    ("body: TN", "body: XX", 5, "Enheten XX finns inte"),
    ("body: TN", "body: TF", 5, "TF är ingen nämnd"),
    ("body: TN", "body: LKF", 5, "binds av sin egen styrelse"),
    ("body: TN\n", "", 1, "Fältet ”body” saknas"),
    ("person:P03", "person:P99", 9, "person:P99 finns inte"),
    ("person:P03", "person:P40", 9, "är redan utsedd"),
    ("person:P03", "group:tom", 9, "group:tom är tom"),
    ("[person:P03]", "[person:P03, person:P03]", 9, "är redan utsedd"),
    ("[duty:KIB]", "[person:P23]", 12, "person:P23 är redan utsedd"),
    ("holder: person:P40", "holder: {manual: Någon}", 8, "ange en person"),
    ("holder: person:P40\n    deputies: [person:P03]", "deputies: []", 7, "”holder” saknas"),
    ("function: Kommunikation", "function: leder", 10, "Funktionen ”leder” finns redan"),
    ("body: TN", "body: TN\ncards: [ÅK-9]", 6, "Åtgärdskortet ÅK-9 finns inte"),
    ("body: TN", "body: TN\ncards: [LV-01]", 6, "Åtgärdskortet LV-01 finns inte"),
    ("body: TN", "body: TN\ninformed: [role:borta]", 6, "role:borta finns inte"),
    ("body: TN", "body: TN\nadopted: i går", 6, "skriv datumet som"),
    ("body: TN", "body: TN\nchapters: [{heading: x}]", 6, "Fältet ”text” saknas"),
]


def told(text: str, *, others: dict[str, AnyDocument] | None = None) -> list[tuple[int, str]]:
    found = check({"x.yaml": text.encode()}, TOWN, {**PATHS, **(others or {})})
    return [(each.line, each.sentence) for each in found.mistakes]


@pytest.mark.parametrize(("text", "rows"), [(CARD, MISTAKES), (PLAN, OF_PLANS)])
def test_each_mistake_has_its_line_and_is_said_once(
    text: str, rows: list[tuple[str, str, int, str]]
) -> None:
    assert told(text) == []
    for old, new, line, words in rows:
        assert old in text
        found = told(text.replace(old, new, 1))
        assert len(found) == 1, (new, found)
        assert found[0][0] == line, (new, found)
        assert words in found[0][1], (new, found)


def test_many_mistakes_are_said_at_once() -> None:
    text = CARD.replace("duty:TIB", "duty:X").replace("within: 15m", "within: y")
    text = text.replace("title: Prov", "titel: Prov").replace("person:P17", "person:P99")
    assert [line for line, _words in told(text)] == [1, 3, 14, 17, 21]


def test_a_card_without_parts_and_one_with_triggers_alone_are_refused() -> None:
    head, _parts, _rest = CARD.partition("parts:")
    assert [words for _line, words in told(f"{head}parts: []\n")] == [
        "parts: kortet har inga avsnitt."
    ]
    only = f"{head}parts:\n  - section: triggers\n    lines:\n      - text: Det händer\n"
    assert "inget att göra" in told(only)[0][1]


def test_a_deadline_out_of_order_is_a_warning() -> None:
    text = CARD.replace("within: 5m", "within: 30m")
    found = check({"ak-9.yaml": text.encode()}, TOWN, PATHS).findings
    assert [(each.line, each.level) for each in found] == [(17, Level.WARNING)]


def test_a_code_is_one_thing_and_a_body_has_one_plan() -> None:
    assert told(CARD.replace("ÅK-9", "LV-02")) == [
        (2, "Koden LV-02 används redan för något annat.")
    ]
    other = parse("x.yaml", PLAN.replace("HP-TN", "HP-OLD").encode()).document
    assert other is not None
    assert told(PLAN, others={"HP-OLD": other}) == [(5, "TN har redan en plan: HP-OLD.")]


def test_the_demos_cards_and_plans_have_no_mistake_and_no_warning() -> None:
    found = check({**cards(), **plans()}, TOWN, PATHS)
    assert list(lines_of(found.findings)) == []
    assert len(found.documents) == 9


@pytest.mark.parametrize("junk", ["", "a: [", "kind: action card", "kind: [x]", "kind:\n  - {}"])
def test_junk_is_said_and_never_raised(junk: str) -> None:
    assert told(junk)
