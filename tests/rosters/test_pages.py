import re

import pytest

from core.models import Role
from tests.rosters.office import ID, find, of
from tests.visitors import Site, Visitor


async def test_people_are_searched_by_name_title_and_unit(planner: Visitor) -> None:
    await planner.sees("/people", "Alva Ek", "Birk Ås", "Cleo Ö", "3 personer")
    assert "Alva" not in await planner.sees("/people?q=%C3%85s", "Birk Ås", "1 person")
    await planner.sees("/people?q=tib", "Alva Ek", "1 person")
    unit = await find(planner, "/units", f"/people\\?unit={ID}")
    assert "Cleo" not in await planner.sees(unit, "Alva Ek", "Birk Ås")
    await planner.sees("/people?q=%25", "Ingen person passar sökningen")


async def test_readers_see_names_and_titles_but_no_numbers(site: Site, planner: Visitor) -> None:
    reader, tib = await site.signed_in("rut"), await site.signed_in("tib", Role.DUTY_OFFICER)
    alva = await of(planner, "Alva")
    page = await reader.sees(alva, "Alva Ek", "TIB")
    assert "070-174" not in page
    assert "alva@" not in page
    await tib.sees(alva, "070-174 06 05", "alva@demo.lund.example")


async def test_the_protected_stand_in_no_list_and_have_a_page_for_planners_only(
    site: Site, planner: Visitor
) -> None:
    reader, tib = await site.signed_in("rut"), await site.signed_in("tib", Role.DUTY_OFFICER)
    for visitor in (reader, tib, planner):
        assert "Ri Sten" not in await visitor.sees("/people?q=Ri")
        assert "Ri Sten" not in (await planner.get("/people/export.csv")).text
    for visitor in (reader, tib):
        assert "Ri Sten" not in await visitor.sees("/people?protected=yes")
    ri = await find(planner, "/people?protected=yes", f"/people/{ID}")
    await planner.sees(ri, "Ri Sten", "Nås via växeln", "040-628 04 10")
    for visitor in (reader, tib):
        assert (await visitor.get(ri)).status_code == 404


async def test_in_lists_and_on_duty_the_protected_are_a_switchboard(
    site: Site, planner: Visitor
) -> None:
    tib = await site.signed_in("tib", Role.DUTY_OFFICER)
    added = await planner.post("/lists", kind="group", name="POSOM", code="posom")
    await planner.post(added.headers["location"] + "/members", person="P43 Ri Sten")
    await planner.post("/duty/roles", code="POSOM", name="POSOM-jour", always_staffed="yes")
    times = {"starts_at": "2026-11-23T12:00", "ends_at": "2026-11-30T12:00"}
    await planner.post("/duty/shifts", role="POSOM", person="P43", **times)
    for url in (added.headers["location"], "/duty"):
        await planner.sees(url, "Ri Sten")
        assert "Ri Sten" not in await tib.sees(url, "Skyddad person", "040-628 04 10")


async def test_a_person_is_added_changed_and_ended(site: Site, planner: Visitor) -> None:
    added = await planner.post("/people", ref="P50", name="  Dante   Ny ", title="Stab")
    dante = added.headers["location"]
    await planner.sees(dante, "Dante Ny", "Kan inte nås")
    await planner.sees(f"{dante}/edit", 'value="Dante Ny"')
    await planner.post(f"{dante}/edit", ref="P50", name="Dante Ek", language="en")
    await planner.sees(dante, "Dante Ek", "Engelska")
    await planner.post(f"{dante}/end", last_day="2026-11-23")
    await planner.sees(dante, "Är inte i tjänst nu")
    await planner.sees("/people?q=Dante", "Dante Ek")  # nobody is deleted


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("ref", "P01", "används redan av en annan person"),
        ("ref", "", "Fyll i det här fältet."),
        ("name", "x" * 10_000, "Högst 120 tecken."),
        ("unit_id", "6f9619ff-8b86-d011-b42d-00cf4fc964ff", "Enheten finns inte längre."),
        ("unit_id", "x", "Välj ur listan."),
        ("active_from", "2026-02-30", "Skriv datumet som"),
        ("active_to", "9999-12-31", "Skriv datumet som"),
        ("active_to", "1999-01-01", "Sista dagen kommer före den första."),
        ("language", "tlh", "Språket är sv eller en."),
    ],
)
async def test_a_form_comes_back_with_what_was_typed_and_a_sentence_at_the_field(
    planner: Visitor, field: str, value: str, sentence: str
) -> None:
    good = {"ref": "P60", "name": "Edda Ny", "active_from": "2026-01-01"}
    response = await planner.post("/people", **good | {field: value})
    assert response.status_code == 422
    assert sentence in response.text
    assert f'id="f-{field}"' in response.text
    assert field == "name" or 'value="Edda Ny"' in response.text
    await planner.sees("/people", "3 personer")


async def test_numbers_are_added_ordered_checked_given_hours_and_removed(planner: Visitor) -> None:
    alva = await of(planner, "Alva")
    await planner.post(f"{alva}/contacts", kind="landline", address="040-628 04 01")
    page = await planner.sees(alva)
    ids = re.findall(f"contacts/({ID})/remove", page)
    assert page.index("070-174 06 05") < page.index("040-628 04 01")
    await planner.post(f"{alva}/contacts/{ids[2]}/up")
    await planner.post(f"{alva}/contacts/{ids[2]}/up")
    page = await planner.sees(alva)
    assert page.index("040-628 04 01") < page.index("070-174 06 05")
    await planner.post(f"{alva}/contacts/{ids[2]}/verify")
    await planner.post(f"{alva}/contacts/{ids[2]}/hours", usable_from="08:00", usable_to="17:00")
    await planner.sees(alva, "tis 24 nov. 2026", "08:00–17:00")
    await planner.post(f"{alva}/contacts/{ids[0]}/remove")
    assert "070-174 06 05" not in await planner.sees(alva)
    assert (await planner.post(f"{alva}/contacts/{ids[0]}/up")).status_code == 404


@pytest.mark.parametrize(
    ("kind", "address", "sentence"),
    [
        ("mobile", "0406280401", "kan inte ta emot sms"),
        ("mobile", "070 174 06 05", "finns redan på personen"),
        ("mail", "alva", "är inte en e-postadress"),
        ("pigeon", "1", "Välj vad för slags"),
        ("mobile", "", "Fyll i det här fältet."),
        ("mobile", "1" * 10_000, "Högst 40 tecken."),
    ],
)
async def test_a_number_that_cannot_be_used_is_refused(
    planner: Visitor, kind: str, address: str, sentence: str
) -> None:
    alva = await of(planner, "Alva")
    response = await planner.post(f"{alva}/contacts", kind=kind, address=address)
    assert response.status_code == 422
    assert sentence in response.text


async def test_hours_want_both_ends_and_a_clock(planner: Visitor) -> None:
    alva = await of(planner, "Alva")
    point = await find(planner, alva, f"{alva}/contacts/{ID}")
    for start, sentence in (("08:00", "både från och till"), ("8 på morgonen", "som 08:00")):
        response = await planner.post(f"{point}/hours", usable_from=start)
        assert response.status_code == 422
        assert sentence in response.text


async def test_protecting_a_person_takes_the_numbers_and_refuses_new_ones(
    planner: Visitor,
) -> None:
    alva = await of(planner, "Alva")
    await planner.post(f"{alva}/edit", ref="P01", name="Alva Ek", protected="yes")
    assert "070-174" not in await planner.sees(alva, "Skyddade personuppgifter")
    response = await planner.post(f"{alva}/contacts", kind="mobile", address="0701740605")
    assert "nås via växeln: inga egna nummer" in response.text


async def test_a_list_is_made_filled_ordered_and_removed(planner: Visitor) -> None:
    added = await planner.post("/lists", kind="role", name="Stabschef", code="stabschef")
    place = added.headers["location"]
    await planner.sees(place, "Listan är tom")
    for person in ("P01 Alva Ek", "P02"):
        await planner.post(f"{place}/members", person=person)
    page = await planner.sees(place, "Alva Ek", "Birk Ås")
    last = re.findall(f"{place}/members/{ID}", page)[-1]
    await planner.post(f"{last}/up")
    page = await planner.sees(place)
    assert page.index("Birk Ås") < page.index("Alva Ek")
    await planner.sees(await of(planner, "Birk"), "Stabschef")
    await planner.post(f"{last}/remove")
    assert "Birk Ås</a>" not in await planner.sees(place)
    for person, sentence in (("P01", "står redan i listan"), ("P99 Nej", "Personen finns inte")):
        assert sentence in (await planner.post(f"{place}/members", person=person)).text
    same = await planner.post("/lists", kind="role", name="X", code="stabschef")
    assert "används redan av en annan lista" in same.text
    await planner.post(f"{place}/name", name="Chef för staben")
    await planner.sees("/lists", "Chef för staben")
    assert (await planner.post(f"{place}/remove")).status_code == 303
    assert (await planner.get(place)).status_code == 404


async def test_the_organisation_is_a_tree_that_cannot_bite_its_tail(planner: Visitor) -> None:
    page = await planner.sees("/units", "Kommunstyrelsen", "Kommunkontoret")
    board, office = re.findall(f"href=./units/({ID})", page)
    fields = {"code": "KS", "name": "Kommunstyrelsen", "kind": "board"}
    response = await planner.post(f"/units/{board}", **fields, parent_id=office)
    assert "En enhet kan inte ligga under sig själv." in response.text
    response = await planner.post(f"/units/{board}/remove")
    assert "Flytta först det som ligger under enheten" in response.text
    await planner.post("/units", code="SK", name="Skolan", kind="site", parent_id=office)
    page = await planner.sees("/units", "Skolan", "nivå 3:")
    school = re.findall(f"href=./units/({ID})", page)[-1]
    assert (await planner.post(f"/units/{school}/remove")).status_code == 303
    for bad in ({"code": "KS"}, {"kind": "planet"}, {"switchboard": "12"}, {"name": ""}):
        response = await planner.post("/units", **{"code": "N", "name": "N", "kind": "site"} | bad)
        assert response.status_code == 422


async def test_the_duty_page_says_who_and_shouts_when_there_is_nobody(
    site: Site, planner: Visitor
) -> None:
    await planner.post(
        "/duty/roles", code="TIB", name="Tjänsteman i beredskap", always_staffed="yes"
    )
    await planner.sees("/duty", "Ingen har jour nu", "1 lucka i jouren")
    times = {"starts_at": "2026-11-23T12:00", "ends_at": "2026-11-30T12:00"}
    await planner.post("/duty/shifts", role="TIB", person="P01 Alva Ek", **times)
    await planner.sees("/duty", "Alva Ek", "till mån 30 nov. 12:00", "Ingen har jour, ")
    back = await planner.post(
        "/duty/shifts", role="TIB", person="P02 Birk Ås", starts_at=times["ends_at"], ends_at="x"
    )
    assert back.status_code == 422
    assert "Ange datum och klockslag." in back.text
    assert 'value="P02 Birk Ås"' in back.text
    removal = await find(planner, "/duty", f"/duty/shifts/{ID}/remove")
    assert (await planner.post(removal)).status_code == 303
    assert (await planner.post(removal)).status_code == 404
    await planner.sees("/duty", "Ingen har jour nu")


async def test_the_api_says_who_is_on_duty_at_any_time(site: Site, planner: Visitor) -> None:
    await planner.post("/duty/roles", code="TIB", name="TIB", always_staffed="yes")
    for person, start, end in (("P01", 23, 24), ("P43", 24, 25)):
        times = {"starts_at": f"2026-11-{start}T12:00", "ends_at": f"2026-11-{end}T12:00"}
        await planner.post("/duty/shifts", role="TIB", person=person, **times)
    program = await site.program("duty:read")
    assert (await program.get("/api/v1/duty?role=TIB")).json() == {
        "role": "TIB",
        "at": "2026-11-24T02:12:00Z",
        "on_duty": [
            {"ref": "P01", "name": "Alva Ek", "starts_at": "2026-11-23T11:00:00Z", "ends_at": "2026-11-24T11:00:00Z", "until_accepted": False}
        ],
        "next": {"ref": "P43", "name": None, "starts_at": "2026-11-24T11:00:00Z", "ends_at": "2026-11-25T11:00:00Z", "until_accepted": False},
    }  # fmt: skip
    at = await program.get("/api/v1/duty?role=TIB&at=2026-11-25T12:30:00%2B01:00")
    assert (at.json()["on_duty"], at.json()["next"]) == ([], None)
    for at_no_time in (
        "2026-11-25T12:30:00",
        "0001-01-01T00:00:00%2B14:00",
        "9999-12-31T23:59:59-12:00",
        "x",
    ):
        assert (await program.get(f"/api/v1/duty?role=TIB&at={at_no_time}")).status_code == 422
