"""Stories of versions: draft, proposed, sent back, approved, in force, replaced; and what is refused."""

import asyncio
from datetime import date, timedelta

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DBAPIError

from core.audit import By
from core.errors import Refused
from core.models import AuditEntry
from playbooks import library, service
from playbooks.models import Playbook, PlaybookKind, PlaybookVersion, VersionState
from playbooks.versions import service as verbs
from rosters.models import Person
from tests.playbooks.conftest import ZONE
from tests.playbooks.lund import files
from tests.playbooks.versions.desk import FIVE, FOUR, Desk, refusal
from tests.playbooks.versions.test_difference import CARD

ANOTHER = "review_months: 12\napproved_by_another: true\n"


async def proposed(desk: Desk, by: str = "nils") -> int:
    number = await desk.draft(by)
    await desk.proposes(number, by)
    return number


async def needs_another(desk: Desk) -> None:
    """From now on, LV-03 is approved by somebody else than those who write."""
    number = await desk.draft("sten", "review_months: 12\n", ANOTHER)
    await desk.proposes(number, "sten")
    await desk.approves(number, "siv")


async def test_a_draft_is_proposed_approved_and_in_force(desk: Desk) -> None:
    number = await desk.draft()
    assert await desk.in_force() == 1
    await desk.proposes(number)
    assert await desk.in_force() == 1
    await desk.approves(number, "siv")
    version = await desk.version(number)
    assert await desk.in_force() == number == 2
    assert (version.approved_by, version.proposed_by, version.summary) == (
        "Siv",
        "nils",
        "Fyra räcker",
    )
    noted = await desk.asks(lambda session: session.scalars(select(AuditEntry.what)))
    assert list(noted)[-4:] == [
        "Började utkast",
        "Ändrade utkast",
        "Föreslog version",
        "Godkände version",
    ]


async def test_a_day_to_come_takes_effect_by_the_clock_alone(desk: Desk) -> None:
    number = await proposed(desk)
    await desk.approves(number, "siv", date(2026, 12, 1))
    assert await desk.in_force() == 1
    desk.now += timedelta(days=6)
    assert await desk.in_force() == 1
    desk.now += timedelta(days=1)
    assert await desk.in_force() == number


async def test_today_is_at_once_and_a_day_in_the_past_is_refused(desk: Desk) -> None:
    number = await proposed(desk)
    assert (
        await refusal(desk.approves(number, "siv", date(2026, 11, 23))) == "Dagen har redan varit."
    )
    await desk.approves(number, "siv", date(2026, 11, 24))
    assert await desk.in_force() == number


async def test_only_who_owns_it_approves_sends_back_and_reviews(desk: Desk) -> None:
    number = await proposed(desk)
    for act in (
        desk.approves(number, "nils"),
        desk.approves(number, "vera"),
        desk.sends_back(number, "vera"),
        desk.reviews(1, "nils"),
    ):
        assert await refusal(act) == "Bara den som äger dokumentet kan göra det."
    assert (await desk.version(number)).state is VersionState.PROPOSED


async def test_a_proposal_cannot_choose_who_approves_it(desk: Desk) -> None:
    number = await desk.draft("nils", "owner: role:sakerhetschef", "owner: person:P22")
    await desk.proposes(number)
    assert "äger" in await refusal(desk.approves(number, "nils"))
    await desk.approves(number, "siv")
    assert "äger" in await refusal(desk.reviews(number, "siv"))
    await desk.reviews(number, "nils")


async def test_an_owner_may_approve_what_they_wrote_unless_the_path_wants_another(
    desk: Desk,
) -> None:
    number = await proposed(desk, "sten")
    await desk.approves(number, "sten")
    assert await desk.in_force() == number


async def test_where_another_must_approve_no_author_does(desk: Desk) -> None:
    await needs_another(desk)
    number = await desk.draft("sten")
    await desk.writes(number, "nils", lambda text: text + "# och Nils\n")
    await desk.proposes(number)
    assert "någon annan måste" in await refusal(desk.approves(number, "sten"))
    await desk.approves(number, "siv")


async def test_who_wrote_a_draft_does_not_approve_the_copy_of_another(desk: Desk) -> None:
    await needs_another(desk)
    written = await desk.draft("siv", FIVE, FOUR)
    async with desk.database.transaction() as session:
        copy = await verbs.draft(session, "LV-03", by=By("nils"), now=desk.now, of=written)
        number = copy.number
    await desk.proposes(number, "nils")
    assert "Du har skrivit i versionen" in await refusal(desk.approves(number, "siv"))
    await desk.approves(number, "sten")


async def test_a_draft_cannot_drop_the_rule_that_another_approves_it(desk: Desk) -> None:
    await needs_another(desk)
    number = await desk.draft("sten", "approved_by_another: true\n", "")
    await desk.proposes(number, "sten")
    assert "någon annan måste" in await refusal(desk.approves(number, "sten"))


async def test_saving_a_draft_as_it_was_makes_nobody_an_author(desk: Desk) -> None:
    number = await desk.draft("sten")
    await desk.writes(number, "nils", lambda text: text)
    assert (await desk.version(number)).authors == {"sten"}


async def test_an_older_version_never_replaces_a_newer_one(desk: Desk) -> None:
    older, newer = await proposed(desk), await proposed(desk)
    late = await desk.draft()
    await desk.approves(newer, "siv")
    assert "en äldre kan inte" in await refusal(desk.approves(older, "siv"))
    await desk.proposes(late)
    await desk.approves(late, "siv")
    forgotten = await desk.draft()
    await desk.approves(await proposed(desk), "siv")
    assert "Det finns en nyare version" in await refusal(desk.proposes(forgotten))


async def test_a_draft_that_does_not_check_is_not_proposed(desk: Desk) -> None:
    number = await desk.draft(new="need: 50\n")
    assert "50 behövs, men steget når bara 7" in await refusal(desk.proposes(number))
    await desk.writes(number, "nils", lambda text: text.replace("code: LV-03", "code: LV-77"))
    await desk.writes(number, "nils", lambda text: text.replace("need: 50", "need: 5"))
    assert "Koden i filen måste vara LV-03" in await refusal(desk.proposes(number))
    await desk.writes(number, "nils", lambda _text: "{")
    assert "fel måste rättas" in await refusal(desk.proposes(number))


async def test_what_has_become_wrong_since_it_was_proposed_is_not_approved(desk: Desk) -> None:
    number = await desk.draft("nils", "[role:sakerhetschef, external:X02]", "[person:P21]")
    await desk.proposes(number)
    async with desk.database.transaction() as session:
        query = select(Person).where(Person.ref == "P21")
        (await session.scalars(query)).one().active_to = date(2026, 11, 1)
    assert "fel måste rättas" in await refusal(desk.approves(number, "siv"))


async def test_a_proposal_says_what_is_new_and_a_return_says_why(desk: Desk) -> None:
    number = await desk.draft()
    assert "vad som är nytt" in await refusal(desk.proposes(number, summary=" "))
    await desk.proposes(number)
    assert "varför" in await refusal(desk.sends_back(number, "siv", " "))
    await desk.sends_back(number, "siv")
    version = await desk.version(number)
    assert (version.state, version.sent_back) == (VersionState.DRAFT, "Fem behövs")


async def test_what_is_proposed_is_neither_changed_nor_thrown_away(desk: Desk) -> None:
    number = await proposed(desk)
    assert "Skicka tillbaka den först" in await refusal(desk.throws_away(number))
    assert "är inget utkast längre" in await refusal(desk.writes(number, "nils", str.upper))
    await desk.sends_back(number, "nils")
    await desk.throws_away(number)
    assert "finns inte" in await refusal(desk.version(number))


async def test_a_draft_that_never_was_anything_leaves_nothing_behind(desk: Desk) -> None:
    desk.code = "LV-20"
    async with desk.database.transaction() as session:
        content = b"code: LV-20\n"
        await verbs.begin(session, "LV-20", PlaybookKind.PATH, content, by=By("nils"), now=desk.now)
    async with desk.database.transaction() as session:
        with pytest.raises(Refused, match="används redan"):
            await verbs.begin(session, "LV-20", PlaybookKind.CARD, b"", by=By("nils"), now=desk.now)
    await desk.throws_away(1)
    found = await desk.asks(
        lambda session: session.scalar(select(Playbook.id).where(Playbook.code == "LV-20"))
    )
    assert found is None


async def test_two_who_edit_at_once_do_not_overwrite_each_other(desk: Desk) -> None:
    number = await desk.draft()
    seen = (await desk.version(number)).checksum
    await desk.writes(number, "sten", lambda text: text + "# Sten\n")
    async with desk.database.transaction() as session:
        version = await verbs.find(session, "LV-03", number)
        with pytest.raises(Refused, match="ändrats av någon annan"):
            await verbs.save(session, version, b"x", seen=seen, by=By("nils"), now=desk.now)


async def test_of_two_who_approve_at_once_one_is_told_that_it_is_done(desk: Desk) -> None:
    number = await proposed(desk)
    both = await asyncio.gather(
        desk.approves(number, "siv"), desk.approves(number, "sten"), return_exceptions=True
    )
    assert [type(each) for each in both].count(Refused) == 1
    assert await desk.in_force() == number


async def test_of_two_versions_approved_at_once_the_newer_one_is_in_force(desk: Desk) -> None:
    first, second = await proposed(desk), await proposed(desk)
    await asyncio.gather(
        desk.approves(first, "siv"), desk.approves(second, "sten"), return_exceptions=True
    )
    assert await desk.in_force() == second


async def test_two_drafts_at_once_get_two_numbers(desk: Desk) -> None:
    assert sorted(await asyncio.gather(desk.draft("nils"), desk.draft("sten"))) == [2, 3]


async def test_what_was_loaded_unapproved_can_be_approved_and_reviewed(desk: Desk) -> None:
    desk.now += timedelta(days=1)
    await desk.reviews(1, "siv")
    await desk.approves(1, "siv")
    version = await desk.version(1)
    assert (version.state, version.reviewed_by) == (VersionState.APPROVED, "Siv")
    assert version.in_force_from == version.loaded_at
    assert "redan godkänd" in await refusal(desk.approves(1, "siv"))


async def test_only_what_is_in_force_is_reviewed(desk: Desk) -> None:
    number = await proposed(desk)
    assert "som gäller" in await refusal(desk.reviews(number, "siv"))
    assert "inte föreslaget än" in await refusal(desk.approves(await desk.draft(), "siv"))


@pytest.mark.parametrize("state", [VersionState.PROPOSED, VersionState.APPROVED])
async def test_the_database_keeps_what_is_no_draft(desk: Desk, state: VersionState) -> None:
    number = await proposed(desk)
    if state is VersionState.APPROVED:
        await desk.approves(number, "siv")
    this = PlaybookVersion.number == number
    for change in (
        update(PlaybookVersion).where(this).values(source="code: X"),
        update(PlaybookVersion).where(this).values(authors=frozenset({"siv"})),
        delete(PlaybookVersion).where(this),
    ):
        with pytest.raises(DBAPIError, match="never changed"):
            async with desk.database.transaction() as session:
                await session.execute(change)


async def test_the_database_lets_nothing_final_become_a_draft_again(desk: Desk) -> None:
    back = update(PlaybookVersion).where(PlaybookVersion.number == 1).values(state="draft")
    with pytest.raises(DBAPIError, match="never changed"):
        async with desk.database.transaction() as session:
            await session.execute(back)


async def test_owners_hear_of_a_proposal_and_authors_of_what_became_of_it(desk: Desk) -> None:
    number = await desk.draft()
    await desk.writes(number, "sten", lambda text: text + "# Sten\n")
    await desk.proposes(number)
    url = "https://krislarm.test/paths/LV-03/versions/2"
    told = await desk.told()
    assert [ref for ref, _body in told] == ["P13", "P14"]
    assert all("Nils föreslår" in body and url in body for _ref, body in told)
    desk.now += timedelta(minutes=1)
    await desk.sends_back(number, "sten")
    assert [ref for ref, body in await desk.told() if "Fem behövs" in body] == ["P22"]
    desk.now += timedelta(minutes=1)
    await desk.proposes(number)
    await desk.approves(number, "siv")
    told = await desk.told()
    assert [ref for ref, body in told if "godkänd av Siv" in body] == ["P14", "P22"]
    assert len([body for _ref, body in told if "föreslår" in body]) == 4
    waiting = await desk.told(waiting=True)  # it is night: nothing has been sent yet
    assert [ref for ref, body in waiting if "godkänd av Siv" in body] == ["P14", "P22"]
    assert len(waiting) == 2


async def test_export_and_load_lose_nothing_and_change_nothing(desk: Desk) -> None:
    number = await desk.draft(old=FIVE, new=FOUR)
    await desk.proposes(number)
    await desk.approves(number, "siv")
    later = await desk.draft(old=FOUR, new=FIVE)
    await desk.proposes(later)
    await desk.approves(later, "siv", date(2026, 12, 24))
    await desk.draft(old=FOUR, new="need: 3\n")
    async with desk.database.transaction() as session:
        written = await service.export(session, now=desk.now)
        assert written == files() | {
            "lv-03.yaml": files()["lv-03.yaml"].replace(b"need: 5\n", b"need: 4\n")
        }
        assert not await service.load(session, written, by=By("x"), now=desk.now, zone=ZONE)
        known = await library.versions(session, "LV-03")
    assert len(known) == 4


async def test_two_files_of_one_name_are_both_exported(desk: Desk) -> None:
    again = files()["lv-03.yaml"].replace(b"code: LV-03", b"code: LV-30")
    async with desk.database.transaction() as session:
        for name, content in {"lv-03.yaml": again, "kort.txt": CARD.encode()}.items():
            await service.load(session, {name: content}, by=By("x"), now=desk.now, zone=ZONE)
            await session.flush()
        written = await service.export(session, now=desk.now)
    assert written["lv-03.yaml"] == files()["lv-03.yaml"]
    assert written["lv-30-lv-03.yaml"] == again
    assert written["kort.txt.yaml"] == CARD.encode()


async def test_what_two_versions_to_come_would_do_together_is_checked(desk: Desk) -> None:
    """From Christmas Eve LV-01 is to run LV-07, and LV-07 to run LV-01: neither alone is wrong."""
    christmas, runs = date(2026, 12, 24), "\n  - run: {code}\n    name: runs\n    title: Runs\n"
    numbers = {}
    for code, other in (("LV-01", "LV-07"), ("LV-07", "LV-01")):
        desk.code = code
        text = files()[f"{code.lower()}.yaml"].decode()
        numbers[code] = await desk.draft("nils", text, text.rstrip("\n") + runs.format(code=other))
        await desk.proposes(numbers[code])
    desk.code = "LV-01"
    await desk.approves(numbers["LV-01"], "siv", christmas)
    desk.code = "LV-07"
    assert "fel måste rättas" in await refusal(desk.approves(numbers["LV-07"], "siv", christmas))
    assert "fel måste rättas" in await refusal(desk.approves(numbers["LV-07"], "siv"))
