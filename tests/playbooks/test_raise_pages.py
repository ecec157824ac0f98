"""Stories: an alarm is raised in three taps, once, and only when the page still holds."""

import re
from html import unescape

from sqlalchemy import select, update

from alerting.models import Alarm, CallIn, Message
from alerting.plan import ChannelKind, Mode
from core.audit import By
from core.database import Database
from playbooks import service
from rosters.models import Person
from tests.clocks import NIGHT
from tests.playbooks.conftest import ZONE
from tests.playbooks.lund import files
from tests.visitors import Site, Visitor


async def review(visitor: Visitor, url: str) -> dict[str, str]:
    """The hidden fields of a review page."""
    text = (await visitor.get(url)).text
    found = re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', text)
    fields = {name: unescape(value) for name, value in found}
    fields.pop("back", None)
    return fields


async def alarms(database: Database) -> list[Alarm]:
    async with database.reading() as session:
        return list(await session.scalars(select(Alarm)))


async def change_lv03(database: Database) -> None:
    changed = files()["lv-03.yaml"].replace(b"need: 5\n", b"need: 4\n")
    async with database.transaction() as session:
        await service.load(session, {"lv-03.yaml": changed}, by=By("P"), now=NIGHT, zone=ZONE)


async def test_three_taps_and_nothing_typed(site: Site, tib: Visitor) -> None:
    await tib.sees("/alarms/new", "/alarms/new/LV-03")
    text = await tib.sees(
        "/alarms/new/LV-03",
        "Larma 8 personer nu – SKARPT",
        "SKARPT: LV-03 Central krisledning kallas in till Kristallen, reserv Plats B.",
        "Namn P17",
        "5 behövs inom 15 min",
        "Kan inte nås",
        "Saknar en andra kanal",
    )
    assert "tecken, 1 sms" in text
    response = await tib.post("/alarms", **await review(tib, "/alarms/new/LV-03"))
    (alarm,) = await alarms(site.database)
    assert (response.status_code, response.headers["location"]) == (303, f"/alarms/{alarm.id}")
    assert (alarm.path, alarm.mode, alarm.raised_by) == ("LV-03", Mode.LIVE, "Alva")


async def test_two_taps_on_the_button_are_one_alarm(site: Site, tib: Visitor) -> None:
    fields = await review(tib, "/alarms/new/LV-03")
    first, second = await tib.post("/alarms", **fields), await tib.post("/alarms", **fields)
    assert first.headers["location"] == second.headers["location"]
    assert len(await alarms(site.database)) == 1


async def test_the_note_follows_in_every_text_and_is_never_a_template(
    site: Site, tib: Visitor
) -> None:
    fields = await review(tib, "/alarms/new/LV-03")
    note = "Gasläcka {{ 7*7 }} {title} '; DROP TABLE alarm; --"
    await tib.post("/alarms", **{**fields, "note": f"  {note}\n"})
    async with site.database.reading() as session:
        spoken = select(Message.body).where(Message.channel == ChannelKind.VOICE)
        texts = (await session.scalars(spoken)).all()
    assert texts
    assert all(note in text for text in texts)


async def test_modes_read_differently_and_stay_apart(site: Site, tib: Visitor) -> None:
    exercise = await tib.sees("/alarms/new/LV-03?mode=exercise", "Öva med 8 personer – ÖVNING")
    assert "SKARPT: LV-03" not in exercise
    test = await tib.sees("/alarms/new/LV-03?mode=test", "Testa mot 8 personer – TEST")
    assert test.index('class="raise-bar') > test.index("Det här skickas")
    assert exercise.index('class="raise-bar') < exercise.index("Det här skickas")
    await tib.post("/alarms", **await review(tib, "/alarms/new/LV-03?mode=exercise"))
    assert [alarm.mode for alarm in await alarms(site.database)] == [Mode.EXERCISE]


async def test_a_new_version_meanwhile_shows_the_page_again(site: Site, tib: Visitor) -> None:
    fields = await review(tib, "/alarms/new/LV-03")
    await change_lv03(site.database)
    response = await tib.post("/alarms", **{**fields, "note": "Gasläcka"})
    assert response.status_code == 409
    text = unescape(response.text)
    assert "LV-03 har fått en ny version." in text
    assert "4 behövs" in text
    assert "Gasläcka" in text
    assert await alarms(site.database) == []


async def test_a_changed_roster_is_told_by_name(site: Site, tib: Visitor) -> None:
    fields = await review(tib, "/alarms/new/LV-03")
    gone = (
        update(Person).where(Person.ref == "P18").values(active_to=NIGHT.date().replace(year=2020))
    )
    async with site.database.transaction() as session:
        await session.execute(gone)
    response = await tib.post("/alarms", **fields)
    assert response.status_code == 409
    assert "Stabens kärna: Namn P18 är inte med längre." in unescape(response.text)
    again = re.search(r'name="seen" value="([^"]*)"', response.text)
    assert again
    done = await tib.post("/alarms", **{**fields, "seen": unescape(again[1])})
    assert done.status_code == 303


async def test_a_form_that_is_not_ours_raises_nothing(site: Site, tib: Visitor) -> None:
    fields = await review(tib, "/alarms/new/LV-03")
    for wrong in ({"seen": ""}, {"seen": '{"paths": 1}'}):
        assert (await tib.post("/alarms", **{**fields, **wrong})).status_code == 409
    assert (await tib.post("/alarms", **{**fields, "path": "LV-99"})).status_code == 404
    assert (await tib.post("/alarms", **{**fields, "mode": "real"})).status_code == 422
    too_long = await tib.post("/alarms", **{**fields, "note": "x" * 201})
    assert too_long.status_code == 422
    assert "Högst 200 tecken." in too_long.text
    assert await alarms(site.database) == []


async def test_a_threat_to_a_school_asks_which_school_first(site: Site, tib: Visitor) -> None:
    await tib.sees("/alarms/new/LV-06", "Vilken plats är drabbad?", "Demoskolan", "Ingen av dem")
    fields = await review(tib, "/alarms/new/LV-06?site=demoskolan")
    assert "P47" not in fields["seen"]
    unsaid = await tib.post("/alarms", **{**fields, "site": ""})
    assert "Vilken plats är drabbad?" in unsaid.text
    await tib.post("/alarms", **fields)
    (alarm,) = await alarms(site.database)
    async with site.database.reading() as session:
        names = set(await session.scalars(select(CallIn.name)))
    assert alarm.site == "demoskolan"
    assert "Namn P47" not in names


async def test_a_path_that_runs_already_is_said(site: Site, tib: Visitor) -> None:
    await tib.post("/alarms", **await review(tib, "/alarms/new/LV-03"))
    await tib.sees("/alarms/new/LV-03", "LV-03 pågår redan")


async def test_only_duty_officers_raise_alarms(site: Site, planner: Visitor, tib: Visitor) -> None:
    fields = await review(tib, "/alarms/new/LV-03")
    assert (await planner.get("/alarms/new")).status_code == 403
    assert (await planner.post("/alarms", **fields)).status_code == 403
    assert (await site.visitor().post("/alarms", **fields)).status_code in {303, 401, 403}
    assert await alarms(site.database) == []


async def test_a_protected_person_is_never_named(tib: Visitor) -> None:
    for url in ("/alarms/new/LV-05", "/paths/LV-05/people", "/paths/LV-05"):
        text = await tib.sees(url)
        assert "Namn P43" not in text
        assert "+4670" not in text
