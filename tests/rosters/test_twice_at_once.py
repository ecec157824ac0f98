"""Two planners press the same button at the same moment: a sentence for the second, and no fault."""

import asyncio

from tests.rosters.roster import person_id, role
from tests.visitors import Site, Visitor


async def test_office_hours_and_demands_are_entered_once(site: Site, planner: Visitor) -> None:
    await role(site.database)
    alva = await person_id(site.database, "P01")
    hours = {"valid_from": "2026-01-01", "hours": "mon-fri 08:00-16:00"}
    rule = {"role": "TIB", "kind": "course", "name": "Grundkurs", "months": ""}
    for url, fields, taken in (
        (f"/worktime/people/{alva}/hours", hours, 303),
        ("/duty/qualifications/rules", rule, 422),
    ):
        answers = await asyncio.gather(*(planner.post(url, **fields) for _time in range(3)))
        assert sorted(each.status_code for each in answers) == [303, taken, taken]
