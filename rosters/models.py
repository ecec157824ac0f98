"""Rows: the organisation, its people, and how they are reached."""

from datetime import date, datetime, time
from enum import StrEnum
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Row, references


class UnitKind(StrEnum):
    COUNCIL = "council"  # fullmäktige
    BOARD = "board"  # nämnd, styrelse
    DEPARTMENT = "department"  # förvaltning
    COMPANY = "company"  # bolag
    ASSOCIATION = "association"  # kommunalförbund
    SITE = "site"  # a school, a building: what an exclusion names
    EXTERNAL = "external"  # police, county board, SOS Alarm


class Unit(Row):
    __tablename__ = "unit"
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    kind: Mapped[UnitKind]
    parent_id: Mapped[UUID | None] = mapped_column(references("unit.id"), default=None, index=True)
    switchboard: Mapped[str | None] = mapped_column(default=None)  # E.164


class Person(Row):
    __tablename__ = "person"
    ref: Mapped[str] = mapped_column(unique=True)  # the organisation's own number, e.g. "P01"
    name: Mapped[str] = mapped_column(index=True)
    title: Mapped[str] = mapped_column(default="")
    unit_id: Mapped[UUID | None] = mapped_column(references("unit.id"), default=None, index=True)
    language: Mapped[str] = mapped_column(default="sv")
    protected: Mapped[bool] = mapped_column(
        default=False
    )  # never in lists; via the switchboard only
    active_from: Mapped[date | None] = mapped_column(default=None)
    active_to: Mapped[date | None] = mapped_column(default=None)  # last day, inclusive
    user_id: Mapped[UUID | None] = mapped_column(
        references("user_account.id", ondelete="SET NULL"), default=None, index=True, unique=True
    )  # the account that the person signs in with
    quiet_from: Mapped[time | None] = mapped_column(default=None)  # local; alarms ring all the same
    quiet_to: Mapped[time | None] = mapped_column(default=None)
    links_from: Mapped[datetime | None] = mapped_column(
        default=None
    )  # personal links made before this no longer hold


class ContactKind(StrEnum):
    MOBILE = "mobile"
    LANDLINE = "landline"
    MAIL = "mail"


class Proof(StrEnum):
    """How it was last seen that a number or address reaches its owner."""

    VERIFIED = "verified"  # its owner typed the code that was sent to it
    ANSWERED = "answered"  # something sent to it was answered
    CHECKED = "checked"  # a planner says so
    TEST = "test"  # a communication test reached it


class ContactPoint(Row):
    __tablename__ = "contact_point"
    __table_args__ = (UniqueConstraint("person_id", "address"),)
    person_id: Mapped[UUID] = mapped_column(references("person.id", ondelete="CASCADE"))
    kind: Mapped[ContactKind]
    address: Mapped[str] = mapped_column(index=True)  # E.164 or mail address
    position: Mapped[int] = mapped_column(default=0)  # lowest first
    verified_at: Mapped[datetime | None] = mapped_column(default=None)
    proved_at: Mapped[datetime | None] = mapped_column(default=None)  # the latest proof of any kind
    proved_by: Mapped[Proof | None] = mapped_column(default=None)
    wrong_at: Mapped[datetime | None] = mapped_column(
        default=None
    )  # a test showed it; a proof ends it
    usable_from: Mapped[time | None] = mapped_column(default=None)  # local wall clock
    usable_to: Mapped[time | None] = mapped_column(default=None)
    opted_out_at: Mapped[datetime | None] = mapped_column(
        default=None
    )  # STOP: no SMS until cleared


class CallListKind(StrEnum):
    ROLE = "role"  # ordered holders, deputies after the first
    GROUP = "group"


class CallList(Row):
    __tablename__ = "call_list"
    __table_args__ = (UniqueConstraint("kind", "code"),)
    code: Mapped[str]
    name: Mapped[str]
    kind: Mapped[CallListKind]


class CallListEntry(Row):
    __tablename__ = "call_list_entry"
    __table_args__ = (UniqueConstraint("call_list_id", "person_id"),)
    call_list_id: Mapped[UUID] = mapped_column(references("call_list.id", ondelete="CASCADE"))
    person_id: Mapped[UUID] = mapped_column(references("person.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
