import re

from tests.rosters.office import of
from tests.visitors import Visitor


async def upload(visitor: Visitor, content: str | bytes) -> tuple[int, str, dict[str, str]]:
    """Status, page and the hidden fields of the form that confirms."""
    raw = content if isinstance(content, bytes) else content.encode()
    files = {"file": ("people.csv", raw, "text/csv")}
    response = await visitor.client.post("/people/import", files=files)
    hidden = dict(re.findall(r'type="hidden" name="(content|mark)" value="([^"]*)"', response.text))
    return response.status_code, response.text, hidden


async def test_a_file_is_shown_first_and_then_read_in(planner: Visitor) -> None:
    status, text, fields = await upload(planner, "nummer;namn\nP01;Alva Ny\nP70;Frej\n")
    assert status == 200
    assert "Alva Ny" in text
    assert "Frej" not in await planner.sees("/people")
    assert (await planner.post("/people/import/confirm", **fields)).status_code == 303
    await planner.sees("/people", "Alva Ny", "Frej")
    _status, text, _fields = await upload(planner, "nummer;namn\nP70;Frej\n")
    assert "Filen ändrar ingenting" in text


async def test_what_has_changed_since_the_file_was_shown_is_shown_again(planner: Visitor) -> None:
    _status, _text, fields = await upload(planner, "nummer;namn\nP01;Alva Ny\n")
    alva = await of(planner, "Alva")
    await planner.post(f"{alva}/edit", ref="P01", name="Alva Gift")
    again = await planner.post("/people/import/confirm", **fields)
    assert again.status_code == 409
    assert "har ändrats sedan du såg listan" in again.text
    await planner.sees(alva, "Alva Gift")


async def test_bad_files_and_forged_forms_are_answered_with_a_sentence(planner: Visitor) -> None:
    for content, sentence in (
        ("", "Filen är tom."),
        ("hund;katt\n1;2\n", "Första raden ska namnge kolumnerna"),
        ("nummer;namn;mobil\nP1;A;1\n", "1 fel i filen. Ingenting läses in."),
        (b"\0\1\2", "varken CSV eller XLSX"),
        (b"a" * 10_000_001, "större än 10 MB"),
    ):
        status, text, _fields = await upload(planner, content)
        assert (status, sentence in text) == (422, True)
    assert (await upload(planner, b"a" * 15_000_000))[0] == 413
    for content in ("", "x", "AAAA", "eJwDAAAAAAE="):
        response = await planner.post("/people/import/confirm", content=content, mark="x")
        assert response.status_code == 422
    assert (await planner.post("/people/import")).status_code == 422
