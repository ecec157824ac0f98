"""Fills a database with the demo: organisation, people, lists, duty roster and accounts."""

import csv
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import NamedTuple

from pwdlib import PasswordHash
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from core.audit import By
from core.models import Role, User
from crisis.demo.cards_and_plans import seed_cards_and_plans
from crisis.demo.communication import seed_communication_tests
from crisis.demo.lights import seed_history, seed_paths
from crisis.demo.receipts import seed_receipts
from crisis.demo.roster import ZONE, seed_roster
from crisis.demo.signals import seed_signals
from rosters.importing import carry_out
from rosters.models import CallList, CallListEntry, CallListKind, ContactPoint, Person, Proof
from rosters.reading import read
from rosters.worktime.service import ensure_profiles

HERE = Path(__file__).parent
PASSWORD = "demo-krislarm"  # noqa: S105  # promised, and printed by `krislarm demo`
BY = By("demo")


class Account(NamedTuple):
    username: str
    name: str
    ref: str  # whose it is
    roles: frozenset[str]


_EVERYTHING = frozenset({Role.ADMINISTRATOR, Role.PLANNER, Role.READER})
ACCOUNTS = (
    Account("tib", "Alva Exempelsson", "P01", frozenset({Role.DUTY_OFFICER, Role.READER})),
    Account("kib", "Greta Provlund", "P07", frozenset({Role.READER})),
    Account("planerare", "Nils Skisshed", "P14", frozenset({Role.PLANNER, Role.READER})),
    Account("lasare", "Vera Analys-Test", "P21", frozenset({Role.READER})),
    Account("admin", "Wilmer Sambandh", "P22", _EVERYTHING),
)


async def seed(session: AsyncSession, *, now: datetime) -> None:
    """Add what is missing; run again, it only carries the duty roster further."""
    for file in ("units.csv", "people.csv"):
        reading = read((HERE / file).read_bytes())
        await carry_out(session, reading, by=BY, now=now)
    await session.execute(
        update(ContactPoint)
        .where(ContactPoint.verified_at.is_(None))
        .values(verified_at=now, proved_at=now, proved_by=Proof.CHECKED)
    )
    refs = {person.ref: person for person in await session.scalars(select(Person))}
    await _seed_lists(session, refs)
    await seed_roster(session, refs, now=now)
    await _seed_accounts(session, refs, now=now)
    await ensure_profiles(session, now, by=BY)
    files = {each.name: each.read_bytes() for each in sorted((HERE / "paths").glob("*.yaml"))}
    await seed_paths(session, files, now=now, zone=ZONE)
    await seed_receipts(session, now=now)
    await seed_history(session, now=now, zone=ZONE)
    await seed_communication_tests(session, now=now)
    await seed_signals(session, now=now)
    await seed_cards_and_plans(session, now=now)


async def _seed_lists(session: AsyncSession, refs: dict[str, Person]) -> None:
    present = {(row.kind.value, row.code) for row in await session.scalars(select(CallList))}
    with (HERE / "lists.csv").open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file, delimiter=";"))
    for line in lines:
        if (line["slag"], line["kod"]) in present:
            continue
        row = CallList(code=line["kod"], name=line["namn"], kind=CallListKind(line["slag"]))
        session.add(row)
        session.add_all(
            CallListEntry(call_list_id=row.id, person_id=refs[ref].id, position=position)
            for position, ref in enumerate(line["personer"].split())
        )


async def _seed_accounts(session: AsyncSession, refs: dict[str, Person], *, now: datetime) -> None:
    present = set(await session.scalars(select(User.username)))
    for account in ACCOUNTS:
        if account.username in present:
            continue
        user = User(
            username=account.username,
            name=account.name,
            roles=account.roles,
            password_hash=_password_hash(),
            created_at=now,
        )
        session.add(user)
        refs[account.ref].user_id = user.id


@cache
def _password_hash() -> str:
    """One for all: 0.1 s of argon2 instead of 0.5, each time a test wants the demo."""
    return PasswordHash.recommended().hash(PASSWORD)
