"""A forecast in words: what would mend it, and what it is based on."""

from dataclasses import dataclass

from alerting.habits import Manner
from core.language import gettext as _
from core.language import ngettext
from playbooks.forecast.asking import Asked
from playbooks.forecast.assumptions import PRIORS, Kind, Own
from playbooks.forecast.remedies import Remedies


def mended(remedies: Remedies) -> str:
    """Which of the remedies is smaller; honest when neither helps."""
    more, on_call = remedies.more, remedies.on_call
    if remedies.by_hand:
        return _("Steget görs för hand av operatören: fler personer i listan ändrar inget.")
    if more is None and on_call is None:
        sentence = _(
            "Varken {most} personer till eller {most} med beredskap räcker: ändra larmvägen, "
            "till exempel väntetiderna eller behovet."
        )
        return sentence.format(most=remedies.most)
    if on_call is None or (more is not None and more <= on_call):
        return _more(more or 0, on_call)
    return _on_call(on_call, more)


def _more(more: int, on_call: int | None) -> str:
    first = ngettext(
        "{count} person till i steget räcker", "{count} personer till i steget räcker", more
    ).format(count=more)
    if on_call is None:
        return _("{first}; beredskap räcker inte.").format(first=first)
    other = ngettext(
        "{count} person med beredskap", "{count} personer med beredskap", on_call
    ).format(count=on_call)
    return _("{first}, eller {other}.").format(first=first, other=other)


def _on_call(on_call: int, more: int | None) -> str:
    first = ngettext(
        "{count} person med beredskap räcker", "{count} personer med beredskap räcker", on_call
    ).format(count=on_call)
    if more is None:
        return _("{first}; fler utan beredskap räcker inte.").format(first=first)
    other = ngettext("{count} person till", "{count} personer till", more).format(count=more)
    return _("{first}, eller {other} i steget.").format(first=first, other=other)


@dataclass(frozen=True, slots=True)
class Basis:
    """What is assumed of one kind of people, and where it comes from."""

    who: str
    manner: Manner
    own: Own
    source: str


def kinds(asked: Asked) -> tuple[Basis, ...]:
    """The kinds of people that this forecast has in it."""
    everybody = set(asked.cast.everybody())
    shown = [asked.kind] if everybody - asked.on_call else []
    shown += [Kind.ON_CALL] if asked.on_call else []
    return tuple(
        Basis(who(kind), asked.assumed.likely[kind], asked.own.get(kind, Own()), _source(kind))
        for kind in shown
    )


def who(kind: Kind) -> str:
    return {
        Kind.NIGHT: _("Personer utan jour, kl 22-06"),
        Kind.DAY: _("Personer utan jour, kl 06-22"),
        Kind.ON_CALL: _("De som har jouren"),
    }[kind]


def _source(kind: Kind) -> str:
    if PRIORS[kind].published:
        return _("En publicerad oannonserad övning kl 04 (132 personer)")
    return _("Antagande")


def basis(asked: Asked) -> str:
    """What lies behind the figures, in one phrase."""
    found = kinds(asked)
    total = sum(each.own.asked for each in found)
    answered = sum(each.own.answered for each in found)
    rest = _("publicerade värden") if PRIORS[asked.kind].published else _("antaganden")
    if not total:
        return _("inga egna svar än, bara {rest}").format(rest=rest)
    sentence = _("egna svar: {answered} av {asked} tillfrågade, {rest} i övrigt")
    return sentence.format(answered=answered, asked=total, rest=rest)
