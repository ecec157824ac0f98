"""Stories: a change goes through its pages from draft to in force; a refusal is a sentence there."""

from html import unescape

import pytest
from sqlalchemy import select

from core.audit import By
from core.database import Database
from core.models import Role, User
from playbooks import service
from playbooks.models import VersionState
from playbooks.versions.web import version_pages
from rosters.models import Person
from tests.clocks import NIGHT
from tests.kinds import BOTH, one_kind  # noqa: F401  # a fixture
from tests.playbooks.conftest import ZONE
from tests.playbooks.lund import files
from tests.playbooks.versions.test_difference import CARD
from tests.visitors import Site, Visitor

URL = "/paths/LV-03/versions"
TEXT = files()["lv-03.yaml"].decode()


async def owner(site: Site, username: str, ref: str) -> Visitor:
    """Somebody signed in who is that person."""
    visitor = await site.signed_in(username)
    async with site.database.transaction() as session:
        user = (await session.scalars(select(User).where(User.username == username))).one()
        person = (await session.scalars(select(Person).where(Person.ref == ref))).one()
        person.user_id = user.id
    return visitor


@pytest.fixture
async def siv(site: Site) -> Visitor:
    """A mere reader who holds the role that owns LV-03."""
    return await owner(site, "siv", "P13")


async def written(planner: Visitor, old: str = "need: 5\n", new: str = "need: 4\n") -> str:
    """A new draft with one change; the address of its page."""
    begun = await planner.post(URL)
    number = begun.headers["location"].rpartition("/")[2]
    url = f"{URL}/{number}"
    page = unescape((await planner.get(f"{url}/source")).text)
    seen = page.split('name="seen" value="')[1].split('"')[0]
    saved = await planner.post(f"{url}/source", text=TEXT.replace(old, new), seen=seen)
    assert saved.status_code == 303, saved.text
    return url


async def refused(visitor: Visitor, url: str, *words: str, **fields: str) -> None:
    """The page comes back with these words."""
    response = await visitor.post(url, **fields)
    page = unescape(response.text)
    assert 400 <= response.status_code < 500, response.status_code
    assert not [word for word in words if word not in page], words


@BOTH
async def test_a_change_goes_from_draft_to_in_force(planner: Visitor, siv: Visitor) -> None:
    url = await written(planner)
    sentence = "Steg 3 Stabens kärna behöver nu 4 av 7, förut 5."
    await planner.sees(url, "Utkast", "Nytt mot version 1", sentence, "Kedjan i ord", "<svg")
    proposed = await planner.post(f"{url}/propose", summary="Fyra räcker på natten")
    assert proposed.headers["location"] == url
    await siv.sees("/", "LV-03, version 2 väntar på godkännande")
    page = await siv.sees(url, "Föreslagen", "Fyra räcker på natten", sentence, "Förut", "Nu")
    assert "Skicka tillbaka" in page
    assert (await siv.post(f"{url}/approve", when="now")).status_code == 303
    await siv.sees(url, "Gäller nu", "Godkänd", "Genomgången")
    await siv.post(f"{url}/review")
    await siv.sees(url, "Senast genomgången")
    await planner.sees(URL, "Gäller nu", "Ersatt", "Godkänd av Siv", "inläst utan godkännande")
    await planner.sees("/paths/LV-03", "Version 2", "4 behövs", "Gäller nu", "Nytt utkast")
    await planner.sees(f"{URL}/1", "Ersatt", "5 behövs")


async def test_a_version_waits_for_its_day(planner: Visitor, siv: Visitor) -> None:
    url = await written(planner)
    await planner.post(f"{url}/propose", summary="Ny")
    for day, words in (("2026-11-23", "Dagen har redan varit."), ("i morgon", "Skriv dagen som")):
        await refused(siv, f"{url}/approve", words, when="day", in_force_from=day)
    await siv.post(f"{url}/approve", when="day", in_force_from="2026-12-01")
    await siv.sees(url, "Godkänd, gäller inte än", "1 dec. 2026")
    await siv.sees(f"{URL}/1", "Gäller nu")


async def test_a_proposal_is_sent_back_with_a_reason_and_thrown_away(
    planner: Visitor, siv: Visitor
) -> None:
    url = await written(planner)
    await refused(planner, f"{url}/propose", "Skriv med en mening vad som är nytt.", summary=" ")
    await planner.post(f"{url}/propose", summary="Fyra")
    await refused(planner, f"{url}/throw-away", "Skicka tillbaka den först")
    await siv.post(f"{url}/send-back", why="Fem behövs på dagen")
    await planner.sees(url, "Tillbakaskickad", "Fem behövs på dagen", "Kasta utkastet")
    gone = await planner.post(f"{url}/throw-away")
    assert gone.headers["location"] == URL
    assert (await planner.get(url)).status_code == 404
    assert (await planner.post(f"{url}/throw-away")).status_code == 404


async def test_pressing_twice_gets_a_sentence_and_keeps_what_was_typed(
    planner: Visitor, siv: Visitor
) -> None:
    url = await written(planner)
    await planner.post(f"{url}/propose", summary="Fyra")
    await refused(planner, f"{url}/propose", "Någon annan har redan gjort något", summary="Fyra")
    await siv.post(f"{url}/approve")
    await refused(siv, f"{url}/approve", "Versionen är redan godkänd.")
    await refused(siv, f"{url}/send-back", "Någon annan har redan gjort något", why="Nej")


def seen_on(page: str) -> str:
    return page.split('name="seen" value="')[1].split('"', maxsplit=1)[0]


async def test_what_is_approved_is_what_stood_on_the_page(planner: Visitor, siv: Visitor) -> None:
    url = await written(planner)
    await planner.post(f"{url}/propose", summary="Fyra")
    before = seen_on((await siv.get(url)).text)
    await planner.post(f"{url}/send-back", why="En sak till")
    text = TEXT.replace("need: 5\n", "need: 3\n")
    seen = seen_on((await planner.get(f"{url}/source")).text)
    await planner.post(f"{url}/source", text=text, seen=seen)
    await planner.post(f"{url}/propose", summary="Tre")
    await refused(siv, f"{url}/approve", "Versionen har ändrats", "Tre", seen=before)
    now = seen_on((await siv.get(url)).text)
    assert (await siv.post(f"{url}/approve", seen=now)).status_code == 303


async def test_who_does_not_own_it_is_refused_on_the_page(
    site: Site, planner: Visitor, siv: Visitor
) -> None:
    vera = await owner(site, "vera", "P21")
    url = await written(planner)
    await planner.post(f"{url}/propose", summary="Fyra")
    for act in ("approve", "send-back"):
        await refused(vera, f"{url}/{act}", "Bara den som äger dokumentet", why="Nej")
    await refused(planner, f"{url}/approve", "Bara den som äger dokumentet")
    await refused(vera, f"{URL}/1/review", "Bara den som äger dokumentet")
    for act in ("propose", "throw-away"):
        assert (await siv.post(f"{url}/{act}")).status_code == 403
    assert (await siv.post(URL)).status_code == 403
    assert "Godkänn version" not in await vera.sees(url)


async def test_what_does_not_check_is_shown_with_its_lines_and_not_proposed(
    planner: Visitor, siv: Visitor
) -> None:
    url = await written(planner, new="need: 50\n")
    await planner.sees(url, "50 behövs, men steget når bara 7", "Rad ")
    await refused(planner, f"{url}/propose", "1 fel måste rättas först", "Mitt", summary="Mitt")


async def test_a_draft_with_anything_in_it_breaks_no_page(
    site: Site, planner: Visitor, siv: Visitor
) -> None:
    for text in (
        "{",
        "",
        "code: LV-03\nsteps: 3",
        "kind: action card\ncode: LV-03",
        "- a",
        "å: [[[",
    ):
        begun = await planner.post(URL, of="1")
        url = f"{URL}/{begun.headers['location'].rpartition('/')[2]}"
        page = (await planner.get(f"{url}/source")).text
        seen = page.split('name="seen" value="')[1].split('"')[0]
        assert (await planner.post(f"{url}/source", text=text, seen=seen)).status_code == 303
        for visitor in (planner, siv):
            await visitor.sees(url)
            await visitor.sees(f"{url}/difference")
        await planner.sees(f"{url}/source", "fel")
        await refused(planner, f"{url}/propose", "fel måste rättas", summary="X")
    for page in ("/paths", "/paths/LV-03", URL, "/"):
        await planner.sees(page)


async def test_two_who_write_do_not_overwrite_each_other(site: Site, planner: Visitor) -> None:
    url = await written(planner)
    await refused(
        planner, f"{url}/source", "ändrats av någon annan", "min text", text="min text", seen="x"
    )
    other = await site.signed_in("olle", Role.PLANNER)
    await other.sees(f"{url}/source", "need: 4")
    await refused(planner, f"{url}/source", "inte kan sparas", text="a\0b", seen="x")
    await refused(planner, f"{URL}/1/source", "inget utkast längre", text="a", seen="x")
    assert (await planner.get(f"{URL}/1/source")).status_code == 409


@BOTH
async def test_versions_are_compared_with_each_other(planner: Visitor, siv: Visitor) -> None:
    url = await written(planner)
    await siv.sees(f"{url}/difference?against=1", "Förut: version 1", "5 av 7", "4 av 7")
    await siv.sees(f"{URL}/1/difference?against=2", "behöver nu 5 av 7, förut 4")
    await siv.sees(f"{URL}/1/difference", "Det finns ingen annan version")
    for wrong in (f"{url}/difference?against=9", f"{URL}/9", f"{URL}/9/difference"):
        assert (await siv.get(wrong)).status_code == 404


@BOTH
async def test_a_path_that_is_only_a_draft_is_shown_as_its_versions(
    site: Site, planner: Visitor
) -> None:
    text = TEXT.replace("LV-03", "LV-30")
    loaded = await planner.post("/paths/load", text=text, act="load")
    assert loaded.headers["location"] == "/paths?loaded=LV-30.1"
    assert (await planner.get("/paths/LV-30")).headers["location"] == "/paths/LV-30/versions"
    await planner.sees("/paths/LV-30/versions", "Ingen version gäller än", "Utkast")
    await planner.sees("/paths", "Utkast och förslag", "LV-30, version 1")
    assert (await planner.post("/paths/LV-30/versions/1/throw-away")).headers[
        "location"
    ] == "/paths"
    assert (await planner.get("/paths/LV-30")).status_code == 404


async def test_the_file_of_a_version_comes_byte_for_byte(lund: Database) -> None:
    async with Site.on(lund) as site:
        planner = await site.signed_in("nils", Role.PLANNER)
        await planner.post("/paths/load", text=TEXT, act="load")
        assert (await planner.get(f"{URL}/1.yaml")).text == TEXT


async def test_an_action_card_has_the_same_pages(
    site: Site, planner: Visitor, siv: Visitor
) -> None:
    site.app.include_router(version_pages("cards"))
    async with site.database.transaction() as session:
        for content in (CARD, CARD.replace("15m", "10m")):
            await service.load(
                session,
                {"k-01.yaml": content.encode()},
                by=By("nils"),
                now=NIGHT,
                zone=ZONE,
                state=VersionState.DRAFT,
            )
    for number in ("1", "2"):
        url = f"/cards/K-01/versions/{number}"
        await planner.post(f"{url}/propose", summary="Kortet")
        assert (await siv.post(f"{url}/approve")).headers["location"] == url
    await siv.sees("/cards/K-01/versions", "Gäller nu", "Ersatt")
    await siv.sees("/cards/K-01/versions/2", "Ring VA SYD")
    await siv.sees("/cards/K-01/versions/2/difference", "nu 10m, förut 15m")
    begun = await planner.post("/cards/K-01/versions")
    assert begun.headers["location"] == "/cards/K-01/edit/3"
    await planner.sees("/cards/K-01/versions/3/source", "Inga fel i filen.")
    for wrong in ("/cards/LV-03/versions", "/paths/K-01/versions", "/cards/K-9/versions"):
        assert (await siv.get(wrong)).status_code == 404
