"""Writes the published JSON Schemas of the files: `python -m playbooks.schema`."""

import json
from pathlib import Path
from typing import Any

from playbooks.cards.document import Card
from playbooks.document import Governed, json_schema
from playbooks.plans.document import ActionPlan

FOLDER = Path(__file__).parent.parent / "docs" / "schema"
PUBLISHED = FOLDER / "alarm-path.schema.json"
OTHERS: dict[str, tuple[type[Governed], str]] = {
    "action-card.schema.json": (Card, "Åtgärdskort"),
    "action-plan.schema.json": (ActionPlan, "Handlingsplan"),
}


def written() -> str:
    """The schema of a path."""
    return _as_text(json_schema())


def written_of(model: type[Governed], title: str) -> str:
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    return _as_text(head | model.model_json_schema() | {"title": title})


def _as_text(schema: dict[str, Any]) -> str:
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    PUBLISHED.write_text(written(), encoding="utf-8")
    for name, (model, title) in OTHERS.items():
        (FOLDER / name).write_text(written_of(model, title), encoding="utf-8")
