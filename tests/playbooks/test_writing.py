"""Rules: a document that is written as a file and read again is the same document."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playbooks.document import Document
from playbooks.parsing import parse
from playbooks.reading import Plain, read
from playbooks.writing import comments_of, loses_comments, plain_of, write, write_plain
from tests.playbooks.lund import files

LUND = files()


def document(content: bytes) -> Document:
    parsed = parse("x.yaml", content)
    assert not parsed.source.mistakes, (parsed.source.mistakes, content.decode())
    assert isinstance(parsed.document, Document)
    return parsed.document


@pytest.mark.parametrize("file", sorted(LUND))
def test_lunds_paths_are_the_same_when_written_anew(file: str) -> None:
    original = document(LUND[file])
    written = write(original, comments=comments_of(LUND[file].decode()))
    assert document(written) == original
    assert write(document(written), comments=comments_of(written.decode())) == written


def test_a_file_is_written_as_a_planner_would() -> None:
    written = write(document(LUND["lv-03.yaml"])).decode()
    for line in (
        "title: Inkallning central krisledning (nivå 2)",
        "goal: Staben verksam inom 60 minuter",
        "last_resort: [role:sakerhetschef, external:X02]",
        "    voice: >-",
        "    mail: |",
        "  - name: stab_karna",
        "    channels: [voice + sms 3m, voice 3m, voice + sms 3m]",
        "    need: 5 in total with stab_karna",
        '    sms: "{code} Central krisledning kallas in till {assembly}."',
    ):
        assert f"{line}\n" in written, written
    assert max(len(line) for line in written.splitlines()) <= 120
    assert "review_months" not in written


TEXT = st.one_of(
    st.text(max_size=200),
    st.text(alphabet="ab :#-'\"\\|>&*![]{}%@`,?\n\t ~", max_size=60),
    st.lists(st.text(alphabet="aåö{}.,", min_size=1, max_size=9), max_size=60).map(" ".join),
    st.sampled_from(["true", "null", "~", "12", "0", "-1", "no", "1e3", "=", "<<", "a: b", "a #b"]),
)
WORDS = TEXT.filter(lambda text: bool(text.strip()))
PLAIN: st.SearchStrategy[Any] = st.recursive(
    st.one_of(TEXT, st.booleans(), st.integers(0, 999_999), st.none()),
    lambda inner: (
        st.lists(inner.filter(lambda value: not isinstance(value, list)), max_size=3)
        | st.dictionaries(st.text(max_size=9), inner, max_size=3)
    ),
    max_leaves=8,
)


@settings(max_examples=80, deadline=None)
@given(st.dictionaries(st.sampled_from(["code", "goal", "texts", "steps", "x"]), PLAIN))
def test_whatever_is_typed_is_read_back_as_it_was(data: dict[str, Plain]) -> None:
    source = read("x.yaml", write_plain(data, comments="# så här"))
    assert (source.mistakes, source.data) == ([], data) or not data


@pytest.mark.parametrize("length", range(96, 116))
def test_a_list_is_never_lost_however_long_its_line_would_be(length: int) -> None:
    targets: list[Plain] = ["group:stab", "x" * (length - len("group:stab"))]
    data: dict[str, Plain] = {"last_resort": targets, "steps": [{"target": targets}]}
    assert read("x.yaml", write_plain(data)).data == data


def test_a_list_in_a_list_keeps_its_signs() -> None:
    data: dict[str, Plain] = {"x": [["😀", {"a b": [None, 1, "no, not"]}]]}
    assert read("x.yaml", write_plain(data)).data == data


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_any_document_is_the_same_when_written_and_read(data: st.DataObject) -> None:
    original = document(LUND[data.draw(st.sampled_from(sorted(LUND)))])
    short = WORDS.map(lambda text: text[:200]).filter(lambda text: bool(text.strip()))
    step = original.steps[0].model_copy(update={"title": data.draw(short)})
    changed = original.model_copy(
        update={
            "title": data.draw(short),
            "goal": data.draw(short),
            "assembly": data.draw(st.none() | short),
            "review_months": data.draw(st.integers(1, 60)),
            "approved_by_another": data.draw(st.booleans()),
            "lights": original.lights.model_copy(
                update={"known": data.draw(st.integers(1, 100)), "introduced": False}
            ),
            "texts": original.texts.model_copy(
                update={"sv": original.texts.sv.model_copy(update={"voice": data.draw(WORDS)})}
            ),
            "steps": (step, *original.steps[1:]),
        }
    )
    assert document(write(changed)) == changed


def test_comments_at_the_head_are_known_from_others() -> None:
    source = "# Först\n#  Sen\n\n# Sist\ncode: X\n"
    assert comments_of(source) == "# Först\n#  Sen\n\n# Sist"
    assert not loses_comments(source)
    assert loses_comments(source + "# slut\n")
    assert loses_comments("code: X # koden\n")
    assert not any(loses_comments(content.decode()) for content in LUND.values())
    assert plain_of(document(LUND["lv-01.yaml"]))["code"] == "LV-01"
