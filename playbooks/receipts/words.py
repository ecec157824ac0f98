"""What is said to those who are asked to read: short, and with the way to what they shall read."""

from collections.abc import Callable, Sequence
from typing import TypeAlias

from core.language import gettext as _
from playbooks.receipts.scene import Standing
from rosters.notices.service import LINK, Words

NAMED = 5  # paths in one text
Saying: TypeAlias = Callable[[Sequence[Standing]], Words]  # of what somebody has left to read


def question_words(unread: Sequence[Standing]) -> Words:
    def words() -> tuple[str, str]:
        if all(each.anew for each in unread):
            said = _("Din del av {paths} har ändrats. Läs och bekräfta: {link}")
        else:
            said = _("Du kan bli uppringd av {paths}. Läs vad du ska göra och bekräfta: {link}")
        return _subject(unread), said.format(paths=_named(unread), link=_link(unread))

    return words


def reminder_words(unread: Sequence[Standing]) -> Words:
    def words() -> tuple[str, str]:
        said = _("Påminnelse: du har inte bekräftat din del av {paths}. Läs här: {link}")
        return _subject(unread), said.format(paths=_named(unread), link=_link(unread))

    return words


def number_words() -> Words:
    def words() -> tuple[str, str]:
        said = _("Spara numret som larmen kommer från, så att du känner igen det: {link}")
        return _("Spara larmnumret"), said.format(link=LINK)

    return words


def _subject(unread: Sequence[Standing]) -> str:
    if len(unread) == 1:
        return _("Läs din del av {code}").format(code=unread[0].part.code)
    return _("Läs dina delar av larmvägarna")


def _named(unread: Sequence[Standing]) -> str:
    codes = [each.part.code for each in unread]
    if len(codes) == 1:
        return _("larmvägen {code}").format(code=codes[0])
    if len(codes) > NAMED:
        rest = len(codes) - NAMED + 1
        return _("larmvägarna {codes} och {count} till").format(
            codes=", ".join(codes[: NAMED - 1]), count=rest
        )
    return _("larmvägarna {codes} och {last}").format(codes=", ".join(codes[:-1]), last=codes[-1])


def _link(unread: Sequence[Standing]) -> str:
    """Straight to the card when there is only one."""
    return f"{LINK}/paths/{unread[0].part.code}" if len(unread) == 1 else LINK
