"""Writes the published JSON Schema of a path's file: `python -m playbooks.schema`."""

import json
from pathlib import Path

from playbooks.document import json_schema

PUBLISHED = Path(__file__).parent.parent / "docs" / "schema" / "alarm-path.schema.json"


def written() -> str:
    return json.dumps(json_schema(), ensure_ascii=False, indent=2) + "\n"


if __name__ == "__main__":
    PUBLISHED.parent.mkdir(parents=True, exist_ok=True)
    PUBLISHED.write_text(written(), encoding="utf-8")
