"""How a version stands among the others, in words; and what may be done with it, and by whom."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from core.language import gettext as _
from playbooks import library
from playbooks.models import FINAL, PlaybookVersion, VersionState


class Standing(NamedTuple):
    status: str  # as badges say it
    words: str


def standing(
    version: PlaybookVersion, versions: Sequence[PlaybookVersion], *, at: datetime
) -> Standing:
    """Draft, proposed, in force, replaced ... as people say it."""
    if version.state is VersionState.DRAFT:
        return Standing("neutral", _("Tillbakaskickad") if version.sent_back else _("Utkast"))
    if version.state is VersionState.PROPOSED:
        return Standing("info", _("Föreslagen"))
    approved = version.state is VersionState.APPROVED
    if is_in_force(version, versions, at=at):
        return Standing("ok", _("Gäller nu")) if approved else Standing("warn", _("Gäller nu"))
    if is_replaced(version, versions, at=at):
        return Standing("neutral", _("Ersatt"))
    return Standing("info", _("Godkänd, gäller inte än"))


def is_in_force(
    version: PlaybookVersion, versions: Sequence[PlaybookVersion], *, at: datetime
) -> bool:
    current = library.in_force(versions, at=at)
    return current is not None and current.number == version.number


def is_replaced(
    version: PlaybookVersion, versions: Sequence[PlaybookVersion], *, at: datetime
) -> bool:
    current = library.in_force(versions, at=at)
    return current is not None and current.number > version.number


class Act(StrEnum):
    """What may be done with a version; the verbs refuse all the same."""

    DRAFT = "draft"  # begin a new draft from it
    EDIT = "edit"
    PROPOSE = "propose"
    THROW_AWAY = "throw away"
    APPROVE = "approve"
    SEND_BACK = "send back"
    REVIEW = "review"


@dataclass(frozen=True, slots=True)
class Eyes:
    """Who looks at a version."""

    username: str
    planner: bool
    owner: bool
    another: bool  # the playbook wants to be approved by somebody who has not written in it


def allowed(
    version: PlaybookVersion, versions: Sequence[PlaybookVersion], eyes: Eyes, *, at: datetime
) -> frozenset[Act]:
    """The acts that are offered to these eyes."""
    found = set()
    if eyes.planner:
        found |= _planned(version)
    if version.state is VersionState.PROPOSED and (
        eyes.owner or version.proposed_by == eyes.username
    ):
        found.add(Act.SEND_BACK)
    if eyes.owner and may_be_approved(version, versions) and not must_leave_it(version, eyes):
        found.add(Act.APPROVE)
    if eyes.owner and is_in_force(version, versions, at=at):
        found.add(Act.REVIEW)
    return frozenset(found)


def may_be_approved(version: PlaybookVersion, versions: Sequence[PlaybookVersion]) -> bool:
    waits = version.state in {VersionState.PROPOSED, VersionState.LOADED}
    return waits and version.number >= newest_final(versions)


def must_leave_it(version: PlaybookVersion, eyes: Eyes) -> bool:
    """True when the owner has written in it, and somebody else has to approve it."""
    return eyes.owner and eyes.another and eyes.username in version.authors


def newest_final(versions: Sequence[PlaybookVersion]) -> int:
    return max((each.number for each in versions if each.state in FINAL), default=0)


def _planned(version: PlaybookVersion) -> set[Act]:
    if version.state is VersionState.DRAFT:
        return {Act.EDIT, Act.PROPOSE, Act.THROW_AWAY}
    return {Act.DRAFT}
