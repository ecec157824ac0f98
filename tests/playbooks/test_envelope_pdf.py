"""The envelope as a file: PDF/UA, taken apart by two programs that did not write it."""

import asyncio
import io
import json
import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from core.language import use_language
from playbooks.paper.printing import press, printed
from playbooks.paper.saying import say
from tests.clocks import NIGHT
from tests.playbooks.envelope import IMPRINT, contents


@pytest.fixture(scope="module")
def envelope() -> bytes:
    with use_language("sv"):
        return press(say(contents(), IMPRINT), at=NIGHT)


@pytest.fixture
def pdf(envelope: bytes) -> Iterator[pikepdf.Pdf]:
    with pikepdf.open(io.BytesIO(envelope)) as opened:
        yield opened


def tags(pdf: pikepdf.Pdf) -> list[Any]:
    """Every element of the structure tree, in reading order."""
    found: list[Any] = []

    def walk(node: object) -> None:
        if isinstance(node, pikepdf.Array):
            for each in node:
                walk(each)
        elif isinstance(node, pikepdf.Dictionary):
            if "/S" in node and node.get("/Type") != "/OBJR":
                found.append(node)
            walk(node.get("/K"))

    walk(pdf.Root.StructTreeRoot.K)
    return found


def named(pdf: pikepdf.Pdf, name: str) -> list[Any]:
    return [each for each in tags(pdf) if each["/S"] == name]


def test_a_sign_that_no_font_has_is_a_box_and_no_name_is_ever_code() -> None:
    """One emoji in one name left the municipality without its envelope."""
    with use_language("sv"):
        said = say(contents(), IMPRINT)
    names = ("Åsa 😀 \x01 中", "مرحبا \u202eabc", '#panic("x") $x^2$ \\ *fet* // <a> @b')
    said["sheets"][0]["people"] = [
        {"name": each, "title": "", "numbers": [], "way": ""} for each in names
    ]
    with pikepdf.open(io.BytesIO(press(said, at=NIGHT))) as made:
        assert made.Root.MarkInfo.Marked


def test_it_is_tagged_in_a_language_with_a_title_that_readers_show(pdf: pikepdf.Pdf) -> None:
    assert pdf.Root.MarkInfo.Marked
    assert str(pdf.Root.Lang) == "sv"
    assert pdf.Root.ViewerPreferences.DisplayDocTitle
    with pdf.open_metadata() as metadata:
        assert metadata["pdfuaid:part"] == "1"
        assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("2", "A")
        assert metadata["dc:title"] == "Larmkuvert"


def test_each_page_is_read_in_the_order_of_its_structure(pdf: pikepdf.Pdf) -> None:
    assert len(pdf.pages) > 5
    assert all(str(page.obj.Tabs) == "/S" for page in pdf.pages if "/Annots" in page.obj)
    assert all("/StructParents" in page.obj for page in pdf.pages)


def test_headings_begin_at_one_and_skip_none(pdf: pikepdf.Pdf) -> None:
    levels = [int(str(each["/S"])[2:]) for each in tags(pdf) if str(each["/S"])[1:2] == "H"]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert pdf.Root.Outlines.Count, "there are bookmarks"


def test_every_table_has_column_headers_with_a_scope(pdf: pikepdf.Pdf) -> None:
    headers = named(pdf, "/TH")
    assert len(named(pdf, "/Table")) >= 6
    assert len(headers) >= 24
    for header in headers:
        attributes = header["/A"]
        several = attributes if isinstance(attributes, pikepdf.Array) else [attributes]
        assert "/Column" in {str(each.get("/Scope")) for each in several}


def test_pictures_say_in_words_what_they_show(pdf: pikepdf.Pdf) -> None:
    figures = named(pdf, "/Figure")
    assert [str(each["/Alt"]) for each in figures] == [
        "QR-kod som leder till https://larm.lund.example/envelope/editions/7"
    ]


def test_every_font_is_in_the_file(pdf: pikepdf.Pdf) -> None:
    fonts = [each for each in pdf.objects if isinstance(each, pikepdf.Dictionary)]
    described = [each for each in fonts if each.get("/Type") == "/FontDescriptor"]
    assert described
    assert all({"/FontFile", "/FontFile2", "/FontFile3"} & set(each.keys()) for each in described)


def faults(pdf: bytes, folder: Path) -> int:
    """How many rules of ISO 14289-1 it breaks, by outloud; hints beyond the standard do not count."""
    file, report = folder / "envelope.pdf", folder / "report.json"
    file.write_bytes(pdf)
    program = (sys.executable, "-m", "outloud.cli", str(file), "--layer", "conformance")
    subprocess.run([*program, "--json", str(report)], check=False, capture_output=True)
    (result,) = json.loads(report.read_text())["results"]
    assert result["error"] is None
    errors: int = result["counts"]["error"]
    return errors


def test_another_validator_finds_no_fault(envelope: bytes, tmp_path: Path) -> None:
    assert faults(envelope, tmp_path) == 0


def test_the_other_validator_would_find_one(pdf: pikepdf.Pdf, tmp_path: Path) -> None:
    del pdf.Root.Lang
    del pdf.Root.StructTreeRoot
    damaged = io.BytesIO()
    pdf.save(damaged)
    assert faults(damaged.getvalue(), tmp_path) > 0


def test_the_same_words_give_the_same_bytes_and_english_ones_an_english_file(
    envelope: bytes,
) -> None:
    with use_language("sv"):
        assert press(say(contents(), IMPRINT), at=IMPRINT.made_at) == envelope
    with use_language("en"):
        english = press(say(contents(), IMPRINT), at=NIGHT)
    with pikepdf.open(io.BytesIO(english)) as pdf:
        assert str(pdf.Root.Lang) == "en"


async def test_an_alarm_does_not_wait_while_the_envelope_is_printed() -> None:
    """The loop goes on turning beside the press."""
    with use_language("sv"):
        printing = asyncio.create_task(printed(say(contents(), IMPRINT), at=NIGHT))
    turns = 0
    while not printing.done():
        await asyncio.sleep(0)
        turns += 1
    assert turns > 100
    assert (await printing).startswith(b"%PDF")
