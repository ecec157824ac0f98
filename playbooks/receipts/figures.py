"""How far the reading has come: in figures by path, and by person for those who see names."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from core.language import gettext as _
from core.language import ngettext
from playbooks.receipts.asking import MOST_REMINDERS
from playbooks.receipts.models import Asking, ReceiptVia
from playbooks.receipts.scene import Scene, Standing


class Lack(StrEnum):
    READ = "read"
    NUMBER = "number"
    INTRODUCTION = "introduction"
    REMINDED = "reminded"  # has been reminded twice and has not read


def lacks(each: Standing) -> frozenset[Lack]:
    """What somebody lacks to know their part of a path."""
    left = {
        Lack.READ: not each.read_at,
        Lack.NUMBER: not each.number_saved,
        Lack.INTRODUCTION: not each.introduced,
        Lack.REMINDED: not each.read_at and reminders(each) >= MOST_REMINDERS,
    }
    return frozenset(lack for lack, lacking in left.items() if lacking)


def reminders(each: Standing) -> int:
    return each.asked.reminders if each.asked else 0


@dataclass(frozen=True, slots=True)
class Figures:
    """One path, counted."""

    code: str
    title: str
    asking: Asking | None
    people: int
    read: int
    number_saved: int
    introduced: int
    reminded: int  # twice, and have not read
    changed: int  # asked anew by the version in force
    changed_unread: int

    @property
    def share(self) -> int:
        """Who has read, in per cent: never 100 while somebody is left."""
        return self.read * 100 // self.people if self.people else 0


def figures(scene: Scene, code: str) -> Figures:
    called, own = scene.paths[code], list(scene.of_path(code))
    version = called.loaded.version
    left = [lacks(each) for each in own]
    return Figures(
        code=code,
        title=called.plan.title,
        asking=scene.asking.get(version.playbook_id),
        people=len(own),
        read=sum(Lack.READ not in each for each in left),
        number_saved=sum(Lack.NUMBER not in each for each in left),
        introduced=sum(Lack.INTRODUCTION not in each for each in left),
        reminded=sum(Lack.REMINDED in each for each in left),
        changed=sum(each.anew for each in own),
        changed_unread=sum(each.anew and not each.read_at for each in own),
    )


@dataclass(frozen=True, slots=True)
class Lacking:
    """One person over all paths."""

    standing: Standing  # of any path: who it is, and what they have done once
    unread: Sequence[str]  # codes


def lacking(scene: Scene, codes: Iterable[str], lack: Lack | None) -> list[Lacking]:
    """Those of these paths who lack something, or that which is named; by name."""
    found: defaultdict[UUID, list[Standing]] = defaultdict(list)
    for code in codes:
        for each in scene.of_path(code):
            left = lacks(each)
            if lack in left if lack else left:
                found[each.person.id].append(each)
    return sorted(
        (
            Lacking(own[0], [each.part.code for each in own if not each.read_at])
            for own in found.values()
        ),
        key=lambda each: each.standing.name,
    )


def status_words(each: Standing) -> tuple[str, str]:
    """The badge's status and its word."""
    if each.read_at:
        return "ok", _("Läst")
    count = reminders(each)
    if count >= MOST_REMINDERS:
        return "bad", _("Påmind två gånger") if count == MOST_REMINDERS else reminder_words(count)
    if each.asked is None:
        return "neutral", _("Inte tillfrågad")
    return "warn", _("Har inte läst ändringen") if each.anew else _("Har inte läst")


def reminder_words(count: int) -> str:
    return ngettext("Påmind {count} gång", "Påmind {count} gånger", count).format(count=count)


def via_words(via: ReceiptVia | None) -> str:
    if via is None:
        return ""
    return {
        ReceiptVia.PAGE: _("inloggad"),
        ReceiptVia.LINK: _("med länk"),
        ReceiptVia.PLANNER: _("genomgånget tillsammans"),
    }[via]
