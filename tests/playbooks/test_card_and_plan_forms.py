"""Rules: a file becomes a form and a file again, and nothing is lost on the way."""

import pytest
from starlette.datastructures import FormData

from alerting.plan import TargetKind
from playbooks.cards.form import CardForm
from playbooks.forms import label_of, target_of
from playbooks.parsing import parse
from playbooks.plans.form import PlanForm
from playbooks.reading import Plain, read
from playbooks.writing import write_plain
from tests.playbooks.cards import CARD, PLAN, cards, plans

NAMES = {
    (TargetKind.DUTY, "TIB"): "Tjänsteman i beredskap",
    (TargetKind.PERSON, "P40"): "Mio Teknikdirektör-Demo",
}


def data(content: bytes) -> dict[str, Plain]:
    found = read("x.yaml", content).data
    assert isinstance(found, dict)
    return found


@pytest.mark.parametrize("name", cards())
def test_a_card_loses_nothing_in_its_form(name: str) -> None:
    form = CardForm.of(data(cards()[name]), NAMES)
    before, after = parse(name, cards()[name]), parse(name, write_plain(form.plain()))
    assert after.source.mistakes == []
    assert after.document == before.document


@pytest.mark.parametrize("name", plans())
def test_a_plan_loses_nothing_in_its_form(name: str) -> None:
    form = PlanForm.of(data(plans()[name]), NAMES)
    before, after = parse(name, plans()[name]), parse(name, write_plain(form.plain()))
    assert after.source.mistakes == []
    assert after.document == before.document


@pytest.mark.parametrize(
    ("value", "label"),
    [
        ("duty:TIB", "Tjänsteman i beredskap (duty:TIB)"),
        ("role:okänd", "role:okänd"),
        ({"manual": "Vaktbolaget"}, "manual:Vaktbolaget"),
        ("något annat", "något annat"),
        ("", ""),
    ],
)
def test_a_target_is_shown_by_name_and_read_back(value: Plain, label: str) -> None:
    assert label_of(value, NAMES) == label
    assert target_of(label) == value


def test_lines_are_added_moved_and_removed_within_their_section() -> None:
    form = CardForm.of(data(CARD.encode()), NAMES)
    form.does("add triggers")
    form.lines[1].text = "Nytt"
    form.does("up 1")
    form.does("down 2")  # Ring tillbaka, past Verifiera
    form.does("down 3")  # the last of its section stays
    form.does("remove 4")
    for nonsense in ("add x", "remove 99", "up -1", "up x", "explode 1", ""):
        form.does(nonsense)
    assert [line.text for line in form.lines] == [
        "Nytt",
        "Det händer",
        "Verifiera",
        "Ring tillbaka",
    ]


def test_posts_and_chapters_are_added_moved_and_removed() -> None:
    form = PlanForm.of(data(PLAN.encode()), NAMES)
    form.does("down-post 0")
    form.does("add chapter")
    form.does("add post")
    for nonsense in ("up-post 99", "remove-x 0", "remove-chapter 7", "down-post 2"):
        form.does(nonsense)
    assert [post.function for post in form.posts] == ["Kommunikation", "Leder", ""]
    assert parse("x.yaml", write_plain(form.plain())).source.mistakes == []
    form.does("remove-chapter 0")
    assert form.chapters == []


def test_blank_lines_are_not_saved_and_mistakes_stand_at_their_own_line() -> None:
    sent = FormData(
        [
            *(("code", "ÅK-9"), ("title", "Prov"), ("owner", "duty:TIB"), ("scenario", "x")),
            *(("section-0", "first hour"), ("text-0", ""), ("section-1", "first hour")),
            *(("text-1", "Gör"), ("within-1", "15"), ("section-2", "log"), ("text-2", "Skriv")),
            ("role-2", "vem som helst"),
        ]
    )
    form = CardForm.read(sent)
    plain = form.plain()
    assert plain["parts"] == [
        {"section": "first hour", "lines": [{"text": "Gör", "within": "15m"}]},
        {"section": "log", "lines": [{"text": "Skriv", "role": "vem som helst"}]},
    ]
    assert form.field_at(("parts", 1, "lines", 0, "role")) == "role-2"
    assert form.field_at(("parts", 0, "lines", 0)) == "text-1"
    assert form.field_at(("parts", 0, "section")) == ""
    assert form.field_at(("governing_document", "date")) == "governing_date"


@pytest.mark.parametrize(
    "junk",
    [
        b"code: 1\nparts: x\n",
        b"parts: [1, {lines: [2, {text: [3]}]}]\n",
        b"title: {a: b}\nowner: []\n",
    ],
)
def test_a_broken_draft_still_has_a_form(junk: bytes) -> None:
    CardForm.of(data(junk), NAMES).plain()
    PlanForm.of(data(junk.replace(b"parts", b"organisation")), NAMES).plain()
