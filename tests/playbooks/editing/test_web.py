"""Stories: a path is changed step by step in the browser, without JavaScript, and nothing is lost."""

import re
from html import unescape

import pytest

from core.audit import By
from core.models import Role
from playbooks import library
from playbooks import service as playbooks
from playbooks.document import Document
from playbooks.models import PlaybookVersion
from playbooks.versions import service
from tests.clocks import NIGHT
from tests.playbooks.conftest import ZONE
from tests.playbooks.lund import files
from tests.playbooks.versions.test_web import owner
from tests.visitors import Site, Visitor

URL = "/paths/LV-03/edit/2"
SOURCE = "/paths/LV-03/versions/2/source"


@pytest.fixture
async def draft(planner: Visitor) -> Visitor:
    """Nils, with a draft of LV-03."""
    begun = await planner.post("/paths/LV-03/versions")
    assert begun.headers["location"] == URL
    return planner


async def fields(visitor: Visitor, url: str) -> dict[str, str | list[str]]:
    """What a browser would send if its form were sent as it is."""
    page = (await visitor.get(url)).text
    form = page.split('class="form card"')[1].split("</form>")[0]
    found: dict[str, list[str]] = {}
    for tag, attributes in re.findall(r"<(input|textarea|select)\b([^>]*)>", form):
        name = re.search(r'\bname="([^"]+)"', attributes)
        ticked = "checkbox" not in attributes and "radio" not in attributes
        if tag == "input" and name and (ticked or " checked" in attributes):
            value = re.search(r'\bvalue="([^"]*)"', attributes)
            found.setdefault(name[1], []).append(unescape(value[1]) if value else "")
    for name_, value_ in re.findall(
        r'<textarea[^>]*?name="([^"]+)"[^>]*>(.*?)</textarea>', form, re.DOTALL
    ):
        found.setdefault(name_, []).append(unescape(value_))
    for name_, inside in re.findall(
        r'<select[^>]*?name="([^"]+)"[^>]*>(.*?)</select>', form, re.DOTALL
    ):
        chosen = re.search(r'value="([^"]*)" selected', inside)
        found.setdefault(name_, []).append(unescape(chosen[1]) if chosen else "")
    return {name: values[0] if len(values) == 1 else values for name, values in found.items()}


async def saves(visitor: Visitor, url: str, **changes: str | list[str]) -> str:
    """Send the form of a page with these fields changed; where it leads."""
    response = await visitor.post(url, **{**await fields(visitor, url), **changes})
    assert response.status_code == 303, unescape(response.text)[-3000:]
    return response.headers["location"]


async def version(site: Site, number: int = 2) -> PlaybookVersion:
    async with site.database.reading() as session:
        return await service.find(session, "LV-03", number)


async def document(site: Site) -> Document:
    found = library.readable(await version(site))
    assert isinstance(found, Document)
    return found


async def act(visitor: Visitor, url: str, **more: str) -> str:
    page = (await visitor.get(URL)).text
    seen = page.split('name="seen" value="')[1].split('"')[0]
    response = await visitor.post(url, seen=seen, **more)
    assert response.status_code == 303, unescape(response.text)
    return response.headers["location"]


async def test_a_step_is_changed_and_the_picture_redrawn(site: Site, draft: Visitor) -> None:
    await draft.sees(URL, "Stabens kärna", "<svg", "Inga fel i utkastet", "5 behövs inom 15 min")
    to = await saves(draft, f"{URL}/steps/2", need="4", within="20 min", title="Kärnan")
    assert to == f"{URL}#step-3"
    page = await draft.sees(URL, "Kärnan", "4 behövs inom 20 min")
    assert "Stabens kärna" not in page.split("<svg", 2)[-1]
    step = (await document(site)).steps[2]
    before = library.readable(await version(site, 1))
    assert isinstance(before, Document)
    assert step == before.steps[2].model_copy(
        update={"need": step.need, "within": step.within, "title": "Kärnan"}  # type: ignore[union-attr]
    )
    await draft.sees("/paths/LV-03/versions/2", "Steg 3 heter nu Kärnan, förut Stabens kärna.")


@pytest.mark.parametrize("form", ["head", "texts", "steps/0", "steps/3", "steps/4"])
async def test_a_form_sent_as_it_is_changes_nothing_that_is_said(
    site: Site, draft: Visitor, form: str
) -> None:
    before = await document(site)
    await saves(draft, f"{URL}/{form}")
    assert await document(site) == before
    source = (await version(site)).source
    assert source.startswith("# Inkallning av central krisledning.")
    await saves(draft, f"{URL}/{form}")
    assert (await version(site)).source == source


async def test_the_head_and_the_texts_are_changed(site: Site, draft: Visitor) -> None:
    await saves(
        draft,
        f"{URL}/head",
        title="Central krisledning",
        owner="role:kommundirektor",
        goal_within="60 min",
        known="95",
        approved_by_another="yes",
        paper_date="2026-01-31",
        last_resort=["role:stabschef", "", ""],
        forbidden_channels=["mail"],
    )
    await saves(draft, f"{URL}/texts", sv_sms="{code} Kom till {assembly}.")
    found = await document(site)
    assert (found.title, found.lights.known, found.approved_by_another) == (
        "Central krisledning",
        95,
        True,
    )
    assert found.texts.sv.sms == "{code} Kom till {assembly}."
    assert [target.code for target in found.last_resort] == ["stabschef"]


async def test_steps_are_added_filled_in_moved_and_removed(site: Site, draft: Visitor) -> None:
    to = await act(draft, f"{URL}/steps", kind="step", at="1")
    assert to == f"{URL}/steps/1"
    await draft.sees(URL, "Nytt steg", "Fältet ”target” saknas.", "Bilden ritas när")
    await draft.sees(to, "Fältet ”target” saknas.")
    await saves(
        draft,
        to,
        title="Växeln",
        name="vaxel",
        target=["person:P17", ""],
        wave0_sms="yes",
        wave0_wait="5 min",
    )
    await draft.sees(URL, "Växeln", "Sms, väntar 5 min", "Inga fel i utkastet", "<svg")
    sub = await act(draft, f"{URL}/steps", kind="run", at="6")
    await saves(draft, sub, run="LV-05", title="Om krisstöd behövs", start="by hand", name="")
    await draft.sees(URL, "Om krisstöd behövs", "Kör larmväg", "Inga fel i utkastet")
    assert await act(draft, f"{URL}/steps/1/up") == f"{URL}#step-1"
    await act(draft, f"{URL}/steps/6/down")
    await act(draft, f"{URL}/steps/3/remove")
    names = [getattr(step, "name", "") for step in (await document(site)).steps[:3]]
    assert names == ["vaxel", "kommundirektor", "stabschef"]
    await draft.sees(URL, "steget ”stab_karna” finns inte")


async def test_what_is_wrong_is_saved_all_the_same_and_shown_at_its_step(
    site: Site, draft: Visitor
) -> None:
    await saves(
        draft,
        f"{URL}/steps/2",
        need="femtio",
        within="snart",
        name="Stab Kärna",
        wave0_wait="länge",
    )
    page = await draft.sees(f"{URL}/steps/2", "femtio", "snart", "Stab Kärna", "länge")
    assert page.count(">fel<") >= 4
    await draft.sees(URL, "Det finns något att rätta", "”femtio” är inget behov")
    await saves(draft, f"{URL}/head", review_months="ett år", paper_date="i fjol")
    await draft.sees(f"{URL}/head", "ett år", "här ska det stå ett heltal", "i fjol")
    for page in ("/paths", "/paths/LV-03", "/paths/LV-03/versions", "/paths/LV-03/versions/2"):
        await draft.sees(page)


async def test_two_who_edit_do_not_overwrite_each_other(site: Site, draft: Visitor) -> None:
    mine = await fields(draft, f"{URL}/steps/2")
    other = await site.signed_in("olle", Role.PLANNER)
    await saves(other, f"{URL}/steps/1", title="Olles")
    lost = await draft.post(f"{URL}/steps/2", **{**mine, "title": "Min rubrik"})
    page = unescape(lost.text)
    assert lost.status_code == 409
    assert "ändrats av någon annan" in page
    assert 'value="Min rubrik"' in page
    moved = await draft.post(f"{URL}/steps/2/up", seen="x")
    assert moved.status_code == 409
    assert "ändrats av någon annan" in unescape(moved.text)
    assert "Olles" in await draft.sees(URL)


async def test_what_no_file_can_hold_comes_back_as_typed(draft: Visitor) -> None:
    mine = await fields(draft, f"{URL}/texts")
    refused = await draft.post(
        f"{URL}/texts", **{**mine, "sv_mail": "x" * 300_000, "sv_sms": "Min"}
    )
    assert refused.status_code == 422
    assert "för stor" in refused.text
    assert "Min</textarea>" in refused.text


async def test_comments_further_down_are_lost_and_the_page_says_so(draft: Visitor) -> None:
    assert "kommentarer" not in await draft.sees(URL)
    text = files()["lv-03.yaml"].decode().replace("steps:\n", "steps: # här\n")
    seen = (await fields(draft, f"{URL}/head"))["seen"]
    await draft.post(SOURCE, text=text, seen=seen)
    await draft.sees(URL, "De försvinner när du sparar")


async def test_a_draft_that_cannot_be_read_is_edited_as_yaml(draft: Visitor) -> None:
    seen = (await fields(draft, f"{URL}/head"))["seen"]
    assert (await draft.post(SOURCE, text="code: [", seen=seen)).status_code == 303
    await draft.sees(URL, "Rätta den som YAML först", f"{SOURCE}")
    assert (await draft.post(f"{URL}/head", seen="x")).status_code == 409
    for odd in (
        "code: LV-03\nsteps: [a, {run: 3}, 7]\ntexts: [1]\nlights: x\nowner: [1]\n",
        "a: 1\na: 2\n",
    ):
        seen = (await draft.get(SOURCE)).text.split('name="seen" value="')[1].split('"')[0]
        assert (await draft.post(SOURCE, text=odd, seen=seen)).status_code == 303
        for page in (URL, f"{URL}/head", f"{URL}/texts"):
            await draft.sees(page)
    assert (await draft.get(f"{URL}/steps/0")).status_code == 404


async def test_a_new_path_begins_as_a_draft(site: Site, planner: Visitor) -> None:
    given = {"title": "Storm", "owner": "role:sakerhetschef", "entry": "TIB", "goal": "Snart"}
    for code, words in (("lv 10", "En kod skrivs"), ("", "Fyll i"), ("LV-03", "används redan")):
        refused = await planner.post("/paths/new", code=code, **given)
        assert words in refused.text
        assert 'value="Storm"' in refused.text
        assert refused.status_code == 422
    made = await planner.post("/paths/new", code="lv-10", **given)
    assert made.headers["location"] == "/paths/LV-10/edit/1"
    await planner.sees(
        "/paths/LV-10/edit/1", "Larmvägen har inga steg än", "larmvägen har inga steg"
    )
    await planner.sees("/paths", "LV-10, version 1")


async def test_only_planners_edit_and_only_drafts(tib: Visitor, draft: Visitor) -> None:
    for url in ("/paths/new", URL, f"{URL}/head", f"{URL}/steps/0"):
        assert (await tib.get(url)).status_code == 403
    assert (await tib.post(f"{URL}/steps/0/up")).status_code == 403
    assert (await draft.get("/paths/LV-03/edit/1")).status_code == 409
    for missing in ("/paths/LV-03/edit/9", "/paths/LV-99/edit/1", f"{URL}/steps/77"):
        assert (await draft.get(missing)).status_code == 404


async def test_what_the_editor_wrote_survives_export_and_load(site: Site, draft: Visitor) -> None:
    await saves(draft, f"{URL}/steps/1", title="Chef")
    await draft.post("/paths/LV-03/versions/2/propose", summary="Nytt ord")
    siv = await owner(site, "siv", "P13")
    assert (await siv.post("/paths/LV-03/versions/2/approve")).status_code == 303
    source = (await version(site)).source
    async with site.database.transaction() as session:
        written = await playbooks.export(session, now=NIGHT)
        assert written["lv-03.yaml"] == source.encode()
        assert not await playbooks.load(session, written, by=By("x"), now=NIGHT, zone=ZONE)
