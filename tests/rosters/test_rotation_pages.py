"""Pages of rotations and duty roles: seen by readers, changed by planners, shown before done."""

import re
from html import unescape

from httpx2 import Response
from sqlalchemy import select

from rosters.duty.models import DutyRole, Shift
from tests.rosters.office import ID, find
from tests.visitors import Site, Visitor

FORM = {
    "name": "Grundschema",
    "period": "week",
    "weekday": "mon",
    "clock": "12:00",
    "every_weeks": "1",
    "people": "P01 Alva Ek\nP43\n\nP02",
    "starts_on": "2026-11-30",
    "horizon_days": "60",
}


def hidden(response: Response) -> dict[str, str]:
    """What the form of a preview sends when its button is pressed."""
    fields = dict(
        re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', response.text),
    )
    mark = re.search(r'name="mark" value="(\w+)"', response.text)
    assert mark is not None
    return {name: unescape(value) for name, value in fields.items()} | {"mark": mark[1]}


async def duty_role(planner: Visitor, code: str = "TIB") -> str:
    """A new duty role's id."""
    await planner.post("/duty/roles", code=code, name=f"Jour {code}", always_staffed="yes")
    text = await planner.sees("/duty/rotations")
    found: list[str] = re.findall(rf"/duty/roles/({ID})", text)
    return found[-1]


async def rotation(planner: Visitor, role: str, **changed: str) -> str:
    shown = await planner.post("/duty/rotations/new", **FORM | {"role": role} | changed)
    assert shown.status_code == 200, shown.text
    done = await planner.post("/duty/rotations/new", **hidden(shown))
    assert done.status_code == 303
    return await find(planner, "/duty/rotations", f"/duty/rotations/{ID}")


async def starts(site: Site) -> list[str]:
    async with site.database.reading() as session:
        rows = await session.scalars(select(Shift.starts_at).order_by(Shift.starts_at))
        return [f"{each:%d %H:%M}" for each in rows]


async def test_the_empty_pages_say_what_to_do(site: Site, planner: Visitor) -> None:
    await planner.sees("/duty/rotations", "Inga jourer ännu")
    await duty_role(planner)
    await planner.sees("/duty/rotations", "Ingen rotation.", "Ny rotation")


async def test_a_rotation_is_shown_first_and_made_by_the_second_step(
    site: Site, planner: Visitor
) -> None:
    role = await duty_role(planner)
    shown = await planner.post("/duty/rotations/new", **FORM, role=role)
    assert "varje måndag 12:00" in shown.text
    assert "Ri Sten" in shown.text, "planners see the protected"
    assert await starts(site) == []
    again = await planner.post("/duty/rotations/new", **hidden(shown), again="yes")
    assert "P01 Alva Ek\nP43" in again.text
    assert await starts(site) == []
    assert (await planner.post("/duty/rotations/new", **hidden(shown))).status_code == 303
    assert (await starts(site))[:2] == ["30 11:00", "07 11:00"]
    await planner.sees("/duty/rotations", "Grundschema", "varje måndag 12:00", "mån 30 nov. 12:00")


async def test_readers_see_the_list_but_neither_forms_nor_the_protected(
    site: Site, planner: Visitor
) -> None:
    await rotation(planner, await duty_role(planner))
    reader = await site.signed_in("lisa")
    text = await reader.sees("/duty/rotations", "Grundschema", "Alva Ek", "Skyddad person")
    assert "Ri Sten" not in text
    assert "Ny rotation" not in text
    assert "/duty/export" not in text


async def test_what_has_changed_since_it_was_shown_is_shown_again(
    site: Site, planner: Visitor
) -> None:
    url = await rotation(planner, await duty_role(planner))
    shown = await planner.post(url, **FORM | {"clock": "13:00"})
    assert "ändras" in shown.text
    async with site.database.transaction() as session:
        first = (await session.scalars(select(Shift).order_by(Shift.starts_at))).first()
        assert first is not None
        first.by_hand = True
    stale = await planner.post(url, **hidden(shown))
    assert stale.status_code == 409
    assert "Schemat har ändrats sedan du såg listan" in stale.text
    assert "ändrat för hand" in stale.text
    assert (await planner.post(url, **hidden(stale))).status_code == 303
    assert (await starts(site))[:4] == ["30 11:00", "07 11:00", "07 12:00", "14 12:00"]


async def test_the_form_of_a_rotation_comes_back_as_it_was_typed(planner: Visitor) -> None:
    role = await duty_role(planner)
    url = await rotation(planner, role, period="day", clock="08:00")
    await planner.sees(url, 'value="day" checked', "P01 Alva Ek\nP43 Ri Sten\nP02 Birk Ås")
    shown = await planner.post(
        url, **FORM | {"period": "custom", "turns": "fri 16:00-mon 08:00", "every_weeks": "2"}
    )
    assert (await planner.post(url, **hidden(shown))).status_code == 303
    await planner.sees(url, 'value="custom" checked', "fre 16:00-mån 08:00")
    await planner.sees("/duty/rotations", "varje fredag 16:00–måndag 08:00, varannan vecka")


async def test_ending_is_shown_first_too(site: Site, planner: Visitor) -> None:
    url = await rotation(planner, await duty_role(planner))
    shown = await planner.post(f"{url}/end", ends_on="2026-12-08")
    assert "tas bort" in shown.text
    assert len(await starts(site)) > 2
    assert (await planner.post(f"{url}/end", **hidden(shown))).status_code == 303
    assert await starts(site) == ["30 11:00", "07 11:00"]
    wrong = await planner.post(f"{url}/end", ends_on="")
    assert (wrong.status_code, "Ange en dag." in wrong.text) == (422, True)


async def test_shifts_of_no_rotation_are_pointed_out(planner: Visitor) -> None:
    role = await duty_role(planner)
    await planner.post(
        "/duty/shifts",
        role="TIB",
        person="P03",
        starts_at="2026-12-01T12:00",
        ends_at="2026-12-02T12:00",
    )
    shown = await planner.post("/duty/rotations/new", **FORM, role=role)
    assert "1 pass som inte hör till någon rotation ligger kvar samtidigt." in shown.text
    assert "två pass samtidigt" not in shown.text


async def test_one_person_in_two_layers_at_once_is_pointed_out(planner: Visitor) -> None:
    role = await duty_role(planner)
    await rotation(planner, role)
    beside = FORM | {"role": role, "name": "Två", "people": "P03"}
    shown = await planner.post("/duty/rotations/new", **beside)
    assert "två pass samtidigt" not in shown.text
    shown = await planner.post("/duty/rotations/new", **beside | {"people": "P03\nP02\nP01"})
    assert "Alva Ek får två pass samtidigt." not in shown.text
    assert "Birk Ås får två pass samtidigt." not in shown.text
    shown = await planner.post("/duty/rotations/new", **beside | {"people": "P01\nP03\nP03"})
    assert "Alva Ek får två pass samtidigt." in shown.text


async def test_a_temporary_rotation_shows_what_it_takes_from_the_others(planner: Visitor) -> None:
    role = await duty_role(planner)
    await rotation(planner, role)
    jul = {"name": "Jul", "temporary": "yes", "starts_on": "2026-12-07", "ends_on": "2027-01-01"}
    shown = await planner.post("/duty/rotations/new", **FORM | jul | {"role": role})
    assert "tas bort" in shown.text
    assert "Grundschema" in shown.text
    assert (await planner.post("/duty/rotations/new", **hidden(shown))).status_code == 303
    await planner.sees("/duty/rotations", "Jul", "tillfällig")


async def test_what_is_wrong_in_a_rotation_is_said_at_its_field(planner: Visitor) -> None:
    role = await duty_role(planner)
    for wrong, field in (
        ({"name": ""}, "name"),
        ({"clock": ""}, "clock"),
        ({"clock": "25:00"}, "clock"),
        ({"period": "custom", "turns": "x"}, "turns"),
        ({"people": ""}, "people"),
        ({"people": "P99"}, "people"),
        ({"every_weeks": "9"}, "every_weeks"),
        ({"every_weeks": "x"}, "every_weeks"),
        ({"horizon_days": "-1"}, "horizon_days"),
        ({"starts_on": ""}, "starts_on"),
        ({"starts_on": "9999-01-01"}, "starts_on"),
        ({"ends_on": "2026-01-01"}, "ends_on"),
        ({"temporary": "yes"}, "ends_on"),
        ({"role": ""}, "role"),
        ({"role": "x"}, "role"),
        ({"role": "00000000-0000-0000-0000-000000000000"}, "role"),
    ):
        response = await planner.post("/duty/rotations/new", **FORM | {"role": role} | wrong)
        assert response.status_code == 422, wrong
        assert f'id="e-{field}"' in response.text, wrong


async def test_a_duty_role_is_edited(site: Site, planner: Visitor) -> None:
    role = await duty_role(planner)
    other = await duty_role(planner, "TIB_BAK")
    assert other != role
    typed = {
        "name": "Tjänsteman i beredskap",
        "always_staffed": "yes",
        "needed": "2",
        "time_zone": "Europe/Helsinki",
        "manager": "P02 Birk Ås",
        "phone": "070-174 06 10",
        "travel": "60",
        "hands_over": "yes",
        "equipment": "Jourtelefon\n\n  Rakel  \nJourtelefon",
        "approves_swaps": "yes",
        "agreement": "LOKALT",
    }
    assert (await planner.post(f"/duty/roles/{role}", **typed)).status_code == 303
    assert (await planner.post(f"/duty/roles/{other}", **typed, backs_up=role)).status_code == 303
    async with site.database.reading() as session:
        rows = {each.code: each for each in await session.scalars(select(DutyRole))}
    tib = rows["TIB"]
    assert (tib.needed, tib.time_zone, tib.phone) == (2, "Europe/Helsinki", "+46701740610")
    assert (tib.equipment, tib.max_travel_minutes) == ("Jourtelefon\nRakel", 60)
    assert (tib.hands_over, tib.approves_swaps, tib.agreement) == (True, True, "LOKALT")
    assert rows["TIB_BAK"].backs_up_id == tib.id
    await planner.sees(
        f"/duty/roles/{role}", "P02 Birk Ås", "Jourtelefon\nRakel", "Europe/Helsinki"
    )
    for wrong, field in (
        ({"name": ""}, "name"),
        ({"needed": "0"}, "needed"),
        ({"needed": "10"}, "needed"),
        ({"time_zone": "Europe/Lund"}, "time_zone"),
        ({"backs_up": role}, "backs_up"),
        ({"backs_up": other}, "backs_up"),
        ({"backs_up": "x"}, "backs_up"),
        ({"manager": "P99"}, "manager"),
        ({"phone": "12"}, "phone"),
        ({"travel": "0"}, "travel"),
        ({"equipment": "\n".join(str(number) for number in range(21))}, "equipment"),
        ({"agreement": "a b"}, "agreement"),
    ):
        response = await planner.post(f"/duty/roles/{role}", **typed | wrong)
        assert response.status_code == 422, wrong
        assert f'id="e-{field}"' in response.text, wrong
