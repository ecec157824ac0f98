"""The first light: approved, owned, resting on a governing document, and reviewed in time."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from core.language import gettext as _
from playbooks.lights.models import Light, LightKind
from playbooks.lights.standing import Next, Standing, in_words, months_after, soon


@dataclass(frozen=True, slots=True)
class Documentation:
    """What the first light looks at; days are local ones."""

    code: str
    number: int
    owner: str  # the post
    owner_url: str  # where somebody is put into it
    held: bool  # somebody holds it today
    approved_on: date | None  # None: loaded, and never approved
    reviewed_on: date | None
    document: str  # the governing one's title, "" when none is named
    document_date: date | None
    review_months: int
    notice_months: int

    @property
    def page(self) -> str:
        return f"/paths/{self.code}"


def documented(facts: Documentation, today: date) -> Standing:
    """Red for what is missing, the most important first; after that by the day of the review."""
    if facts.approved_on is None:
        return _unapproved(facts)
    for missing in _missing(facts):
        return missing
    last = max(facts.approved_on, facts.reviewed_on or facts.approved_on)
    until = months_after(last, facts.review_months)
    say = {"owner": facts.owner, "day": in_words(until), "last": in_words(last)}
    review = Next(_("{owner} ser över larmvägen senast {day}.").format(**say), facts.page)
    if today > until:
        why = _("Skulle ha setts över senast {day}. Det gjordes senast {last}.")
        now = Next(_("{owner} ser över larmvägen nu.").format(**say), facts.page)
        return _standing(Light.RED, until.isoformat(), why.format(**say), now)
    if soon(until, today, interval=facts.review_months, notice=facts.notice_months):
        why = _("Ska ses över senast {day}. Det gjordes senast {last}.")
        return _standing(Light.AMBER, until.isoformat(), why.format(**say), review)
    why = _("Version {number} är godkänd och sågs senast över {last}.")
    return _standing(Light.GREEN, until.isoformat(), why.format(number=facts.number, **say), review)


def _unapproved(facts: Documentation) -> Standing:
    say = {"number": facts.number, "owner": facts.owner}
    return _red(
        _("version {number}").format(**say),
        _("Version {number} är laddad, men {owner} har inte godkänt den.").format(**say),
        _("{owner} läser och godkänner version {number}.").format(**say),
        f"{facts.page}/versions/{facts.number}",
    )


def _missing(facts: Documentation) -> Iterator[Standing]:
    say = {"owner": facts.owner, "document": facts.document}
    if not facts.held:
        yield _red(
            _("0 ägare"),
            _("Ingen finns i dag på posten som äger larmvägen: {owner}.").format(**say),
            _("Sätt någon på posten {owner}.").format(**say),
            facts.owner_url,
        )
    if not facts.document:
        yield _red(
            _("0 styrdokument"),
            _("Larmvägen säger inte vilket styrdokument den vilar på."),
            _("Skriv in styrdokumentet och dess datum i ett nytt utkast."),
            facts.page,
        )
    if facts.document_date is None:
        yield _red(
            _("0 datum"),
            _("Styrdokumentet {document} saknar datum.").format(**say),
            _("Skriv in datumet för {document} i ett nytt utkast.").format(**say),
            facts.page,
        )


def _red(figure: str, why: str, sentence: str, url: str) -> Standing:
    return _standing(Light.RED, figure, why, Next(sentence, url))


def _standing(light: Light, figure: str, why: str, todo: Next) -> Standing:
    return Standing(LightKind.DOCUMENTED, light, figure, why, todo)
