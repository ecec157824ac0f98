"""A small card and a small plan, and the demo's own."""

from pathlib import Path

DEMO = Path(__file__).parents[2] / "crisis" / "demo"

CARD = """\
kind: action card
code: ÅK-9
title: Prov
owner: role:sakerhetschef
scenario: Något har hänt.
paths: [LV-01]
parts:
  - section: triggers
    lines:
      - text: Det händer
  - section: first minutes
    lines:
      - text: Ring tillbaka
        role: duty:TIB
        within: 5m
      - text: Verifiera
        within: 15m
  - section: log
    lines:
      - text: Vem som ringde
        role: person:P17
"""
PLAN = """\
kind: action plan
code: HP-TN
title: Plan för tekniska nämnden
owner: person:P40
body: TN
organisation:
  - function: Leder
    holder: person:P40
    deputies: [person:P03]
  - function: Kommunikation
    holder: role:kommunikationschef
    deputies: [duty:KIB]
"""


def cards() -> dict[str, bytes]:
    return {each.name: each.read_bytes() for each in sorted((DEMO / "cards").glob("*.yaml"))}


def plans() -> dict[str, bytes]:
    return {each.name: each.read_bytes() for each in sorted((DEMO / "plans").glob("*.yaml"))}
