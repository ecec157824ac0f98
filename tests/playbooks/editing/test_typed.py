"""Rules: what stands in the forms says what the file says, and back again; steps move and are renamed."""

import pytest
from starlette.datastructures import FormData

from core.errors import NotFound
from playbooks.editing import edits
from playbooks.editing.head import TypedHead
from playbooks.editing.opened import belongs, by_place
from playbooks.editing.typed import TypedNeed, TypedStep, TypedWave, duration, texts_of, texts_plain
from playbooks.reading import Mistake, Plain, read
from tests.playbooks.lund import files

LUND = {name: read(name, content) for name, content in files().items()}


def data(file: str = "lv-03.yaml") -> dict[str, Plain]:
    found = LUND[file].data
    assert isinstance(found, dict)
    return found


@pytest.mark.parametrize("file", sorted(LUND))
def test_every_step_of_lund_is_the_same_after_its_form(file: str) -> None:
    for at in range(len(edits.steps_of(data(file)))):
        step = edits.step_at(data(file), at)
        usual = {name: value for name, value in step.items() if value == "coming"}
        assert TypedStep.of(step).plain(step) | usual == step


@pytest.mark.parametrize("file", sorted(LUND))
def test_every_head_and_text_of_lund_is_the_same_after_its_form(file: str) -> None:
    before = data(file)
    usual = {name: 12 for name in ("review_months", "exercise_months") if before.get(name) == 12}
    assert TypedHead.of(before).plain(before) | usual == before
    assert texts_plain(texts_of(before["texts"])) == before["texts"]


def test_what_is_rare_is_kept_too() -> None:
    step: dict[str, Plain] = {
        "name": "x",
        "title": "X",
        "target": [{"manual": "Ropa på Rakel"}, {"manual": "Spring"}],
        "need": "80%",
        "within": "1h",
        "start": "after 10m",
        "otherwise": "go to tib, at most 1 time",
        "exclude_site": False,
        "unknown": ["a"],
        "channels": ["voice+sms 3m x2", "rök 5m"],
    }
    assert TypedStep.of(step).plain(step) == step | {
        "otherwise": "go to tib, at most 1 times",
        "channels": ["voice + sms 3m x2", "rök 5m"],
    }
    head: dict[str, Plain] = {
        "code": "LV-03",
        "title": "X",
        "entry": "Y",
        "goal": "Z",
        "owner": {"manual": "Chefen"},
        "last_resort": [{"manual": "Ring"}, "role:x"],
        "lights": {"known": 80, "saved_number": False, "odd": 1},
        "forbidden_channels": ["mail"],
        "governing_document": {"title": "Plan", "date": "2026-01-01"},
        "approved_by_another": True,
        "odd": "kvar",
    }
    assert TypedHead.of(head).plain(head) == head


def test_a_form_that_is_sent_becomes_a_step() -> None:
    form = FormData(
        [
            ("title", " Stab "),
            ("name", "stab"),
            ("target", "group:stab"),
            ("target", ""),
            ("manual", "Ropa"),
            ("wave0_voice", "yes"),
            ("wave0_sms", "yes"),
            ("wave0_wait", "3 min"),
            ("wave1_times", "1"),
            ("wave4_sms", "yes"),
            ("wave4_wait", "5m"),
            ("wave4_times", "2"),
            ("need_kind", "total"),
            ("need", "5"),
            ("need_with", "a"),
            ("need_with", "b"),
            ("within", "15 minuter"),
            ("start", "time"),
            ("delay", "1 tim"),
            ("otherwise", "go to a"),
            ("times", "3"),
            ("sv_mail", "a\r\nb"),
            ("exclude_site", "yes"),
        ]
    )
    assert TypedStep.sent(form, runs=False).plain({}) == {
        "name": "stab",
        "title": "Stab",
        "start": "after 1h",
        "target": ["group:stab", {"manual": "Ropa"}],
        "channels": ["voice + sms 3m", "sms 5m x2"],
        "need": "5 in total with a, b",
        "within": "15m",
        "otherwise": "go to a, at most 3 times",
        "texts": {"sv": {"mail": "a\nb\n"}},
        "exclude_site": True,
    }
    sub = TypedStep.sent(FormData([("run", "LV-05"), ("title", "POSOM")]), runs=True)
    assert sub.plain({}) == {"run": "LV-05", "title": "POSOM"}


@pytest.mark.parametrize(
    ("words", "short"),
    [
        ("15 min", "15m"),
        ("60s", "60s"),
        ("2 timmar", "2h"),
        ("1h", "1h"),
        ("snart", "snart"),
        ("9" * 5000 + "m", "9" * 5000 + "m"),
    ],
)
def test_a_time_may_be_typed_as_people_say_it(words: str, short: str) -> None:
    assert duration(words) == short


@pytest.mark.parametrize("need", [5, "all", "80%", "5 in total with a, b", "många", None])
def test_a_need_is_the_same_after_its_form(need: Plain) -> None:
    assert TypedNeed.of(need).plain == need


@pytest.mark.parametrize("wave", ["voice + sms 3m", "mail 45s x2", "voice snart", "?"])
def test_a_wave_is_the_same_after_its_form(wave: str) -> None:
    assert TypedWave.of(wave).plain == wave


def test_a_new_name_is_followed_by_the_steps_that_speak_of_it() -> None:
    step = {**edits.step_at(data(), 2), "name": "karnan"}
    after = edits.with_step(data(), 2, step)
    reserve = edits.step_at(after, 3)
    assert reserve["need"] == "5 in total with karnan"
    assert reserve["start"] == "if karnan fails"
    first = {**edits.step_at(data("lv-01.yaml"), 0), "name": "vakt"}
    last = edits.step_at(edits.with_step(data("lv-01.yaml"), 0, first), 3)
    assert last["otherwise"] == "go to vakt, at most 3 times"


def test_steps_are_added_moved_and_taken_away() -> None:
    def names(changed: edits.Data) -> list[str]:
        return [edits.name_of(step) for step in edits.steps_of(changed)]

    before = names(data())
    assert names(edits.moved(data(), 1, -1))[:2] == [before[1], before[0]]
    assert names(edits.moved(data(), 0, -1)) == before
    assert names(edits.moved(data(), 4, 1)) == before
    assert names(edits.without_step(data(), 0)) == before[1:]
    assert names(edits.with_new_step(data(), 1, None))[1] == "steg_1"
    many: list[Plain] = [{"name": f"steg_{number}"} for number in range(1, 1001)]
    assert names(edits.with_new_step({"steps": many}, 1000, None))[-1] == "steg_1001"
    added = edits.with_new_step(edits.with_new_step(data(), 9, None), 99, "")
    assert names(added)[-2:] == ["steg_1", "steg_2"]
    assert names(data()) == before
    for at in (-1, 9):
        with pytest.raises(NotFound):
            edits.without_step(data(), at)
    with pytest.raises(NotFound):
        edits.step_at({"steps": ["x"]}, 0)


def test_a_mistake_stands_where_it_belongs() -> None:
    source = LUND["lv-03.yaml"]
    lines = source.lines
    assert belongs(1, source) == "head"
    assert belongs(lines["owner",], source) == "head"
    assert belongs(lines["texts", "en", "voice"] + 1, source) == "texts"
    assert belongs(lines["steps", 2, "need"], source) == 2
    assert belongs(lines["steps", 4], source) == 4
    need = Mistake("x", lines["steps", 2, "need"], "fel")
    assert by_place([need, Mistake("x", 1, "med")], source) == {
        2: [need],
        "head": [Mistake("x", 1, "med")],
    }
