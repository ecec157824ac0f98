"""Stories: paths are read, looked through, checked and loaded in the browser."""

from html import unescape

import pytest

from playbooks import library, service
from playbooks.models import VersionState
from tests.clocks import NIGHT
from tests.playbooks.lund import files
from tests.visitors import Site, Visitor

URL = "/paths/load"


async def test_all_paths_stand_in_a_list(tib: Visitor) -> None:
    await tib.sees("/paths", *(f"/paths/LV-0{number}" for number in range(1, 10)))


@pytest.mark.parametrize("number", range(1, 10))
async def test_each_path_is_shown_in_words_and_as_a_picture(tib: Visitor, number: int) -> None:
    await tib.sees(f"/paths/LV-0{number}", "Kedjan i ord", '<svg class="chain-svg"', "Version 1")
    await tib.sees(f"/paths/LV-0{number}/people", "Så här skulle larmet gå")


async def test_a_version_is_shown_and_downloaded_as_it_was_written(tib: Visitor) -> None:
    written = files()["lv-03.yaml"]
    await tib.sees("/paths/LV-03/versions/1", written.decode().splitlines()[0])
    response = await tib.get("/paths/LV-03/versions/1.yaml")
    assert response.content == written
    assert response.headers["content-disposition"] == 'attachment; filename="lv-03.yaml"'
    for url in ("/paths/LV-99", "/paths/LV-03/versions/7", "/paths/LV-03/versions/7.yaml"):
        assert (await tib.get(url)).status_code == 404


async def test_a_pasted_path_is_checked_and_then_loaded(site: Site, planner: Visitor) -> None:
    text = files()["lv-03.yaml"].decode().replace("need: 5\n", "need: 4\n")
    checked = await planner.post(URL, text=text, act="check")
    assert checked.status_code == 200
    assert "Inga fel i LV-03." in checked.text
    loaded = await planner.post(URL, text=text.replace("\n", "\r\n"), act="load")
    assert loaded.headers["location"] == "/paths?loaded=LV-03.2"
    await planner.sees("/paths?loaded=LV-03.2", "1 nytt utkast", "/paths/LV-03/versions/2")
    again = await planner.post(URL, text=text, act="load")
    await planner.sees(again.headers["location"], "Inget nytt")
    async with site.database.reading() as session:
        assert (await service.plan_of(session, "LV-03", at=NIGHT)).version == 1
        newest = (await library.versions(session, "LV-03"))[0]
    assert (newest.number, newest.state) == (2, VersionState.DRAFT)


async def test_mistakes_come_back_with_their_lines_and_the_text(planner: Visitor) -> None:
    text = files()["lv-03.yaml"].decode().replace("need: 5\n", "need: 50\n")
    for act in ("check", "load"):
        response = await planner.post(URL, text=text, act=act)
        page = unescape(response.text)
        assert response.status_code == 422
        assert "lv-03.yaml:" in page
        assert "50 behövs, men steget når bara 7" in page
        assert "need: 50" in page


async def test_uploaded_files_are_loaded_together(planner: Visitor) -> None:
    changed = [
        ("files", (name, content + b"# ny\n", "application/yaml"))
        for name, content in files().items()
    ]
    response = await planner.client.post(URL, data={"act": "load"}, files=changed)
    assert response.headers["location"].count("LV-") == 9


@pytest.mark.parametrize(
    "text", ["", "a: &a [*a]", "{{ 7*7 }}", "<script>alert(1)</script>", "\t- x"]
)
async def test_what_is_no_path_gets_a_sentence(planner: Visitor, text: str) -> None:
    response = await planner.post(URL, text=text, act="load")
    assert response.status_code == 422
    assert "<script>alert" not in response.text


async def test_only_planners_load(tib: Visitor) -> None:
    assert (await tib.get(URL)).status_code == 403
    assert (await tib.post(URL, text="code: X", act="load")).status_code == 403
