"""Stories over the web: the register, one path's lights, and what planners note."""

from core.models import Role
from tests.clocks import NIGHT
from tests.kinds import BOTH, one_kind  # noqa: F401  # a fixture
from tests.visitors import Site, Visitor


@BOTH
async def test_the_register_shows_three_lights_and_the_next_thing_to_do(site: Site) -> None:
    reader = await site.signed_in("vera", Role.READER)
    text = await reader.sees("/paths", "0 av 9", "Inte känd", "Inte övad", "0 körningar", "LV-09")
    assert text.count("Inte övad") >= 9
    only = await reader.sees("/paths?light=known&status=green", "LV-09")
    assert "/paths/LV-01/lights" not in only
    await reader.sees("/paths?light=known&status=amber", "Ingen larmväg passar urvalet")
    first = await reader.sees("/paths?sort=code")
    assert first.index("/paths/LV-01/lights") < first.index("/paths/LV-09/lights")
    await reader.sees("/paths?at=2028-01-01", "om inget görs innan dess", "dagar över")


async def test_a_day_that_is_none_is_told_at_its_field(site: Site) -> None:
    reader = await site.signed_in("vera", Role.READER)
    response = await reader.get("/paths?at=i+mars")
    assert response.status_code == 422
    assert "Skriv en dag som 2026-03-01" in response.text
    assert (await reader.get("/paths.csv?at=i+mars")).status_code == 422


async def test_the_register_as_a_file(site: Site) -> None:
    reader = await site.signed_in("vera", Role.READER)
    response = await reader.get("/paths.csv?sort=code&status=red")
    lines = response.content.decode("utf-8-sig").splitlines()
    assert lines[0].startswith("Kod;Larmväg;Version;Ägare;Dokumenterad;Siffra;Varför;Känd")
    assert len(lines) == 10
    assert lines[1].startswith("LV-01;Larm in till kommunen;1;Sakerhetschef;Dokumenterad")


@BOTH
async def test_a_planner_notes_a_run_and_a_finding_and_closes_it_by_a_later_run(
    site: Site,
    planner: Visitor,
) -> None:
    page = "/paths/LV-09/lights"
    run = {"day": "2026-11-24", "clock": "03:30", "met": "yes", "minutes": "12", "remark": "Rakel"}
    refused = await planner.post("/paths/LV-09/runs", **run | {"clock": "04:30"})
    assert (refused.status_code, "Körningen har inte varit än." in refused.text) == (422, True)
    refused = await planner.post("/paths/LV-09/runs", **run | {"minutes": "tolv"})
    assert "Skriv hela minuter" in refused.text
    refused = await planner.post("/paths/LV-09/runs", **run | {"minutes": "9" * 5000})
    assert "Skriv hela minuter" in refused.text
    site.clock.move_to(NIGHT.replace(hour=3))
    assert (await planner.post("/paths/LV-09/runs", **run)).status_code == 303
    await planner.sees(page, "Utanför systemet", "12 min", "Rakel", "1 av 2 tider")
    assert (await planner.post("/paths/LV-09/findings", text=" ")).status_code == 422
    await planner.post("/paths/LV-09/findings", text="Batteriet var slut", run="")
    text = await planner.sees(page, "Batteriet var slut", "1 brist", "Kan stängas när en senare")
    assert "Stäng bristen" not in text
    site.clock.move_to(NIGHT.replace(hour=13))
    await planner.post("/paths/LV-09/runs", **run | {"clock": "13:00"})
    text = await planner.sees(page, "Stäng bristen", "1 brist")
    url = text.split('action="/paths/LV-09/findings/')[1].split('"')[0]
    retests = [part.split('"')[0] for part in text.split('<option value="')[1:]]
    early = retests[-1]
    refused = await planner.post(f"/paths/LV-09/findings/{url}", retest=early)
    assert "Körningen var före bristen" in refused.text
    assert (await planner.post(f"/paths/LV-09/findings/{url}")).status_code == 422
    closed = await planner.post(f"/paths/LV-09/findings/{url}", retest=retests[0])
    assert closed.status_code == 303
    await planner.sees(page, "Omtestad", "Övad både på och utanför kontorstid")
    again = await planner.post(f"/paths/LV-09/findings/{url}", retest=retests[0])
    assert again.status_code == 422


async def test_a_run_that_took_longer_than_the_goal_did_not_meet_it(
    site: Site, planner: Visitor
) -> None:
    site.clock.move_to(NIGHT.replace(hour=3))
    run = {"day": "2026-11-24", "clock": "03:30", "met": "yes", "minutes": "61"}
    refused = await planner.post("/paths/LV-09/runs", **run)
    assert (refused.status_code, "på så lång tid nåddes det inte" in refused.text) == (422, True)


async def test_a_reader_sees_the_lights_but_notes_nothing(site: Site) -> None:
    reader = await site.signed_in("vera", Role.READER)
    text = await reader.sees("/paths/LV-03/lights", "Reglerna", "Grön när minst 90 %")
    assert "Notera" not in text.replace("Noterad", "")
    assert (await reader.post("/paths/LV-03/runs", day="2026-11-23")).status_code == 403
    assert (await reader.get("/paths/LV-77/lights")).status_code == 404


async def test_programs_read_the_lights_with_the_right_scope(site: Site) -> None:
    program = await site.program("paths:read")
    found = (await program.get("/api/v1/lights")).json()
    assert [each["path"] for each in found] == [f"LV-0{number}" for number in range(1, 10)]
    assert found[0]["exercised"] == {
        "light": "red",
        "why": "Larmvägen har aldrig övats.",
        "figure": "0 körningar",
    }
    past = (await program.get("/api/v1/lights?at=2026-11-24T03:12:30Z")).json()
    assert past[0]["known"]["light"] == "red"
    assert (await program.get("/api/v1/lights?at=2026-11-01")).json() == []
    assert (await program.get("/api/v1/lights?at=nyss")).status_code == 422
    stranger = await site.program("alarms:read")
    assert (await stranger.get("/api/v1/lights")).status_code == 403
