"""The published JSON Schema is up to date, and says the same as the check."""

import json

import pytest
from jsonschema import Draft202012Validator

from playbooks.reading import read
from playbooks.schema import FOLDER, OTHERS, PUBLISHED, written, written_of
from tests.playbooks.cards import CARD, PLAN, cards, plans
from tests.playbooks.lund import files
from tests.playbooks.test_checking import PATH

SCHEMA = Draft202012Validator(json.loads(written()))


def test_the_published_schema_is_up_to_date() -> None:
    assert PUBLISHED.read_text(encoding="utf-8") == written()
    Draft202012Validator.check_schema(SCHEMA.schema)


def test_the_nine_files_follow_the_schema() -> None:
    for name, content in files().items():
        SCHEMA.validate(read(name, content).data)


def test_the_schema_refuses_what_the_check_refuses() -> None:
    for old, new in (
        ("need: 5", "need: many"),
        ("need: 5", "needs: 5"),
        ("duty:TIB", "TIB"),
        ("need: 5", "start: tomorrow"),
        ("title: Prov\n", ""),
        ("need: 5", "channels: [fax 5m]"),
    ):
        assert not SCHEMA.is_valid(read("x.yaml", PATH.replace(old, new, 1).encode()).data)


@pytest.mark.parametrize("name", OTHERS)
def test_the_schemas_of_cards_and_plans_are_up_to_date(name: str) -> None:
    text = written_of(*OTHERS[name])
    assert (FOLDER / name).read_text(encoding="utf-8") == text
    Draft202012Validator.check_schema(json.loads(text))


@pytest.mark.parametrize(
    ("name", "files", "text", "wrong"),
    [
        (
            "action-card.schema.json",
            cards(),
            CARD,
            [("within: 5m", "within: snart"), ("section: log", "section: x"), ("duty:TIB", "TIB")],
        ),
        (
            "action-plan.schema.json",
            plans(),
            PLAN,
            [("body: TN\n", ""), ("duty:KIB", "KIB"), ("body: TN", "body: TN\nbinding: ja")],
        ),
    ],
)
def test_a_file_follows_its_schema_and_the_schema_refuses_what_the_check_refuses(
    name: str, files: dict[str, bytes], text: str, wrong: list[tuple[str, str]]
) -> None:
    schema = Draft202012Validator(json.loads(written_of(*OTHERS[name])))
    for file, content in files.items():
        schema.validate(read(file, content).data)
    schema.validate(read("x.yaml", text.encode()).data)
    for old, new in wrong:
        assert not schema.is_valid(read("x.yaml", text.replace(old, new, 1).encode()).data)
