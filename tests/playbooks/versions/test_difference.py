"""Rules: what has changed between two versions, in sentences and side by side."""

import pytest

from playbooks.document import Document
from playbooks.organisation import Organisation
from playbooks.parsing import AnyDocument, parse
from playbooks.versions import difference, plain_difference
from playbooks.versions.difference import Difference
from playbooks.versions.words import Known
from tests.playbooks.lund import LUND, files

LV03 = files()["lv-03.yaml"].decode()
KNOWN = Known({}, LUND)
CARD = """
code: K-01
kind: action card
title: Vatten
owner: role:sakerhetschef
scenario: Vattnet är otjänligt
parts:
  - section: first minutes
    lines:
      - text: Ring VA SYD
        role: duty:TIB
        within: 15m
      - text: Öppna loggen
"""


def read(text: str) -> AnyDocument:
    document = parse("x.yaml", text.encode()).document
    assert document
    return document


def changed(*changes: tuple[str, str], text: str = LV03) -> Difference:
    after = text
    for old, new in changes:
        assert old in after
        after = after.replace(old, new, 1)
    first, second = read(text), read(after)
    assert isinstance(first, Document)
    assert isinstance(second, Document)
    return difference.between(first, second, KNOWN)


def steps(text: str) -> list[str]:
    """The blocks of the file that are its steps."""
    return text.split("steps:\n")[1].split("\n\n")


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("need: 5\n", "need: 4\n", "Steg 3 Stabens kärna behöver nu 4 av 7, förut 5."),
        ("need: 5\n", "need: all\n", "Steg 3 Stabens kärna behöver nu alla 7, förut 5 av 7."),
        ("need: 5\n", "need: 80%\n", "Steg 3 Stabens kärna behöver nu 80 %, 6 av 7, förut 5."),
        ("15m", "20m", "tidsgränsen är nu inom 20 min, förut inom 15 min."),
        ("    within: 15m\n", "", "tidsgränsen är nu inget, förut inom 15 min."),
        ("group:stab_karna", "group:stab_reserv", "går nu till stab_reserv, förut stab_karna."),
        ("if stab_karna fails", "after 10m", "startar nu efter 10 min, förut om ”Stabens kärna”"),
        ("title: Stabschef", "title: Stabschefen", "Steg 2 heter nu Stabschefen, förut Stabschef."),
        ("ask: received", "ask: spoken", "svar: nu räknas när någon har talat med personen"),
        ("voice + sms 5m, voice 5m", "voice 5m", "kanaler: nu samtal, väntar 5 min, förut samtal"),
        (
            "    note: Ring",
            "    gate: Beslut\n    note: Ring",
            "väntar på beslut: nu Beslut, förut",
        ),
        ("    note: Ring", "    note: Mejla", "och anteckna vem som tog emot."),
        ("goal: Staben", "goal: Hela staben", "Mål: nu Hela staben verksam inom 60 minuter, förut"),
        ("owner: role:sakerhetschef", "owner: duty:TIB", "Ägare: nu TIB, förut sakerhetschef."),
        ("exercise_months: 6", "exercise_months: 3", "Övas: nu var 3:e månad, förut var 6:e"),
        ("title: Plan för", "date: 2026-01-01\n  title: Plan för", "säkerhet, 2026-01-01, förut"),
        ("goal:", "lights: {known: 80}\ngoal:", "Känd: grön från: nu 80 %, förut 90 %."),
        ("kallas in till {assembly}.", "kallas in.", "Sms på svenska: nu {code} Central"),
        ("Samling i", "Vi ses i", "Samtal på svenska: texten är ändrad."),
        ("[role:sakerhetschef, external:X02]", "[]", "Sista utväg: nu inget, förut sakerhetschef"),
        ("need: 5 in", "need: 6 in", "behöver nu 6 tillsammans med ”Stabens kärna”, förut 5"),
        (
            "    start: if stab",
            "    otherwise: go to stab_karna, at most 2 times\n    start: if stab",
            "räcker det inte: nu till ”Stabens kärna”, högst 2 gånger, förut nästa steg.",
        ),
        ("name: stabschef\n", "name: chef\n", "Steg 2 Stabschef, kallas i filen: nu chef, förut"),
    ],
)
def test_a_change_is_one_sentence(old: str, new: str, sentence: str) -> None:
    (only,) = changed((old, new)).sentences
    assert sentence in only


def test_what_is_unchanged_is_folded_away() -> None:
    found = changed(("need: 5\n", "need: 4\n"))
    (part,) = (each for each in found.parts if each.changed)
    (row,) = (each for each in part.rows if each.changed)
    assert (part.title, row.before, row.after) == ("Steg 3 Stabens kärna", "5 av 7", "4 av 7")
    assert len(found.unchanged) == len(found.parts) - 1
    assert "Startar" in {each.label for each in part.unchanged}


def test_a_version_does_not_differ_from_itself() -> None:
    for content in files().values():
        found = changed(text=content.decode())
        assert not found.sentences
        assert len(found.unchanged) == len(found.parts)


def test_steps_are_added_removed_and_moved() -> None:
    blocks = steps(LV03)
    swapped = LV03.replace(blocks[0], "@").replace(blocks[1], blocks[0]).replace("@", blocks[1])
    assert _between(swapped).sentences == ("Steg 1 Stabschef är flyttat, förut steg 2.",)
    gone = LV03.replace(f"{blocks[1]}\n\n", "")
    assert _between(gone).sentences == ("Steg 2 Stabschef är borttaget.",)
    marks = [part.marks for part in _between(gone).parts if part.marks]
    assert marks == [("Borttaget",)]
    first, second = read(gone), read(LV03)
    assert isinstance(first, Document)
    assert isinstance(second, Document)
    assert difference.between(first, second, KNOWN).sentences == ("Steg 2 Stabschef är nytt.",)


def _between(text: str) -> Difference:
    first, second = read(LV03), read(text)
    assert isinstance(first, Document)
    assert isinstance(second, Document)
    return difference.between(first, second, Known({}, Organisation()))


def test_a_cards_difference_is_told_line_by_line() -> None:
    after = CARD.replace("within: 15m", "within: 10m").replace("Öppna loggen", "Starta loggen")
    found = plain_difference.between(read(CARD), read(after), {})
    assert found.sentences == (
        "Delar › first minutes › Rad › Ring VA SYD › Inom: nu 10m, förut 15m.",
        "Delar › first minutes › Rad › Starta loggen › Text: nu Starta loggen, förut Öppna loggen.",
    )
    assert not plain_difference.between(read(CARD), read(CARD), {}).sentences


def test_a_cards_new_line_stands_alone_on_its_side() -> None:
    after = CARD.replace("      - text: Öppna", "      - text: Ring KIB\n      - text: Öppna")
    found = plain_difference.between(read(CARD), read(after), {})
    rows = [row for part in found.parts for row in part.rows if row.changed]
    assert [(row.before, row.after) for row in rows] == [("", "Ring KIB")]
