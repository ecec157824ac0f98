"""The published JSON Schema is up to date, and says the same as the check."""

import json

from jsonschema import Draft202012Validator

from playbooks.reading import read
from playbooks.schema import PUBLISHED, written
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
